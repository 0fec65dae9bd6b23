// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// One little pool of deposits, written several times.

/// As one would write it first.
contract Plain {
    struct Account {
        uint64 amount;
        uint64 since;
    }

    address public owner;
    mapping(address => Account) internal accounts;
    uint64 public total;
    bool public paused;
    uint16[8] internal fees;

    event Moved(address indexed who, int256 amount);

    error Paused();
    error TooEarly(uint64 since);

    function deposit(uint64 amount) external {
        if (paused) revert Paused();
        Account storage account = accounts[msg.sender];
        account.amount += amount;
        account.since = uint64(block.timestamp);
        total += amount;
        emit Moved(msg.sender, int256(uint256(amount)));
    }

    function withdraw(uint64 amount) external returns (uint64 left) {
        Account storage account = accounts[msg.sender];
        if (block.timestamp < account.since + 1 days) revert TooEarly(account.since);
        account.amount -= amount;
        total -= amount;
        emit Moved(msg.sender, -int256(uint256(amount)));
        return account.amount;
    }

    function setFee(uint256 level, uint16 fee) external {
        require(msg.sender == owner && level < 8);
        fees[level] = fee;
    }

    function getFee(uint256 level) external view returns (uint256) {
        return fees[level];
    }
}

/// In fewer words and another order, the fees one a word, with fewer reads and writes.
contract Packed {
    struct Account {
        uint64 since;
        uint64 amount;
    }

    uint256[8] internal fees;
    uint64 public total;
    address public owner;
    bool public paused;
    mapping(address => Account) internal accounts;

    event Moved(address indexed who, int256 amount);

    error Paused();
    error TooEarly(uint64 since);

    function deposit(uint64 amount) external {
        if (paused) revert Paused();
        Account memory account = accounts[msg.sender];
        account.amount += amount;
        account.since = uint64(block.timestamp);
        accounts[msg.sender] = account;
        total += amount;
        emit Moved(msg.sender, int256(uint256(amount)));
    }

    function withdraw(uint64 amount) external returns (uint64 left) {
        Account memory account = accounts[msg.sender];
        if (block.timestamp < account.since + 1 days) revert TooEarly(account.since);
        left = account.amount - amount;
        accounts[msg.sender].amount = left;
        total -= amount;
        emit Moved(msg.sender, -int256(uint256(amount)));
    }

    function setFee(uint256 level, uint16 fee) external {
        require(level < 8 && owner == msg.sender);
        fees[level] = fee;
    }

    function getFee(uint256 level) external view returns (uint256) {
        return fees[level];
    }
}

/// As `Packed`, but what is withdrawn is not compared with what is there.
contract Hasty {
    struct Account {
        uint64 since;
        uint64 amount;
    }

    uint256[8] internal fees;
    uint64 public total;
    address public owner;
    bool public paused;
    mapping(address => Account) internal accounts;

    event Moved(address indexed who, int256 amount);

    error Paused();
    error TooEarly(uint64 since);

    function deposit(uint64 amount) external {
        if (paused) revert Paused();
        Account memory account = accounts[msg.sender];
        account.amount += amount;
        account.since = uint64(block.timestamp);
        accounts[msg.sender] = account;
        total += amount;
        emit Moved(msg.sender, int256(uint256(amount)));
    }

    function withdraw(uint64 amount) external returns (uint64 left) {
        Account memory account = accounts[msg.sender];
        if (block.timestamp < account.since + 1 days) revert TooEarly(account.since);
        unchecked {
            left = account.amount - amount;
        }
        accounts[msg.sender].amount = left;
        total -= amount;
        emit Moved(msg.sender, -int256(uint256(amount)));
    }

    function setFee(uint256 level, uint16 fee) external {
        require(level < 8 && owner == msg.sender);
        fees[level] = fee;
    }

    function getFee(uint256 level) external view returns (uint256) {
        return fees[level];
    }
}

/// As `Packed`, but the total is not kept.
contract Lacking {
    struct Account {
        uint64 since;
        uint64 amount;
    }

    uint256[8] internal fees;
    address public owner;
    bool public paused;
    mapping(address => Account) internal accounts;

    function total() external pure returns (uint64) {
        return 0;
    }

    event Moved(address indexed who, int256 amount);

    error Paused();
    error TooEarly(uint64 since);

    function deposit(uint64 amount) external {
        if (paused) revert Paused();
        Account memory account = accounts[msg.sender];
        account.amount += amount;
        account.since = uint64(block.timestamp);
        accounts[msg.sender] = account;
        emit Moved(msg.sender, int256(uint256(amount)));
    }

    function withdraw(uint64 amount) external returns (uint64 left) {
        Account memory account = accounts[msg.sender];
        if (block.timestamp < account.since + 1 days) revert TooEarly(account.since);
        left = account.amount - amount;
        accounts[msg.sender].amount = left;
        emit Moved(msg.sender, -int256(uint256(amount)));
    }

    function setFee(uint256 level, uint16 fee) external {
        require(level < 8 && owner == msg.sender);
        fees[level] = fee;
    }

    function getFee(uint256 level) external view returns (uint256) {
        return fees[level];
    }
}
