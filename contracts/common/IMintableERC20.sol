// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title IMintableERC20
/// @notice The part of the token that the pools use.
interface IMintableERC20 {
    /// @notice Creates tokens; only for the contracts that the token admits by name.
    /// @param to Who receives them.
    /// @param amount How many, in base units.
    function mint(address to, uint256 amount) external;

    /// @notice Destroys tokens; only for the contracts that the token admits by name.
    /// @param from Who loses them.
    /// @param amount How many, in base units; more than the balance reverts.
    function burn(address from, uint256 amount) external;
}
