// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { ERC20Upgradeable } from "@openzeppelin/contracts-upgradeable/token/ERC20/ERC20Upgradeable.sol";
import { EssentialContract } from "./EssentialContract.sol";
import { IMintableERC20 } from "./IMintableERC20.sol";

/// @title TaikoToken
/// @notice The ERC-20 that stakers stake, with 8 decimals.
/// @custom:storage-size 50
contract TaikoToken is EssentialContract, ERC20Upgradeable, IMintableERC20 {
    uint256[50] private __gap;

    /// @notice There are not as many recipients as amounts.
    error TKO_INVALID_PREMINT_PARAMS();

    /// @notice Initialises the token, makes the caller its owner and mints the first tokens; callable once.
    /// @param _addressManager The registry that says who may mint and burn.
    /// @param _name The token's name.
    /// @param _symbol The token's symbol.
    /// @param premintRecipients Who receives the first tokens.
    /// @param premintAmounts How many each recipient receives, in base units.
    function init(
        address _addressManager,
        string calldata _name,
        string calldata _symbol,
        address[] calldata premintRecipients,
        uint256[] calldata premintAmounts
    ) external initializer {
        if (premintRecipients.length != premintAmounts.length) revert TKO_INVALID_PREMINT_PARAMS();

        _initEssential(_addressManager);
        __ERC20_init(_name, _symbol);
        for (uint256 i; i < premintRecipients.length; ++i) {
            _mint(premintRecipients[i], premintAmounts[i]);
        }
    }

    /// @inheritdoc IMintableERC20
    function mint(
        address to,
        uint256 amount
    ) external onlyFromNamed4("taiko", "prover_pool", "dao", "erc20_vault") {
        _mint(to, amount);
    }

    /// @inheritdoc IMintableERC20
    /// @dev No allowance is asked for, on purpose: the four names are trusted with everyone's tokens.
    function burn(
        address from,
        uint256 amount
    ) external onlyFromNamed4("taiko", "prover_pool", "dao", "erc20_vault") {
        _burn(from, amount);
    }

    /// @notice The number of decimals of one token.
    /// @return places Always 8.
    function decimals() public pure override returns (uint8 places) {
        return 8;
    }
}
