// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// More contracts written against the prover: each was once proved to have a property that it has not.
// The claims about them are in test_snares.py.

interface IAsked {
    function notify() external;
}

/// An argument of several words before the one that counts.
contract WideArguments {
    uint256 public kept;
    uint256 public owner = 7;

    function put(uint256[2] calldata pair, uint256) external {
        kept = pair[1];
    }

    function putSmall(uint256[2] calldata pair, uint8) external {
        kept = pair[1];
    }
}

/// What can be deployed while a call runs, or between two calls.
contract Codes {
    uint256 public owner = 7;

    function watch(address other) external {
        uint256 before = other.code.length;
        IAsked(msg.sender).notify();
        if (other.code.length != before) owner = 2;
    }

    function watchHash(address other) external {
        bytes32 before = other.codehash;
        IAsked(msg.sender).notify();
        if (other.codehash != before) owner = 2;
    }

    function size(address other) external view returns (uint256) {
        return other.code.length;
    }

    function hash(address other) external view returns (bytes32) {
        return other.codehash;
    }

    function blob() external view returns (bytes32) {
        return blobhash(0);
    }
}
