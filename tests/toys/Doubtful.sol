// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

interface IAsked {
    function notify() external;
}

/// It asks whether others are there, and calls them in some cases only.
contract Doubtful {
    uint256 public kept;
    uint256 public owner = 7;

    error Empty();
    error Other();

    function otherwise(IAsked one, bool call) external {
        if (call) {
            one.notify();
        } else {
            require(address(one).code.length == 0);
            kept = 666;
        }
    }

    function either(IAsked one, IAsked two, bool first) external {
        IAsked chosen = first ? one : two;
        if (address(one).code.length == 0) kept = 666;
        chosen.notify();
    }

    function refuse(IAsked one, bool call) external {
        if (!call) {
            if (address(one).code.length == 0) revert();
            revert Other();
        }
        one.notify();
    }

    function explain(IAsked one) external {
        if (address(one).code.length == 0) revert Empty();
        one.notify();
    }

    function notify(IAsked one, bool call) external {
        kept = kept / 2;
        if (call) one.notify();
    }
}

/// It fails in two ways, one of which comes before anybody is called.
contract Fragile {
    uint256 public kept;
    uint256 public owner = 7;

    function ask(IAsked one, uint256 count) external {
        assembly {
            if iszero(count) {
                invalid()
            }
        }
        one.notify();
    }

    function small(uint256 number) external pure returns (uint256) {
        require(number < 10);
        return number;
    }
}
