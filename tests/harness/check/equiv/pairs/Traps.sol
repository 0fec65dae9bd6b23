// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// Contracts that look the same to a careless comparison. `One` and `Other` of each differ.

interface ICallee {
    function first() external view returns (uint256);
    function second() external view returns (uint256);
    function order() external;
    function another() external;
}

/// What is asked of others.
contract AsksOne {
    ICallee internal callee;

    function act() external view returns (bool answered) {
        bytes4 question = ICallee.first.selector;
        assembly {
            mstore(0, question)
            answered := staticcall(gas(), sload(callee.slot), 0, 4, 0, 0)
        }
    }
}

contract AsksOther {
    ICallee internal callee;

    function act() external view returns (bool answered) {
        bytes4 question = ICallee.second.selector;
        assembly {
            mstore(0, question)
            answered := staticcall(gas(), sload(callee.slot), 0, 4, 0, 0)
        }
    }
}

/// What is ordered, where the call fails in any case.
contract OrdersOne {
    ICallee internal callee;

    function act() external {
        callee.order();
        revert();
    }
}

contract OrdersOther {
    ICallee internal callee;

    function act() external {
        callee.another();
        revert();
    }
}

/// In which order.
contract SequenceOne {
    ICallee internal callee;

    function act() external {
        callee.order();
        callee.another();
    }
}

contract SequenceOther {
    ICallee internal callee;

    function act() external {
        callee.another();
        callee.order();
    }
}

/// Whether before or after an event.
contract MomentOne {
    ICallee internal callee;

    event Done();

    function act() external {
        emit Done();
        callee.order();
    }
}

contract MomentOther {
    ICallee internal callee;

    event Done();

    function act() external {
        callee.order();
        emit Done();
    }
}

/// Whether a refusal matters.
contract RefusalOne {
    ICallee internal callee;

    function act() external {
        require(address(callee).code.length != 0);
        callee.order();
    }
}

contract RefusalOther {
    ICallee internal callee;

    function act() external {
        require(address(callee).code.length != 0);
        (bool success, ) = address(callee).call(abi.encodeCall(ICallee.order, ()));
        success;
    }
}

/// What a refusal said.
contract WordsOne {
    ICallee internal callee;

    function act() external {
        callee.order();
    }
}

contract WordsOther {
    ICallee internal callee;

    function act() external {
        require(address(callee).code.length != 0);
        (bool success, ) = address(callee).call(abi.encodeCall(ICallee.order, ()));
        require(success);
    }
}

/// What is left in a word that no layout names.
contract OutsideOne {
    function act() external {}
}

contract OutsideOther {
    function act() external {
        assembly {
            sstore(0x123456, 1)
        }
    }
}

/// What is left in transient storage.
contract TransientOne {
    function act() external {}
}

contract TransientOther {
    function act() external {
        assembly {
            tstore(0, 1)
        }
    }
}

/// What is left in the bits between fields.
contract PaddingOne {
    uint8 internal number;

    function act() external {}
}

contract PaddingOther {
    uint8 internal number;

    function act() external {
        assembly {
            sstore(number.slot, or(sload(number.slot), shl(200, 1)))
        }
    }
}

/// Gas is no two contracts' business.
contract GasOne {
    function act() external view returns (uint256) {
        return gasleft();
    }
}

contract GasOther {
    function act() external view returns (uint256) {
        uint256 left = gasleft();
        return left;
    }
}

/// Whether the code stays inside its array: what it does outside is not known.
contract BeyondOne {
    uint256[4] internal items;
    uint256 internal next;

    function act(uint256 index) external {
        assembly {
            sstore(add(items.slot, index), 7)
        }
    }
}

contract BeyondOther {
    uint256 internal next;
    uint256[4] internal items;

    function act(uint256 index) external {
        assembly {
            sstore(add(items.slot, index), 7)
        }
    }
}

/// How much fits.
contract WidthOne {
    uint64 internal sum;

    function act(uint64 amount) external {
        sum += amount;
    }
}

contract WidthOther {
    uint256 internal sum;

    function act(uint64 amount) external {
        sum += amount;
    }
}

/// What a long string holds.
contract LongOne {
    bytes internal text;

    function act() external view returns (bytes1) {
        return text[40];
    }
}

contract LongOther {
    bytes internal text;

    function act() external view returns (bytes1) {
        text[40];
        return 0;
    }
}

/// What lies many keys deep.
contract DeepOne {
    mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => uint256)))))))) internal items;

    function act(uint256 key) external view returns (uint256) {
        return items[key][key][key][key][key][key][key][key];
    }
}

contract DeepOther {
    mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => mapping(uint256 => uint256)))))))) internal items;

    function act(uint256) external pure returns (uint256) {
        return 0;
    }
}

/// Which code is there, where it may be the contract's own: the two have not the same.
contract CodeOne {
    function act(address who) external view returns (bytes32, uint256, bytes32) {
        return (address(this).codehash, address(this).code.length, who.codehash);
    }
}

contract CodeOther {
    function act(address who) external view returns (bytes32 own, uint256 size, bytes32 hash) {
        hash = who.codehash;
        own = address(this).codehash;
        size = address(this).code.length;
    }
}

/// When the contract asks itself, or orders itself.
contract ItselfOne {
    uint256 public number;

    function act() external returns (uint256 found) {
        number = 5;
        bytes4 question = this.number.selector;
        assembly {
            mstore(0, question)
            pop(staticcall(gas(), address(), 0, 4, 0, 32))
            found := mload(0)
        }
    }

    function order() external {
        number = 5;
        this.set(7);
    }

    function set(uint256 given) external {
        number = given;
    }
}

contract ItselfOther {
    uint256 public number;

    function act() external returns (uint256 found) {
        bytes4 question = this.number.selector;
        assembly {
            mstore(0, question)
            pop(staticcall(gas(), address(), 0, 4, 0, 32))
            found := mload(0)
        }
        number = 5;
    }

    function order() external {
        this.set(7);
        number = 5;
    }

    function set(uint256 given) external {
        number = given;
    }
}

/// What their constructors leave, which is not compared.
contract BornOne {
    uint256 public number = 1;

    function act() external {}
}

contract BornOther {
    uint256 public number = 2;

    function act() external {
        assembly {
            tstore(0, 1)
        }
    }
}

/// An array's length, and a number that is called so.
contract LengthOne {
    uint256[] internal items;

    function act() external view returns (uint256) {
        return items.length;
    }
}

contract LengthOther {
    struct Items {
        uint256 length;
    }

    Items internal items;

    function act() external view returns (uint256) {
        return items.length / 2;
    }
}

/// Whoever takes them for views calls them so that they can't write.
contract LooksOne {
    uint256 internal number;

    function act() external view returns (uint256) {
        return number;
    }
}

contract LooksOther {
    uint256 internal number;

    function act() external returns (uint256) {
        number = number;
        return number;
    }
}

/// How much gas is left to who is ordered.
contract OfferOne {
    bool internal done;

    function act(address other) external {
        (done, ) = other.call{gas: 30000}("");
    }
}

contract OfferOther {
    bool internal done;

    function act(address other) external {
        (done, ) = other.call{gas: 0}("");
    }
}

/// How much gas is left to who is asked.
contract PatienceOne {
    bool internal done;

    function act(address other) external {
        (done, ) = other.staticcall("");
    }
}

contract PatienceOther {
    bool internal done;

    function act(address other) external {
        (done, ) = other.staticcall{gas: 2300}("");
    }
}

/// What is said where nobody is, and nobody would be called.
contract NobodyOne {
    error Empty();

    function act(address one, bool call) external {
        if (!call && one.code.length == 0) revert Empty();
        if (call) ICallee(one).order();
    }
}

contract NobodyOther {
    error Vacant();

    function act(address one, bool call) external {
        if (!call && one.code.length == 0) revert Vacant();
        if (call) ICallee(one).order();
    }
}
