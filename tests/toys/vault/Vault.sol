// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// A vault to try campaigns and replays on: a packed record in a mapping, an array that shares words, a
// deadline, an external call, and an error of each kind.

contract Coin {
    mapping(address => uint256) public balances;
    uint256 public supply;

    event Moved(address indexed who, uint256 amount, bool inwards);

    error Poor(address who, uint256 has);

    constructor(address[] memory rich, uint256 each) {
        for (uint256 i; i < rich.length; ++i) balances[rich[i]] = each;
        supply = each * rich.length;
    }

    function take(address who, uint256 amount) external {
        if (balances[who] < amount) revert Poor(who, balances[who]);
        balances[who] -= amount;
        supply -= amount;
        emit Moved(who, amount, false);
    }

    function give(address who, uint256 amount) external {
        balances[who] += amount;
        supply += amount;
        emit Moved(who, amount, true);
    }
}

contract Vault {
    struct Account {
        uint64 amount;
        uint40 since;
        bool frozen;
    }

    uint256 public constant DELAY = 1 days;
    uint256 public constant LEAST = 100;

    Coin private _coin;
    address public keeper;
    uint64 public total;
    mapping(address who => Account account) public accounts;
    uint16[20] public visits;

    event Deposited(address indexed who, uint64 amount);
    event Withdrawn(address indexed who, uint64 amount);

    error TooLittle();
    error TooEarly(uint256 opens);
    error NotKeeper();
    error Frozen();

    constructor(Coin coin, address keeper_) {
        _coin = coin;
        keeper = keeper_;
    }

    function deposit(uint64 amount) external {
        if (amount < LEAST) revert TooLittle();
        Account storage account = accounts[msg.sender];
        account.amount += amount;
        account.since = uint40(block.timestamp);
        total += amount;
        emit Deposited(msg.sender, amount);
        _coin.take(msg.sender, amount);
    }

    function withdraw() external {
        Account storage account = accounts[msg.sender];
        if (account.frozen) revert Frozen();
        uint256 opens = account.since + DELAY;
        if (block.timestamp < opens) revert TooEarly(opens);
        uint64 amount = account.amount;
        total -= amount;
        delete accounts[msg.sender];
        emit Withdrawn(msg.sender, amount);
        if (amount != 0) _coin.give(msg.sender, amount);
    }

    function freeze(address who, bool frozen) external {
        if (msg.sender != keeper) revert NotKeeper();
        accounts[who].frozen = frozen;
    }

    function visit(uint8 place) external returns (uint16[] memory all, uint16 times) {
        require(place < 20, "no such place");
        times = ++visits[place];
        all = new uint16[](3);
        for (uint256 i; i < 3; ++i) all[i] = visits[i];
    }
}
