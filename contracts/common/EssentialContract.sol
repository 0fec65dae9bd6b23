// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { OwnableUpgradeable } from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import { ReentrancyGuardUpgradeable } from "@openzeppelin/contracts-upgradeable/utils/ReentrancyGuardUpgradeable.sol";
import { AddressResolver } from "./AddressResolver.sol";

/// @title EssentialContract
/// @notice What every contract of the protocol has: an owner, a reentrancy guard and the registry.
/// @dev Owner, guard and initialiser live in OpenZeppelin's ERC-7201 namespaces, not in this layout.
/// @custom:storage-size 50
abstract contract EssentialContract is ReentrancyGuardUpgradeable, OwnableUpgradeable, AddressResolver {
    uint256[50] private __gap;

    /// @notice Replaces the registry; for the owner only.
    /// @param newAddressManager The registry from now on; zero reverts `RESOLVER_INVALID_ADDR`.
    function setAddressManager(address newAddressManager) external onlyOwner {
        _useAddressManager(newAddressManager);
        emit AddressManagerChanged(newAddressManager);
    }

    /// @notice Makes the caller the owner and takes the registry. The first registry is no change of it,
    ///   so `AddressManagerChanged` is not emitted here.
    /// @param firstAddressManager The registry to begin with; zero reverts `RESOLVER_INVALID_ADDR`.
    function _initEssential(address firstAddressManager) internal onlyInitializing {
        __ReentrancyGuard_init();
        __Ownable_init(msg.sender);
        _useAddressManager(firstAddressManager);
    }
}
