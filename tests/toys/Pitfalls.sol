// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {OpenDoor} from "./Traps.sol";

/// What two calls, or one of a function that may fail, have to do with each other.
contract Ledger {
    uint256 public taken;
    mapping(address => uint256) public paid;

    function pay(uint256 amount) external {
        taken += amount;
    }

    function some(uint256 number) external pure returns (uint256[] memory) {
        return new uint256[](number);
    }

    function hash(uint256 number) external view returns (bytes32) {
        return blockhash(number);
    }
}

/// An implementation that is constructed with a number, and locked in no way.
contract Unlocked {
    uint256 public done;

    constructor(uint256) {}

    function initialize() external {
        require(done == 0);
        done = 1;
    }
}

/// The same, locked.
contract Locked {
    uint256 public done;

    constructor(uint256) {
        done = 1;
    }

    function initialize() external {
        require(done == 0);
        done = 1;
    }
}

/// Nobody can construct it.
contract Unbuilt {
    uint256 public done;

    constructor(uint256 number) {
        require(number < 5 && number > 5);
    }

    function initialize() external {
        done = 1;
    }
}

/// What `mark` does counts while `tell` waits, only.
contract Ajar is OpenDoor {}

/// The same to whoever calls it while nobody waits.
contract AjarToo is OpenDoor {
    function mark() external override {}
}
