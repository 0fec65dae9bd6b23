// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// Contracts written against the prover: each was once proved to have a property that it has not.
// The claims about them are in test_traps.py.

interface ITold {
    function notify() external;
}

/// Whether `put` stays inside the array depends on an invariant that another function breaks.
contract BorrowedBounds {
    uint256 public flag;
    uint256[4] public cells;
    uint256 public owner = 7;

    function raise() external {
        flag = 1;
    }

    function put(uint256 index, uint256 value) external {
        if (flag == 0) require(index < 4);
        assembly {
            sstore(add(cells.slot, index), value)
        }
    }
}

/// The constructor writes where its argument says.
contract WildConstructor {
    uint256[4] public cells;
    uint256 public owner;

    constructor(uint256 index) {
        owner = 7;
        assembly {
            sstore(add(cells.slot, index), 9)
        }
    }
}

/// What depends on the transaction, and not on the contract's state.
contract Surroundings {
    uint256[4] public cells;
    uint256 public owner = 7;

    function put(uint256 index) external returns (uint256) {
        assembly {
            sstore(add(cells.slot, index), 9)
        }
        return 1;
    }

    function randao() external view returns (uint256) {
        return block.prevrandao;
    }

    function origin() external view returns (address) {
        return tx.origin;
    }

    function gas() external view returns (uint256) {
        return gasleft();
    }

    function balance() external view returns (uint256) {
        return address(this).balance;
    }

    function paid() external payable returns (uint256) {
        return msg.value;
    }

    function kept() external view returns (uint256 value) {
        assembly {
            value := tload(0)
        }
    }
}

/// Writes only if somebody called back, which nobody does who does not.
contract LooksAgain {
    uint256 public seen;
    uint256 public owner = 7;

    function set(uint256 value) external {
        seen = value;
    }

    function tell() external {
        uint256 before = seen;
        ITold(msg.sender).notify();
        if (seen != before) owner = 2;
    }
}

/// While `tell` runs, `mark` can do what it can't between two calls.
contract OpenDoor {
    uint256 public open;
    uint256 public owner = 7;

    function tell() external {
        require(open == 0);
        open = 1;
        ITold(msg.sender).notify();
        open = 0;
    }

    function mark() external virtual {
        if (open == 1) owner = 1;
    }
}

/// Who is called meets an open door, or a closed one, and keeps one that is closed so.
contract Doorway {
    uint256 public open;

    function tell() external {
        ITold(msg.sender).notify();
    }

    function twice() external {
        ITold(msg.sender).notify();
        ITold(msg.sender).notify();
    }

    function ajar() external {
        require(open == 0);
        open = 1;
        ITold(msg.sender).notify();
        if (open == 1) open = 0;
    }

    function wedge() external {
        if (open == 1) open = 2;
    }

    function slam() external {
        open = 1;
        ITold(msg.sender).notify();
        open = 0;
    }
}

/// Two mappings that only the code knows, at slots of two variables.
contract HiddenMappings {
    uint256 public one;
    uint256 public two;
    uint256 public owner = 7;

    function read(uint256 key) external returns (uint256 value) {
        assembly {
            mstore(0, key)
            mstore(32, 0)
            sstore(keccak256(0, 64), 5)
            mstore(32, 1)
            value := sload(keccak256(0, 64))
        }
    }
}

/// An element so far away that it is another variable.
contract EndlessArray {
    uint256 public owner = 7;
    uint256[] public list;

    function put(uint256 index, uint256 value) external {
        assembly {
            mstore(0, list.slot)
            sstore(add(keccak256(0, 32), index), value)
        }
    }

    function grow(uint256 value) external {
        list.push(value);
        list.push(value);
    }
}

/// A hash less the hash of one of its keys.
contract FarOffset {
    uint256 public owner = 7;
    mapping(uint256 => uint256) public values;
    bytes32 internal constant FIFTH = keccak256(abi.encode(uint256(5), uint256(1)));

    function put(uint256 key, uint256 value) external {
        bytes32 less = FIFTH;
        assembly {
            mstore(0, key)
            mstore(32, 1)
            sstore(sub(keccak256(0, 64), less), value)
        }
    }
}

/// The compiler hashes the keys.
contract FoldedKeys {
    mapping(uint256 => uint256) public values;
    mapping(uint256 => mapping(uint256 => uint256)) public rows;

    function first() external {
        values[5] = 1;
    }

    function second() external {
        rows[5][7] = 1;
    }

    function third() external {
        values[123456789123456789] = 1;
    }
}

/// A table of tables.
contract Allowances {
    mapping(address => mapping(address => uint256)) public allowed;
    uint256 public sum;

    function approve(address to, uint256 value) external {
        sum = sum - allowed[msg.sender][to] + value;
        allowed[msg.sender][to] = value;
    }

    function leak(address to) external {
        allowed[msg.sender][to] = 0;
    }
}
