// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { OwnableUpgradeable } from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import { IAddressManager } from "./IAddressManager.sol";

/// @title AddressManager
/// @notice A registry of named addresses, chain by chain, that its owner writes and everyone reads.
/// @custom:storage-size 50
contract AddressManager is OwnableUpgradeable, IAddressManager {
    mapping(uint256 chainId => mapping(bytes32 name => address addr)) private _addresses;

    uint256[49] private __gap;

    /// @notice A name was given another address.
    /// @param chainId The chain that the name belongs to.
    /// @param name The name, left-aligned.
    /// @param newAddress The address from now on, zero if the name was removed.
    /// @param oldAddress The address until now, zero if there was none.
    event AddressSet(uint256 chainId, bytes32 name, address newAddress, address oldAddress);

    /// @notice Makes the caller the owner; callable once.
    function init() external initializer {
        __Ownable_init(msg.sender);
    }

    /// @notice Records the address of a name; for the owner only.
    /// @dev Zero is accepted on purpose: it removes the name, and a reader that needs one reverts.
    /// @param chainId The chain that the name belongs to.
    /// @param name The name, left-aligned.
    /// @param newAddress The address to record.
    function setAddress(uint256 chainId, bytes32 name, address newAddress) external onlyOwner {
        address oldAddress = _addresses[chainId][name];
        _addresses[chainId][name] = newAddress;
        emit AddressSet(chainId, name, newAddress, oldAddress);
    }

    /// @inheritdoc IAddressManager
    function getAddress(uint256 chainId, bytes32 name) external view returns (address addr) {
        return _addresses[chainId][name];
    }
}
