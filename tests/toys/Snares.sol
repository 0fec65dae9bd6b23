// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// More contracts written against the prover: each was once proved to have a property that it has not.
// The claims about them are in test_snares.py.

interface IAsked {
    function notify() external;

    function mint(uint256 amount) external;
}

/// An argument of several words before the one that counts.
contract WideArguments {
    uint256 public kept;
    uint256 public owner = 7;

    function put(uint256[2] calldata pair, uint256 last) external {
        kept = pair[1] + last - last;
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

/// The length goes below zero, and then every word of storage is an element.
contract ShrinkingArray {
    uint256 public owner = 7;
    uint256[] public list;

    function shrink() external {
        assembly {
            sstore(list.slot, sub(sload(list.slot), 1))
        }
    }

    function pop() external {
        list.pop();
    }

    function push(uint256 value) external {
        list.push(value);
    }

    function put(uint256 index, uint256 value) external {
        list[index] = value;
    }
}

/// Keys that stand otherwise in a word than they are written.
contract OddKeys {
    mapping(int256 => uint256) public values;
    mapping(bytes4 => uint256) public named;

    function put(int256 key, uint256 value) external {
        values[key] = value;
    }

    function name(bytes4 key, uint256 value) external {
        named[key] = value;
    }
}

/// A variable right behind an array.
contract Neighbours {
    uint256[4] public cells;
    uint256 public next;

    function put(uint256 value) external {
        next = value;
    }
}

/// What is returned and announced, not quite as the ABI says.
contract Mumbling {
    uint256 public owner = 7;

    event Named(bytes4 name);
    error Negative(int256 number);

    function nothing() external returns (uint256) {
        assembly {
            stop()
        }
    }

    function dirty() external returns (bytes4) {
        assembly {
            mstore(0, 0x1234567800000000000000000000000000000000000000000000000000000001)
            return(0, 32)
        }
    }

    function announce() external {
        bytes32 topic = keccak256("Named(bytes4)");
        assembly {
            mstore(0, 0x1234567800000000000000000000000000000000000000000000000000000001)
            log1(0, 32, topic)
        }
    }

    function isStranger(address who) external view returns (bool) {
        return uint160(who) != owner;
    }

    function refuse() external pure {
        revert Negative(-1);
    }
}

/// What is paid in is kept in a ledger of the specification.
contract Till {
    uint256 public taken;

    function pay(uint256 amount) external {
        taken += amount;
    }
}

/// Nobody can deploy it.
contract Stillborn {
    uint256 public owner = 5;

    constructor(uint256 number) {
        require(number < 5 && number > 5);
    }
}

/// It deploys another code, which gives it away.
contract Changeling {
    uint256 public owner = 7;

    constructor() {
        assembly {
            mstore(0, 0x6001600055000000000000000000000000000000000000000000000000000000)
            return(0, 5)
        }
    }
}

/// What a call does, and what else happens while it runs.
contract Callers {
    uint256 public kept;
    uint256 public owner = 7;

    function set(uint256 value) external {
        kept = value;
    }

    function tell() external {
        IAsked(msg.sender).notify();
    }

    function poke() external {
        this.set(5);
    }

    function hashed(uint256 number) external pure returns (bytes32) {
        return keccak256(abi.encode(number));
    }
}

/// It counts what it asked for, granted or not.
contract Hopeful {
    uint256 public minted;

    function mint(IAsked token, uint256 amount) external {
        minted += amount;
        try token.mint(amount) {} catch {}
    }

    function mintStrictly(IAsked token, uint256 amount) external {
        minted += amount;
        token.mint(amount);
    }
}

/// It does something where it never is, only.
contract Sealed {
    uint256 public owner = 7;

    event Opened();

    function open() external {
        require(owner == 8);
        emit Opened();
    }

    function touch() external {
        if (owner == 8) emit Opened();
    }
}

/// One question, once with hardly any gas for the answer.
contract Impatient {
    uint256 public owner = 7;

    function alike(address other) external view returns (bool same) {
        assembly {
            mstore(0, 0x85bb7d69) // answer()
            let quickly := staticcall(10, other, 28, 4, 0, 0)
            same := eq(quickly, staticcall(gas(), other, 28, 4, 0, 0))
        }
    }

    function again(address other) external view returns (bool same) {
        assembly {
            mstore(0, 0x85bb7d69)
            let left := gas()
            let once := staticcall(gas(), other, 28, 4, 0, 0)
            same := eq(once, staticcall(left, other, 28, 4, 0, 0))
        }
    }
}
