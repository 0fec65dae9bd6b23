// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// Contracts of twenty lines whose true and false properties are known; each is about one thing that a
// prover can get wrong. The claims about them are in catalogue.py.

/// A bound that a guard keeps, and one that nothing keeps.
contract Counter {
    uint64 public count;
    uint64 public ticks;

    function increment() external {
        require(count < 10);
        count += 1;
    }

    function tick() external {
        ticks += 1;
    }
}

/// A sum over a mapping: moved, credited, and in one function leaked.
contract Ledger {
    mapping(address => uint128) public balances;
    uint256 public supply;

    function credit(address to, uint128 amount) external {
        balances[to] += amount;
        supply += amount;
    }

    function creditBoth(address one, address other, uint128 amount) external {
        balances[one] += amount;
        balances[other] += amount;
        supply += amount;
        supply += amount;
    }

    function move(address to, uint128 amount) external {
        balances[msg.sender] -= amount;
        balances[to] += amount;
    }
}

/// The same, but moving to oneself creates tokens.
contract LeakyLedger {
    mapping(address => uint128) public balances;
    uint256 public supply;

    function credit(address to, uint128 amount) external {
        balances[to] += amount;
        supply += amount;
    }

    function move(address to, uint128 amount) external {
        uint128 mine = balances[msg.sender] - amount;
        uint128 theirs = balances[to] + amount;
        balances[msg.sender] = mine;
        balances[to] = theirs;
    }
}

/// Unchecked arithmetic that wraps in a packed neighbour's company.
contract Packed {
    uint32 public low;
    uint32 public high = 7;
    uint64 public last;
    uint256 public wide;

    function widen(uint256 amount) external {
        unchecked {
            wide += amount;
        }
    }

    function add(uint32 amount) external {
        unchecked {
            low += amount;
        }
    }

    function subtract(uint32 amount) external {
        low -= amount;
    }
}

/// Seats and holders that point at each other; `leave` comes in a right and a wrong order.
contract Seats {
    mapping(uint256 => address) public holder;
    mapping(address => uint8) public seat;

    function take(uint8 wanted) external {
        require(wanted >= 1 && wanted <= 3 && holder[wanted] == address(0) && seat[msg.sender] == 0);
        holder[wanted] = msg.sender;
        seat[msg.sender] = wanted;
    }

    function leave() external {
        uint8 mine = seat[msg.sender];
        require(mine != 0);
        delete holder[mine];
        seat[msg.sender] = 0;
    }
}

/// As `Seats`, but the holder is deleted at the id after it was reset.
contract GhostSeats {
    mapping(uint256 => address) public holder;
    mapping(address => uint8) public seat;

    function take(uint8 wanted) external {
        require(wanted >= 1 && wanted <= 3 && holder[wanted] == address(0) && seat[msg.sender] == 0);
        holder[wanted] = msg.sender;
        seat[msg.sender] = wanted;
    }

    function leave() external {
        require(seat[msg.sender] != 0);
        seat[msg.sender] = 0;
        delete holder[seat[msg.sender]];
    }
}

/// Several array elements to a word, at an index that is an argument; and a loop over them.
contract Shelf {
    uint16[8] public items;
    uint256 public sum;

    function put(uint256 index, uint16 amount) external {
        require(items[index] == 0);
        items[index] = amount;
        sum += amount;
    }

    function clear() external {
        uint256 removed;
        for (uint256 i; i < 8; ++i) {
            removed += items[i];
            items[i] = 0;
        }
        sum -= removed;
    }
}

/// An array whose declared use ends before its length does: index 4 is written by the wrong comparison.
contract Sloppy {
    uint256[8] public cells;

    function set(uint256 index, uint256 value) external {
        require(index <= 4);
        cells[index] = value;
    }
}

/// Early returns in a loop, a running minimum, and a choice by weight.
contract Chooser {
    uint32[4] public weights;
    uint32 public hits;
    uint8 public lowest;

    function set(uint256 index, uint32 weight) external {
        weights[index] = weight;
        uint8 best;
        for (uint8 i = 1; i < 4; ++i) if (weights[i] < weights[best]) best = i;
        lowest = best;
    }

    function draw(uint256 random) external returns (uint256) {
        uint256 total;
        for (uint256 i; i < 4; ++i) total += weights[i];
        if (total == 0) return 4;
        uint256 point = random % total;
        uint256 running;
        for (uint256 i; i < 4; ++i) {
            running += weights[i];
            if (point < running) {
                ++hits;
                return i;
            }
        }
        return 5;
    }
}

/// Code at no selector: what arrives without one changes the state.
contract Backdoor {
    address public owner = address(1);
    uint256 public received;

    function claim() external view returns (address) {
        return owner;
    }

    receive() external payable {
        received += msg.value;
    }

    fallback() external {
        if (msg.data.length > 100) owner = msg.sender;
    }
}

interface ICallee {
    function notify(uint256 amount) external;
}

/// Tells somebody before the books are straight: whoever is told can look, or call again.
contract TellsEarly {
    ICallee public callee;
    uint256 public credited;
    uint256 public booked;

    function book(uint256 amount) external {
        credited += amount;
        callee.notify(amount);
        booked += amount;
    }
}

/// The same with the books straight before anybody hears of it.
contract TellsLate {
    ICallee public callee;
    uint256 public credited;
    uint256 public booked;

    function book(uint256 amount) external {
        credited += amount;
        booked += amount;
        callee.notify(amount);
    }
}

/// Signed numbers, shifts by an argument, exponents: the words that most provers round.
contract Signed {
    int64 public level;
    uint256 public mask;

    function shift(int32 by) external {
        int256 next = int256(level) + by;
        require(next >= -1000 && next <= 1000);
        level = int64(next);
    }

    function set(uint8 bit) external {
        mask = mask | (1 << bit);
    }
}

/// A deadline whose last second is still locked.
contract Lock {
    mapping(address => uint64) public since;
    mapping(address => bool) public opened;

    function close() external {
        since[msg.sender] = uint64(block.timestamp);
        opened[msg.sender] = false;
    }

    function open() external {
        require(since[msg.sender] != 0 && block.timestamp > uint256(since[msg.sender]) + 1 days);
        opened[msg.sender] = true;
    }
}

/// Runs somebody else's code on its own storage.
contract Delegator {
    uint256 public value;

    function run(address code) external {
        (bool ok, ) = code.delegatecall("");
        require(ok);
    }
}

/// Places 0 to 3, of which 0 is one; whoever has none has the place 0, too.
contract Benches {
    mapping(uint8 => address) public sitter;
    mapping(address => uint8) public place;

    function sit(uint8 wanted) external {
        require(wanted < 4 && sitter[wanted] == address(0) && !_sits(msg.sender));
        sitter[wanted] = msg.sender;
        place[msg.sender] = wanted;
    }

    function rise() external {
        require(_sits(msg.sender));
        delete sitter[place[msg.sender]];
        delete place[msg.sender];
    }

    function _sits(address who) private view returns (bool) {
        return who != address(0) && sitter[place[who]] == who;
    }
}

/// A product of four factors, in words that are wide enough.
contract Merits {
    uint32 public stake;
    uint16 public capacity;
    uint8 public price;

    function set(uint32 stake_, uint16 capacity_, uint8 price_) external {
        (stake, capacity, price) = (stake_, capacity_, price_);
    }

    function weigh(uint32 fee) external view returns (uint256) {
        if (price == 0) return 0;
        return uint256(fee) * fee * stake * capacity / price / price;
    }
}
