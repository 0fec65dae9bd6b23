// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title IProverPool
/// @notice The pool as the protocol uses it: one prover is assigned to each block, and released when the
///   block is proved, or slashed when it is not.
interface IProverPool {
    /// @notice Assigns a prover to a block; for the protocol only.
    /// @param blockId The block id.
    /// @param feePerGas The current fee per gas.
    /// @return prover The address of the assigned prover, zero if no prover has both stake and capacity.
    /// @return rewardPerGas The reward per gas for the assigned prover.
    function assignProver(
        uint64 blockId,
        uint32 feePerGas
    ) external returns (address prover, uint32 rewardPerGas);

    /// @notice Gives a prover one unit of capacity back; for the protocol only.
    /// @param addr The address of the prover to release; nothing happens if it is in no slot or is full.
    function releaseProver(address addr) external;

    /// @notice Slashes a prover; for the protocol only.
    /// @param blockId The block that was not proved.
    /// @param addr The address of the prover to slash; nothing happens if there is nothing to slash.
    /// @param proofReward The reward that the proof would have earned, in base units.
    function slashProver(uint64 blockId, address addr, uint64 proofReward) external;
}
