// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

interface IRegistry {
    function getAddress(uint256 chainId, bytes32 name) external view returns (address);
}

interface IToken {
    function mint(address to, uint256 amount) external;
}

/// Storage of every shape, so that slot decoding meets each.
contract Zoo {
    enum Mood { Calm, Cross, Gone }

    struct Beast {
        uint128 weight;
        int64 depth;
        Mood mood;
        bool tame;
        uint256 price;
        uint16[5] scores;
        mapping(address => uint96) fans;
    }

    IRegistry public reg;
    uint8 public small;
    bool public flag;
    int256 public balance;
    Beast[7] private beasts;
    mapping(uint8 => Beast) private named;
    mapping(address => mapping(bytes4 => int32)) public nested;
    uint32[20] public packed;
    bool[40] public bits;
    uint24[] public list;
    Beast private single;
    uint256[3][4] public grid;
    uint64[33] private __gap;
    address public last;

    event Seen(address indexed who, uint256 indexed what, bytes4 tag, int32 depth);
    event Plain();

    error Bad(uint256 a, address b);

    function setBeast(uint256 i, uint128 weight, int64 depth, bool tame) external {
        Beast storage b = beasts[i];
        if (b.mood == Mood.Gone) revert Bad(i, msg.sender);
        b.weight += weight;
        b.depth -= depth;
        b.tame = tame;
        b.price = uint256(weight) * 3;
        b.mood = tame ? Mood.Calm : Mood.Cross;
    }

    function score(uint8 name, uint256 i, uint16 points) external returns (uint16 total) {
        Beast storage b = named[name];
        b.scores[i] = points;
        for (uint256 k = 0; k < 5; ++k) total += b.scores[k];
        single.scores[4] = total;
        b.fans[msg.sender] = total;
    }

    function copyBeast(uint8 name, uint256 i) external returns (uint128, int64, Mood, bool, uint256) {
        Beast storage b = i < 7 ? beasts[i] : named[name];
        single.weight = b.weight;
        single.depth = b.depth;
        (last, flag) = (msg.sender, b.tame);
        return (b.weight, b.depth, b.mood, b.tame, b.price);
    }

    function nest(bytes4 tag, int32 by) external {
        int32 now_ = nested[msg.sender][tag] + by;
        nested[msg.sender][tag] = now_;
        emit Seen(msg.sender, block.timestamp, tag, now_);
        if (now_ < 0) emit Plain();
    }

    function pack(uint256 i, uint32 a, uint256 j, bool b) external returns (uint32) {
        uint32 old = packed[i];
        packed[i] = a;
        bits[j] = b;
        return old + (bits[39] ? 1 : 0);
    }

    function packFixed(uint32 a) external {
        packed[7] = a;
        packed[8] += 1;
        bits[33] = !bits[32];
    }

    function push(uint24 x) external returns (uint256) {
        require(list.length < 50, "too long");
        list.push(x);
        return list.length;
    }

    function item(uint256 i) external view returns (uint24) {
        return list[i];
    }

    function drop() external {
        list.pop();
    }

    function gridSum(uint256 i, uint256 j, uint256 v) external returns (uint256 s) {
        grid[i][j] = v;
        unchecked {
            for (uint256 a; a < 4; ++a) for (uint256 b; b < 3; ++b) s += grid[a][b];
        }
    }

    function signed(int256 a, int256 b) external returns (int256) {
        balance += a;
        if (b < 0) return a / b;
        return b > 3 ? a % b : (a >> uint256(b));
    }

    function half(int64 a) external returns (int64) {
        single.depth = a / 2;
        return -a;
    }

    function wait(uint256 i) external returns (address who, bool ok) {
        try reg.getAddress(i, "who") returns (address found) {
            who = found;
            ok = true;
        } catch {
            small = 1;
        }
        last = who;
    }

    function pay(bytes32 name, uint256 amount) external payable returns (bytes32 tag) {
        address token = reg.getAddress(block.chainid, name);
        uint256 before = address(this).balance;
        IToken(token).mint(msg.sender, amount + before);
        tag = keccak256(abi.encodePacked(name, amount, msg.sender));
        if (uint256(tag) % 2 == 0) last = token;
    }

    function text(uint256 n) external pure returns (string memory) {
        if (n == 0) return "";
        return n < 3 ? "a short one" : "one that is longer than thirty-two bytes, by far";
    }

    function many(uint256 n) external view returns (uint256[] memory out, bytes32 h) {
        require(n <= 4, "n");
        out = new uint256[](n);
        for (uint256 i; i < n; ++i) out[i] = i * uint256(packed[i]);
        h = keccak256(abi.encode(n, small));
    }

    receive() external payable {
        small += 1;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        flag = true;
        return "";
    }
}
