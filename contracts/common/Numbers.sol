// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title Numbers
/// @notice The smaller and the greater of two numbers.
/// @dev Plain comparisons, on purpose: OpenZeppelin's are branchless arithmetic, which whoever reads or
///   proves the bytecode has to undo.
library Numbers {
    /// @notice Returns the smaller of two numbers.
    /// @param a One number.
    /// @param b The other number.
    /// @return smaller The smaller one.
    function min(uint256 a, uint256 b) internal pure returns (uint256 smaller) {
        return a < b ? a : b;
    }

    /// @notice Returns the greater of two numbers.
    /// @param a One number.
    /// @param b The other number.
    /// @return greater The greater one.
    function max(uint256 a, uint256 b) internal pure returns (uint256 greater) {
        return a > b ? a : b;
    }
}
