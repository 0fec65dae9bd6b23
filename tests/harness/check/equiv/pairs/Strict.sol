// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// Refuses an argument with dirt above its type.
contract Strict {
    uint8 internal number;

    function act(uint8 given) external {
        number = given;
    }
}
