// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title ProverLottery
/// @notice Draws one of 32 slots with a probability proportional to its weight.
/// @dev The randomness is the hash of the last block: whoever builds blocks has some influence on it,
///   which the protocol accepts because it bears on one assignment only.
library ProverLottery {
    /// @notice Adds the weights up; reverts rather than wraps.
    /// @param weights The weight of each slot.
    /// @return sum Their sum.
    function total(uint256[32] memory weights) internal pure returns (uint256 sum) {
        for (uint256 i; i < 32; ++i) {
            sum += weights[i];
        }
    }

    /// @notice Draws the first slot whose running sum of weights exceeds a random number below their total.
    /// @param weights The weight of each slot.
    /// @param totalWeight Their sum; zero reverts, as there is nothing to draw from.
    /// @param blockId What the draw is for, so that each block of one parent has a draw of its own.
    /// @return index The slot drawn; its weight is not zero.
    function draw(
        uint256[32] memory weights,
        uint256 totalWeight,
        uint64 blockId
    ) internal view returns (uint256 index) {
        uint256 rand = uint256(keccak256(abi.encode(blockhash(block.number - 1), blockId))) % totalWeight;

        uint256 runningSum;
        for (; index < 31; ++index) {
            runningSum += weights[index];
            if (runningSum > rand) return index;
        }
        // Slot 31 is not compared, on purpose: its running sum is the total, which exceeds `rand`.
    }
}
