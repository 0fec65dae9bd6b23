// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title IProverPool
/// @notice The pool as the protocol uses it: one prover is assigned to each block, and released when the
///   block is proved, or slashed when it is not.
interface IProverPool {
    /// @notice Assigns a prover to a block; for the protocol only.
    /// @param blockId The block id.
    /// @param feePerGas The current fee per gas.
    /// @return prover The address of the assigned prover, zero if no slot has a weight.
    /// @return rewardPerGas The reward per gas that this prover asks for.
    function assignProver(
        uint64 blockId,
        uint32 feePerGas
    ) external returns (address prover, uint32 rewardPerGas);

    /// @notice Gives a prover one unit of capacity back; for the protocol only.
    /// @param prover The address of the prover to release; nothing happens if it is in no slot.
    function releaseProver(address prover) external;

    /// @notice Slashes a prover; for the protocol only.
    /// @param prover The address of the prover to slash; reverts if it has neither a slot nor an exit.
    function slashProver(address prover) external;

    /// @notice Returns how many blocks the pool can take now.
    /// @return The sum of the capacities of all slots.
    function getAvailableCapacity() external view returns (uint256);
}
