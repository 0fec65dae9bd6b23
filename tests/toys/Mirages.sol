// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// Contracts written against the prover: what once seemed to be there. The claims about them are in
// test_mirages.py.

/// Two numbers have one hash, or so an earlier question's model says, which was not asked about hashes.
contract Collider {
    uint256 public kept;

    function alike(uint256 one, uint256 two) external pure returns (bool) {
        require(one != two);
        return keccak256(abi.encode(one)) == keccak256(abi.encode(two));
    }
}

/// An argument at the left of its word: as a whole word, and by its own bits, it has other bounds.
contract Lefthanded {
    uint256 public kept;

    function halve(bytes4 tag) external {
        require(kept == uint256(bytes32(tag)) && tag != 0);
        kept = kept / 2;
    }
}

/// What it refuses with is a number modulo some other, or none that the error's type has.
contract Overstated {
    uint256 public kept;

    error Sum(uint256 sum);
    error Tag(bytes4 tag);
    error Small(int8 number);

    function add(uint256 one, uint256 two) external pure {
        unchecked {
            revert Sum(one + two);
        }
    }

    function tag(bytes4 one) external pure {
        revert Tag(one);
    }

    function mumble() external pure {
        bytes4 selector = Small.selector;
        assembly {
            mstore(0, selector)
            mstore(4, 255)
            revert(0, 36)
        }
    }

    function hash(uint256 one, uint256 two) external pure returns (bytes32) {
        unchecked {
            return keccak256(abi.encode(one + two));
        }
    }
}

/// It takes any number there is.
contract Taker {
    uint256 public kept;

    function take(uint256 number) external {
        kept = number;
    }
}
