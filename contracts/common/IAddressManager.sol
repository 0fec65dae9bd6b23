// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title IAddressManager
/// @notice The registry as its readers see it: names of contracts, chain by chain.
interface IAddressManager {
    /// @notice Looks a name up.
    /// @param chainId The chain that the name belongs to.
    /// @param name The name, left-aligned.
    /// @return addr The address recorded for it, zero if there is none.
    function getAddress(uint256 chainId, bytes32 name) external view returns (address addr);
}
