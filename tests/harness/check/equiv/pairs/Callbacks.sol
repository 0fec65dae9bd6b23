// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// Pairs that do the same as long as nobody calls back, and one that does whoever does.

interface Other {
    function pay(address who, uint256 amount) external;

    function ask(address who) external view;
}

abstract contract Books {
    Other internal other;
    uint64 public total;
    uint64 public seen;
    bool public busy;
}

contract HarmlessOne is Books {
    function act(uint64 amount) external {
        total -= amount;
        seen = amount / 2 + amount % 2;
        other.pay(msg.sender, amount);
        busy = false;
    }
}

contract HarmlessOther is Books {
    function act(uint64 amount) external {
        uint64 left = total - amount;
        seen = amount - amount / 2;
        total = left;
        other.pay(msg.sender, amount);
        busy = false;
    }
}

contract WritesOne is Books {
    function act(uint64 amount) external {
        total = 0;
        other.pay(msg.sender, amount);
    }
}

contract WritesOther is Books {
    function act(uint64 amount) external {
        other.pay(msg.sender, amount);
        total = 0;
    }
}

contract ReadsOne is Books {
    function act(uint64 amount) external {
        other.pay(msg.sender, amount);
        seen = total;
    }
}

contract ReadsOther is Books {
    function act(uint64 amount) external {
        uint64 before = total;
        other.pay(msg.sender, amount);
        seen = before;
    }
}

contract ShowsOne is Books {
    function act(uint64 amount) external {
        busy = true;
        other.pay(msg.sender, amount);
        busy = false;
    }
}

contract ShowsOther is Books {
    function act(uint64 amount) external {
        other.pay(msg.sender, amount);
        busy = false;
    }
}

contract AsksOne is Books {
    function act(uint64) external {
        busy = true;
        other.ask(msg.sender);
        busy = false;
    }
}

contract AsksOther is Books {
    function act(uint64) external {
        other.ask(msg.sender);
        busy = false;
    }
}

contract SecondOne is Books {
    function act(uint64 amount) external {
        if (amount > 5) other.pay(msg.sender, 1);
        other.pay(msg.sender, 2);
        seen = total;
    }
}

contract SecondOther is Books {
    function act(uint64 amount) external {
        uint64 before = total;
        if (amount > 5) {
            other.pay(msg.sender, 1);
            before = total;
        }
        other.pay(msg.sender, 2);
        seen = before;
    }
}
