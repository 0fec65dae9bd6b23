// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4 <0.9.0;

interface IRegistry {
    function getAddress(uint256 chainId, bytes32 name) external view returns (address);
}

interface IToken {
    function mint(address to, uint256 amount) external;
    function burn(address from, uint256 amount) external;
}

/// @title Somebody else's third pool
/// @notice The interface of `contracts/v3`, written anew: one contract without any library, other fields in other
///   words, records with fields that nobody asked for, a function that no specification knows.
contract Pool {
    struct Prover {
        uint32 currentCapacity;
        bytes4 mark;
        uint64 stakedAmount;
        uint32 rewardPerGas;
    }

    struct Staker {
        uint32 proverId;
        uint128 stakes;
        uint32 maxCapacity;
        uint64 exitAmount;
        uint64 exitRequestedAt;
    }

    struct ProverView {
        uint64 stakedAmount;
        uint32 rewardPerGas;
        uint32 currentCapacity;
    }

    struct StakerView {
        uint64 exitRequestedAt;
        uint64 exitAmount;
        uint32 maxCapacity;
        uint32 proverId;
    }

    uint32 public constant MIN_CAPACITY = 32;
    uint64 public constant EXIT_PERIOD = 1 weeks;
    uint64 public constant SLASH_POINTS = 25;
    uint64 public constant SLASH_MULTIPLIER = 4;
    uint64 public constant MIN_STAKE_PER_CAPACITY = 10_000;
    uint256 public constant MAX_NUM_PROVERS = 32;
    uint256 public constant MIN_CHANGE_DELAY = 1 hours;

    mapping(address => Staker) private _stakers;
    uint8 private _status;
    bool private _initializing;
    address private _owner;
    uint64 private _initialized;
    uint256 public entries;
    Prover[1024] private _provers;
    address private _addressManager;
    mapping(uint256 => address) public proverIdToAddress;

    event AddressManagerChanged(address addressManager);
    event Exited(address indexed addr, uint64 amount);
    event Initialized(uint64 version);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);
    event Slashed(uint64 indexed blockId, address indexed addr, uint64 amount);
    event Staked(address indexed addr, uint64 amount, uint32 rewardPerGas, uint32 currentCapacity);
    event Withdrawn(address indexed addr, uint64 amount);

    error CHANGE_TOO_FREQUENT();
    error INVALID_PARAMS();
    error InvalidInitialization();
    error NO_MATURE_EXIT();
    error OwnableInvalidOwner(address owner);
    error OwnableUnauthorizedAccount(address account);
    error PROVER_NOT_GOOD_ENOUGH();
    error RESOLVER_INVALID_ADDR();
    error RESOLVER_ZERO_ADDR(uint256 chainId, bytes32 name);
    error ReentrancyGuardReentrantCall();
    error UNAUTHORIZED();

    modifier alone() {
        if (_status == 2) revert ReentrancyGuardReentrantCall();
        _status = 2;
        _;
        _status = 1;
    }

    constructor() {
        _initialized = type(uint64).max;
    }

    function init(address registry) external {
        if (_initialized != 0 || _initializing) revert InvalidInitialization();
        if (msg.sender == address(0)) revert OwnableInvalidOwner(address(0));
        if (registry == address(0)) revert RESOLVER_INVALID_ADDR();
        (_initialized, _status, _addressManager) = (1, 1, registry);
        emit OwnershipTransferred(_owner, msg.sender);
        _owner = msg.sender;
        emit Initialized(1);
    }

    // --- the owner's -----------------------------------------------------------------------------------------

    function transferOwnership(address newOwner) external {
        _onlyOwner();
        if (newOwner == address(0)) revert OwnableInvalidOwner(address(0));
        _setOwner(newOwner);
    }

    function renounceOwnership() external {
        _onlyOwner();
        _setOwner(address(0));
    }

    function setAddressManager(address registry) external {
        _onlyOwner();
        if (registry == address(0)) revert RESOLVER_INVALID_ADDR();
        _addressManager = registry;
        emit AddressManagerChanged(registry);
    }

    // --- the protocol's --------------------------------------------------------------------------------------

    function assignProver(uint64 blockId, uint32 fee) external returns (address prover, uint32 rewardPerGas) {
        _onlyProtocol();
        uint256[32] memory weights;
        uint32[32] memory rewards;
        (weights, rewards) = getProverWeights(fee);

        uint256 all;
        for (uint256 i = 0; i < 32; i++) all += weights[i];
        if (all == 0) return (address(0), 0);

        uint256 point = uint256(keccak256(abi.encode(blockhash(block.number - 1), blockId))) % all;
        uint256 drawn;
        for (uint256 end = 0; drawn < 31; drawn++) {
            end += weights[drawn];
            if (point < end) break;
        }

        _provers[drawn + 1].currentCapacity--;
        return (proverIdToAddress[drawn + 1], rewards[drawn]);
    }

    function releaseProver(address addr) external {
        _onlyProtocol();
        uint256 id = _stakers[addr].proverId;
        if (id != 0 && _provers[id].currentCapacity < _stakers[addr].maxCapacity) ++_provers[id].currentCapacity;
    }

    function slashProver(uint64 blockId, address addr, uint64 proofReward) external {
        _onlyProtocol();
        Staker storage staker = _stakers[addr];
        uint256 seated = staker.proverId;
        uint256 staked = seated == 0 ? 0 : _provers[seated].stakedAmount;
        uint256 open = staker.exitAmount;
        if (staker.exitRequestedAt == 0 || _isMature(staker.exitRequestedAt)) open = 0;
        if (staked + open == 0) return;

        uint256 amount = (staked + open) * SLASH_POINTS / 10_000 / staker.maxCapacity;
        if (amount < uint256(proofReward) * SLASH_MULTIPLIER) amount = uint256(proofReward) * SLASH_MULTIPLIER;
        if (amount > staked + open) amount = staked + open;

        if (amount <= open) {
            staker.exitAmount -= uint64(amount);
        } else {
            if (open != 0) staker.exitAmount = 0;
            _provers[seated].stakedAmount = uint64(staked + open - amount);
        }
        emit Slashed(blockId, addr, uint64(amount));
    }

    // --- stakers' --------------------------------------------------------------------------------------------

    function stake(uint64 amount, uint32 rewardPerGas, uint32 maxCapacity) external alone {
        uint64 mine = _payable(msg.sender);
        _vacate(msg.sender, MIN_CHANGE_DELAY);
        uint64 theirs;
        uint64 due;
        address loser;
        if (amount == 0) {
            if (rewardPerGas | maxCapacity != 0) revert INVALID_PARAMS();
        } else {
            bool offered = rewardPerGas != 0 && maxCapacity >= MIN_CAPACITY;
            if (!offered || amount < uint256(maxCapacity) * MIN_STAKE_PER_CAPACITY) revert INVALID_PARAMS();
            due = _reuse(amount, maxCapacity);
            (loser, theirs) = _seat(amount, rewardPerGas, maxCapacity);
        }
        _move(IToken.mint.selector, msg.sender, mine);
        _move(IToken.mint.selector, loser, theirs);
        _move(IToken.burn.selector, msg.sender, due);
    }

    function exit() external alone {
        uint64 mine = _payable(msg.sender);
        _vacate(msg.sender, MIN_CHANGE_DELAY);
        _move(IToken.mint.selector, msg.sender, mine);
    }

    function withdraw() external alone {
        if (!_isMature(_stakers[msg.sender].exitRequestedAt)) revert NO_MATURE_EXIT();
        _move(IToken.mint.selector, msg.sender, _payable(msg.sender));
    }

    // --- views -----------------------------------------------------------------------------------------------

    function owner() external view returns (address) {
        return _owner;
    }

    function addressManager() external view returns (address) {
        return _addressManager;
    }

    function provers(uint256 id) external view returns (uint64 stakedAmount, uint32 rewardPerGas, uint32 currentCapacity) {
        if (id >= _provers.length) revert(); // as the getter of a public array does
        Prover storage prover = _provers[id];
        return (prover.stakedAmount, prover.rewardPerGas, prover.currentCapacity);
    }

    function stakers(address addr)
        external
        view
        returns (uint64 exitRequestedAt, uint64 exitAmount, uint32 maxCapacity, uint32 proverId)
    {
        Staker storage staker = _stakers[addr];
        return (staker.exitRequestedAt, staker.exitAmount, staker.maxCapacity, staker.proverId);
    }

    function getStaker(address addr) external view returns (StakerView memory staker, ProverView memory prover) {
        Staker storage held = _stakers[addr];
        staker = StakerView(held.exitRequestedAt, held.exitAmount, held.maxCapacity, held.proverId);
        if (held.proverId != 0) prover = _shown(held.proverId);
    }

    function getCapacity() external view returns (uint256 capacity) {
        for (uint256 id = 32; id > 0; id--) capacity += _provers[id].currentCapacity;
    }

    function getProvers() external view returns (ProverView[] memory seats, address[] memory holders) {
        (seats, holders) = (new ProverView[](32), new address[](32));
        for (uint256 id = 1; id < 33; id++) (seats[id - 1], holders[id - 1]) = (_shown(id), proverIdToAddress[id]);
    }

    function getProverWeights(uint32 feePerGas) public view returns (uint256[32] memory weights, uint32[32] memory erpg) {
        uint256 high = uint256(feePerGas) * 125 / 100;
        uint256 low = uint256(feePerGas) * 75 / 100;
        for (uint256 i = 0; i < 32; i++) {
            Prover storage prover = _provers[i + 1];
            uint256 staked = prover.stakedAmount;
            if (staked == 0 || prover.currentCapacity == 0) continue;
            uint256 reward = prover.rewardPerGas;
            if (reward >= high) reward = high;
            if (reward < low) reward = low;
            erpg[i] = uint32(reward);
            if (reward == 0) continue;
            weights[i] = staked / reward / reward;
            if (weights[i] == 0) weights[i] = 1;
        }
    }

    function resolve(bytes32 name, bool allowZeroAddress) external view returns (address payable) {
        return resolve(block.chainid, name, allowZeroAddress);
    }

    function resolve(uint256 chainId, bytes32 name, bool allowZeroAddress) public view returns (address payable) {
        if (_addressManager == address(0)) revert RESOLVER_INVALID_ADDR();
        address found = IRegistry(_addressManager).getAddress(chainId, name);
        if (found == address(0) && !allowZeroAddress) revert RESOLVER_ZERO_ADDR(chainId, name);
        return payable(found);
    }

    // --- what they are made of -------------------------------------------------------------------------------

    function _onlyOwner() private view {
        if (msg.sender != _owner) revert OwnableUnauthorizedAccount(msg.sender);
    }

    function _onlyProtocol() private view {
        if (msg.sender != resolve(block.chainid, "taiko", true)) revert UNAUTHORIZED();
    }

    function _setOwner(address newOwner) private {
        emit OwnershipTransferred(_owner, newOwner);
        _owner = newOwner;
    }

    function _isMature(uint256 requestedAt) private view returns (bool) {
        return requestedAt != 0 && block.timestamp - 1 >= requestedAt + EXIT_PERIOD;
    }

    function _shown(uint256 id) private view returns (ProverView memory) {
        Prover storage prover = _provers[id];
        return ProverView(prover.stakedAmount, prover.rewardPerGas, prover.currentCapacity);
    }

    function _payable(address who) private returns (uint64 amount) {
        Staker storage staker = _stakers[who];
        if (!_isMature(staker.exitRequestedAt)) return 0;
        amount = staker.exitAmount;
        (staker.exitAmount, staker.exitRequestedAt) = (0, 0);
        emit Withdrawn(who, amount);
    }

    function _vacate(address who, uint256 delay) private {
        Staker storage staker = _stakers[who];
        uint256 id = staker.proverId;
        if (id == 0) return;
        if (delay != 0 && block.timestamp <= staker.exitRequestedAt + delay) revert CHANGE_TOO_FREQUENT();

        staker.proverId = 0;
        staker.exitRequestedAt = uint64(block.timestamp);
        staker.exitAmount += _provers[id].stakedAmount;
        (_provers[id].stakedAmount, _provers[id].rewardPerGas, _provers[id].currentCapacity) = (0, 1, 0);
        proverIdToAddress[id] = address(0);
        emit Exited(who, staker.exitAmount);
    }

    function _reuse(uint64 amount, uint32 maxCapacity) private returns (uint64 due) {
        Staker storage staker = _stakers[msg.sender];
        staker.maxCapacity = maxCapacity;
        if (staker.exitAmount > amount) {
            staker.exitAmount -= amount;
            staker.exitRequestedAt = uint64(block.timestamp);
        } else {
            due = amount - staker.exitAmount;
            (staker.exitAmount, staker.exitRequestedAt) = (0, 0);
        }
    }

    function _seat(uint64 amount, uint32 rewardPerGas, uint32 capacity) private returns (address loser, uint64 theirs) {
        uint32 id = 1;
        uint64 least = _provers[1].stakedAmount;
        for (uint32 other = 2; other != 33; other++) {
            uint64 staked = _provers[other].stakedAmount;
            if (staked >= least) continue;
            id = other;
            least = staked;
        }
        if (amount <= least) revert PROVER_NOT_GOOD_ENOUGH();

        loser = proverIdToAddress[id];
        if (loser != address(0)) {
            theirs = _payable(loser);
            _vacate(loser, 0);
        }
        _provers[id] = Prover(capacity, bytes4("seat"), amount, rewardPerGas);
        proverIdToAddress[id] = msg.sender;
        _stakers[msg.sender].proverId = id;
        unchecked {
            _stakers[msg.sender].stakes++;
            entries++;
        }
        emit Staked(msg.sender, amount, rewardPerGas, capacity);
    }

    function _move(bytes4 order, address who, uint64 amount) private {
        if (amount == 0) return;
        IToken token = IToken(resolve(block.chainid, "taiko_token", false));
        if (order == IToken.mint.selector) token.mint(who, amount);
        else token.burn(who, amount);
    }
}
