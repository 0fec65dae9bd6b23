// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @notice One state variable of every kind that a storage layout can describe.
contract ShelfBase {
    uint256 internal _hidden = 7;
    uint64[2] private __gap;
}

contract Shelf is ShelfBase {
    enum Colour {
        RED,
        GREEN,
        BLUE
    }

    struct Pair {
        uint64 left;
        address right;
        bool flag;
    }

    struct Deep {
        uint8 tag;
        Pair[2] pairs;
        mapping(uint256 => Pair) inner;
    }

    uint8 public small;
    int24 public signed;
    bool public yes;
    address public who;
    Colour public colour;
    bytes4 public four;
    uint256 public wide;
    Pair public pair;
    uint32[20] public packed;
    Pair[5] public pairs;
    mapping(address => Pair) public byWho;
    mapping(uint256 => mapping(int8 => uint128)) public nested;
    mapping(bytes4 => uint256) public byFour;
    mapping(string => uint256) public byText;
    mapping(bool => uint256) public byFlag;
    uint16[] public list;
    Pair[] public pairList;
    string public short;
    string public long;
    bytes public blob;
    uint64[2] private __gap;
    Deep private _deep;

    function fill(address a, address b) external {
        small = 200;
        signed = -5;
        yes = true;
        who = a;
        colour = Colour.BLUE;
        four = 0x01020304;
        wide = type(uint256).max - 1;
        pair = Pair(11, b, true);
        packed[0] = 1;
        packed[7] = 2;
        packed[8] = 3;
        packed[19] = type(uint32).max;
        pairs[4] = Pair(12, a, true);
        byWho[a] = Pair(13, b, false);
        nested[1][-2] = 14;
        byFour[0x01020304] = 15;
        byText["some text"] = 16;
        byFlag[true] = 17;
        for (uint16 i; i < 20; ++i) list.push(1000 + i);
        pairList.push(Pair(18, a, false));
        pairList.push(Pair(19, b, true));
        short = "short";
        long = "a text that does not fit into thirty-one bytes, so it is stored elsewhere";
        blob = hex"0102030405";
        _deep.tag = 9;
        _deep.pairs[1].left = 20;
        _deep.inner[3].right = b;
    }

    function empty() external {}

    function deep(uint256 key) external view returns (uint8, uint64, address) {
        return (_deep.tag, _deep.pairs[1].left, _deep.inner[key].right);
    }
}
