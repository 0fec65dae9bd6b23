// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { IAddressManager } from "./IAddressManager.sol";

/// @title AddressResolver
/// @notice Finds other contracts by name through a registry, and admits callers by name.
/// @custom:storage-size 50
abstract contract AddressResolver {
    IAddressManager private _addressManager;

    uint256[49] private __gap;

    /// @notice Another registry is asked from now on.
    /// @param addressManager The new registry.
    event AddressManagerChanged(address addressManager);

    /// @notice The caller bears none of the names that are admitted.
    error RESOLVER_DENIED();

    /// @notice The registry would be, or still is, the zero address.
    error RESOLVER_INVALID_ADDR();

    /// @notice The name has no address, and the caller needs one.
    /// @param chainId The chain that the name belongs to.
    /// @param name The name that was looked up.
    error RESOLVER_ZERO_ADDR(uint256 chainId, bytes32 name);

    /// @notice Admits the holders of four names on this chain.
    /// @param name1 A name that is admitted.
    /// @param name2 A name that is admitted.
    /// @param name3 A name that is admitted.
    /// @param name4 A name that is admitted.
    modifier onlyFromNamed4(bytes32 name1, bytes32 name2, bytes32 name3, bytes32 name4) {
        _requireNamed4(name1, name2, name3, name4);
        _;
    }

    /// @notice The registry that is asked.
    /// @return manager Its address, zero before initialisation.
    function addressManager() external view returns (address manager) {
        return address(_addressManager);
    }

    /// @notice Finds a contract on this chain.
    /// @param name The name to look up.
    /// @param allowZeroAddress Whether a name without an address is an answer; otherwise it reverts.
    /// @return addr The address recorded for the name.
    function resolve(bytes32 name, bool allowZeroAddress) public view returns (address payable addr) {
        return resolve(block.chainid, name, allowZeroAddress);
    }

    /// @notice Finds a contract on any chain.
    /// @param chainId The chain that the name belongs to.
    /// @param name The name to look up.
    /// @param allowZeroAddress Whether a name without an address is an answer; otherwise it reverts.
    /// @return addr The address recorded for the name.
    function resolve(
        uint256 chainId,
        bytes32 name,
        bool allowZeroAddress
    ) public view returns (address payable addr) {
        IAddressManager manager = _addressManager;
        if (address(manager) == address(0)) revert RESOLVER_INVALID_ADDR();

        addr = payable(manager.getAddress(chainId, name));
        if (addr == address(0) && !allowZeroAddress) revert RESOLVER_ZERO_ADDR(chainId, name);
    }

    /// @notice Replaces the registry. Whether it has code is not checked: the first lookup would revert.
    /// @param newAddressManager The registry from now on; zero reverts `RESOLVER_INVALID_ADDR`.
    function _useAddressManager(address newAddressManager) internal {
        if (newAddressManager == address(0)) revert RESOLVER_INVALID_ADDR();
        _addressManager = IAddressManager(newAddressManager);
    }

    /// @notice A name without an address admits nobody, since no transaction comes from the zero address.
    /// @param name The name in question.
    /// @return named Whether the caller bears it on this chain.
    function _isCallerNamed(bytes32 name) internal view returns (bool named) {
        return msg.sender == resolve(name, true);
    }

    /// @notice The body of `onlyFromNamed4`, once instead of in every function that it guards.
    /// @param name1 A name that is admitted.
    /// @param name2 A name that is admitted.
    /// @param name3 A name that is admitted.
    /// @param name4 A name that is admitted.
    function _requireNamed4(bytes32 name1, bytes32 name2, bytes32 name3, bytes32 name4) private view {
        if (_isCallerNamed(name1) || _isCallerNamed(name2)) return;
        if (_isCallerNamed(name3) || _isCallerNamed(name4)) return;
        revert RESOLVER_DENIED();
    }
}
