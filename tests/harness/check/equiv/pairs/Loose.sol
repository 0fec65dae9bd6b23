// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
pragma abicoder v1;

/// Takes an argument with dirt above its type, and cleans it.
contract Loose {
    uint8 internal number;

    function act(uint8 given) external {
        number = given;
    }
}
