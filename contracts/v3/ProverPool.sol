// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Numbers } from "../common/Numbers.sol";
import { ProverLottery } from "../common/ProverLottery.sol";
import { ProverPoolBase } from "../common/ProverPoolBase.sol";
import { IProverPool } from "./IProverPool.sol";

/// @title ProverPool
/// @notice This contract manages a pool of the top 32 provers. This pool is where the protocol selects
///   provers from to prove L1 block validity. There are two actors:
///   - Provers (generating the proofs)
///   - Stakers (staking tokens for the provers)
/// @dev Amounts are base units of the token. A prover id is an index of `provers`, 1 to 32; 0 means
///   "not in the pool".
/// @custom:storage-size 1074
contract ProverPool is ProverPoolBase, IProverPool {
    using SafeCast for uint256;

    /// @dev These values are used to compute the prover's rank (along with the protocol feePerGas).
    struct Prover {
        uint64 stakedAmount;
        uint32 rewardPerGas;
        uint32 currentCapacity;
    }

    /// @dev Make sure we only use one slot.
    struct Staker {
        uint64 exitRequestedAt;
        uint64 exitAmount;
        uint32 maxCapacity;
        uint32 proverId;
    }

    /// @notice The least capacity that a staker can declare.
    uint32 public constant MIN_CAPACITY = 32;

    /// @notice How long tokens that left the pool stay locked, in seconds.
    uint64 public constant EXIT_PERIOD = 1 weeks;

    /// @notice The part of the slashable amount that is slashed, in basis points, shared by the capacity.
    uint64 public constant SLASH_POINTS = 25;

    /// @notice The least that is slashed, in rewards of the proof that is missing.
    uint64 public constant SLASH_MULTIPLIER = 4;

    /// @notice The least stake for each unit of capacity, in base units.
    uint64 public constant MIN_STAKE_PER_CAPACITY = 10_000;

    /// @notice The number of slots.
    uint256 public constant MAX_NUM_PROVERS = 32;

    /// @notice How long a prover must leave an exit alone before the next change, in seconds.
    uint256 public constant MIN_CHANGE_DELAY = 1 hours;

    /// @notice The record of each slot, by prover id. Only 1 to 32 are used; the others are reserved.
    Prover[1024] public provers;

    /// @notice The owner of each slot, by prover id; zero if the slot is empty.
    mapping(uint256 => address) public proverIdToAddress;

    /// @notice The record of each staker.
    mapping(address => Staker) public stakers;

    uint256[48] private __gap;

    /// @notice A mature exit was paid out.
    /// @param addr The staker.
    /// @param amount What was minted, in base units.
    event Withdrawn(address indexed addr, uint64 amount);

    /// @notice A staker left a slot.
    /// @param addr The staker.
    /// @param amount All that is exiting now, in base units.
    event Exited(address indexed addr, uint64 amount);

    /// @notice A staker was slashed.
    /// @param blockId The block that was not proved.
    /// @param addr The staker.
    /// @param amount What was slashed, in base units.
    event Slashed(uint64 indexed blockId, address indexed addr, uint64 amount);

    /// @notice A staker entered a slot.
    /// @param addr The staker.
    /// @param amount The stake, in base units.
    /// @param rewardPerGas The reward per gas that the staker expects.
    /// @param currentCapacity The capacity that the slot begins with.
    event Staked(address indexed addr, uint64 amount, uint32 rewardPerGas, uint32 currentCapacity);

    /// @notice The last exit was requested less than `MIN_CHANGE_DELAY` ago.
    error CHANGE_TOO_FREQUENT();

    /// @notice Capacity, stake per capacity or reward is too small; or they are given without a stake.
    error INVALID_PARAMS();

    /// @notice Nothing is exiting, or it is still locked.
    error NO_MATURE_EXIT();

    /// @notice The stake does not exceed the smallest one in the pool.
    error PROVER_NOT_GOOD_ENOUGH();

    /// @notice The caller is not the protocol.
    error UNAUTHORIZED();

    /// @notice Admits the protocol only.
    modifier onlyFromProtocol() {
        if (!_isCallerProtocol()) revert UNAUTHORIZED();
        _;
    }

    /// @notice Initialises the pool and makes the caller its owner; callable once.
    /// @param _addressManager The registry to find the protocol and the token in.
    function init(address _addressManager) external initializer {
        _initEssential(_addressManager);
    }

    /// @inheritdoc IProverPool
    /// @dev Protocol specifies the current feePerGas and assigns a prover to a block.
    function assignProver(
        uint64 blockId,
        uint32 feePerGas
    ) external onlyFromProtocol returns (address prover, uint32 rewardPerGas) {
        (uint256[32] memory weights, uint32[32] memory erpg) = getProverWeights(feePerGas);
        uint256 totalWeight = ProverLottery.total(weights);
        if (totalWeight == 0) return (address(0), 0);

        uint256 index = ProverLottery.draw(weights, totalWeight, blockId);
        uint256 proverId = index + 1;
        // Not zero: a slot without capacity has no weight, and is not drawn.
        provers[proverId].currentCapacity -= 1;
        return (proverIdToAddress[proverId], erpg[index]);
    }

    /// @inheritdoc IProverPool
    /// @dev Increases the capacity of the prover by releasing a prover.
    function releaseProver(address addr) external onlyFromProtocol {
        Staker storage staker = stakers[addr];
        uint256 proverId = staker.proverId;
        if (proverId == 0) return;

        Prover storage prover = provers[proverId];
        if (prover.currentCapacity < staker.maxCapacity) prover.currentCapacity += 1;
    }

    /// @inheritdoc IProverPool
    /// @dev The formula is computed in 256 bits, where none of its values can wrap. The division by
    ///   `maxCapacity` is not guarded, on purpose: stakes and exits belong to those who once declared a
    ///   capacity of at least `MIN_CAPACITY`, which stays recorded when they leave; and where both are
    ///   zero the function has returned before.
    function slashProver(uint64 blockId, address addr, uint64 proofReward) external onlyFromProtocol {
        (Staker memory staker, Prover memory prover) = getStaker(addr);
        // A mature exit is the staker's already, and out of reach.
        uint256 exiting = _isLocked(staker.exitRequestedAt, EXIT_PERIOD) ? staker.exitAmount : 0;
        uint256 slashable = exiting + prover.stakedAmount;
        if (slashable == 0) return;

        uint256 share = slashable * SLASH_POINTS / 10_000 / staker.maxCapacity;
        uint256 amount = Numbers.min(slashable, Numbers.max(share, uint256(SLASH_MULTIPLIER) * proofReward));
        uint64 fromExit = Numbers.min(amount, exiting).toUint64();
        uint64 fromStake = (amount - fromExit).toUint64();

        if (fromExit != 0) stakers[addr].exitAmount = staker.exitAmount - fromExit;
        if (fromStake != 0) provers[staker.proverId].stakedAmount = prover.stakedAmount - fromStake;
        emit Slashed(blockId, addr, fromExit + fromStake);
    }

    /// @notice This function is used for a staker to stake tokens for a prover. It will also perform the
    ///   logic of updating the prover's rank, possibly moving it into the active prover pool.
    /// @dev Tokens move last, in the order in which the steps above them produce it: the caller's mature
    ///   exit is minted, then the displaced staker's, then what the caller's stake still needs is burned.
    /// @param amount The amount of Taiko tokens to stake; zero to leave the pool.
    /// @param rewardPerGas The expected reward per gas for the prover. If the expected reward is higher
    ///   (implying that the prover is less efficient), the prover will be ranked lower.
    /// @param maxCapacity The maximum number of blocks that a prover can handle.
    function stake(uint64 amount, uint32 rewardPerGas, uint32 maxCapacity) external nonReentrant {
        (, uint64 paid) = _closeMatureExit(msg.sender);
        _leaveSlot(msg.sender, true);

        if (amount == 0) {
            if (rewardPerGas != 0 || maxCapacity != 0) revert INVALID_PARAMS();
            _mintTo(msg.sender, paid);
            return;
        }

        if (
            maxCapacity < MIN_CAPACITY || amount / maxCapacity < MIN_STAKE_PER_CAPACITY || rewardPerGas == 0
        ) revert INVALID_PARAMS();
        uint64 missing = _commit(msg.sender, amount, maxCapacity);
        (address displaced, uint64 paidToDisplaced) = _enterSlot(msg.sender, Prover(amount, rewardPerGas, maxCapacity));
        emit Staked(msg.sender, amount, rewardPerGas, maxCapacity);

        _mintTo(msg.sender, paid);
        _mintTo(displaced, paidToDisplaced);
        _burnFrom(msg.sender, missing);
    }

    /// @notice Request an exit for the staker. This will withdraw the staked tokens and exit prover from
    ///   the pool.
    /// @dev A mature exit of the caller is paid out too. Who owns no slot and has no mature exit changes
    ///   nothing; that is no error.
    function exit() external nonReentrant {
        (, uint64 paid) = _closeMatureExit(msg.sender);
        _leaveSlot(msg.sender, true);
        _mintTo(msg.sender, paid);
    }

    /// @notice Withdraws staked tokens back from matured an exit.
    function withdraw() external nonReentrant {
        (bool closed, uint64 paid) = _closeMatureExit(msg.sender);
        if (!closed) revert NO_MATURE_EXIT();
        _mintTo(msg.sender, paid);
    }

    /// @notice Retrieves the information of a staker and their corresponding prover using their address.
    /// @param addr The address of the staker.
    /// @return staker The staker's information.
    /// @return prover The prover's information; zero if the staker owns no slot.
    function getStaker(address addr) public view returns (Staker memory staker, Prover memory prover) {
        staker = stakers[addr];
        if (staker.proverId != 0) prover = provers[staker.proverId];
    }

    /// @notice Calculates and returns the current total capacity of the pool.
    /// @return capacity The total capacity of the pool.
    function getCapacity() public view returns (uint256 capacity) {
        for (uint256 id = 1; id <= MAX_NUM_PROVERS; ++id) {
            capacity += provers[id].currentCapacity;
        }
    }

    /// @notice Retreives the current active provers and their corresponding stakers.
    /// @return _provers The active provers: the records of the slots 1 to 32, empty ones included.
    /// @return _stakers The stakers of the active provers: the owners of these slots, zero if empty.
    function getProvers() public view returns (Prover[] memory _provers, address[] memory _stakers) {
        _provers = new Prover[](MAX_NUM_PROVERS);
        _stakers = new address[](MAX_NUM_PROVERS);
        for (uint256 i; i < MAX_NUM_PROVERS; ++i) {
            _provers[i] = provers[i + 1];
            _stakers[i] = proverIdToAddress[i + 1];
        }
    }

    /// @notice Returns the current active provers and their weights. The weight is dependent on the:
    ///   1. The prover's amount staked.
    ///   2. The prover's current capacity.
    ///   3. The prover's expected reward per gas.
    ///   4. The protocol's current fee per gas.
    /// @param feePerGas The protocol's current fee per gas.
    /// @return weights The weights of the current provers in the pool; that of prover id 1 comes first.
    /// @return erpg The effective reward per gas of the current provers in the pool. This is smoothed out
    ///   to be in range of the current fee per gas.
    function getProverWeights(
        uint32 feePerGas
    ) public view returns (uint256[32] memory weights, uint32[32] memory erpg) {
        uint256 least = uint256(feePerGas) * 75 / 100;
        uint256 most = uint256(feePerGas) * 125 / 100;

        for (uint256 i; i < MAX_NUM_PROVERS; ++i) {
            Prover memory prover = provers[i + 1];
            if (prover.currentCapacity == 0 || prover.stakedAmount == 0) continue;

            uint256 effective = Numbers.max(least, Numbers.min(prover.rewardPerGas, most));
            // Fits: it is at most the reward or three quarters of the fee, whichever is greater.
            erpg[i] = effective.toUint32();
            if (effective != 0) weights[i] = Numbers.max(1, prover.stakedAmount / effective / effective);
        }
    }

    /// @notice Closes the exit of `addr` if it is mature; the caller of this function must mint what it returns.
    /// @param addr The staker.
    /// @return closed Whether there was a mature exit; otherwise nothing changed.
    /// @return paid What is to be minted; zero too if all that was exiting was slashed.
    function _closeMatureExit(address addr) private returns (bool closed, uint64 paid) {
        Staker storage staker = stakers[addr];
        if (!_isMature(staker.exitRequestedAt, EXIT_PERIOD)) return (false, 0);

        paid = staker.exitAmount;
        staker.exitAmount = 0;
        staker.exitRequestedAt = 0;
        emit Withdrawn(addr, paid);
        return (true, paid);
    }

    /// @notice Takes `addr` out of its slot, whatever is left of the stake; nothing happens if it owns none.
    /// @param addr The staker.
    /// @param checkDelay Whether it is the staker's own wish, which `MIN_CHANGE_DELAY` bounds.
    function _leaveSlot(address addr, bool checkDelay) private {
        Staker storage staker = stakers[addr];
        uint256 proverId = staker.proverId;
        if (proverId == 0) return;
        if (checkDelay && !_isOver(staker.exitRequestedAt, MIN_CHANGE_DELAY)) revert CHANGE_TOO_FREQUENT();

        uint64 exitAmount = staker.exitAmount + provers[proverId].stakedAmount;
        staker.exitAmount = exitAmount;
        staker.exitRequestedAt = _now();
        staker.proverId = 0;
        // The reward stays non-zero: a word that is not zero is cheaper to write next time.
        provers[proverId] = Prover({ stakedAmount: 0, rewardPerGas: 1, currentCapacity: 0 });
        delete proverIdToAddress[proverId];
        emit Exited(addr, exitAmount);
    }

    /// @notice Takes a stake out of what is exiting, and records the capacity that it is for. The staker owns
    ///   no slot at this time.
    /// @param addr The staker.
    /// @param amount The stake.
    /// @param maxCapacity The capacity.
    /// @return missing What was not exiting and is to be burned.
    function _commit(address addr, uint64 amount, uint32 maxCapacity) private returns (uint64 missing) {
        Staker storage staker = stakers[addr];
        uint64 exiting = staker.exitAmount;
        uint64 reused = exiting < amount ? exiting : amount;

        staker.exitAmount = exiting - reused;
        staker.exitRequestedAt = exiting == reused ? 0 : _now();
        staker.maxCapacity = maxCapacity;
        return amount - reused;
    }

    /// @notice Puts `addr` into the slot with the smallest stake, and its owner, if any, out of it.
    /// @param addr The staker, who owns no slot.
    /// @param entry The record for the slot.
    /// @return displaced The owner until now; zero if the slot was empty.
    /// @return paid What is to be minted to `displaced`: an exit that was mature.
    function _enterSlot(address addr, Prover memory entry) private returns (address displaced, uint64 paid) {
        uint32 proverId = _lowestProverId();
        if (provers[proverId].stakedAmount >= entry.stakedAmount) revert PROVER_NOT_GOOD_ENOUGH();

        displaced = proverIdToAddress[proverId];
        if (displaced != address(0)) {
            (, paid) = _closeMatureExit(displaced);
            _leaveSlot(displaced, false);
        }

        provers[proverId] = entry;
        proverIdToAddress[proverId] = addr;
        stakers[addr].proverId = proverId;
    }

    /// @notice Finds the slot to enter. Empty slots have no stake, so they come first, beside those whose
    ///   owner was slashed to nothing.
    /// @return lowest The first prover id with the smallest stake.
    function _lowestProverId() private view returns (uint32 lowest) {
        lowest = 1;
        uint64 smallest = provers[1].stakedAmount;
        for (uint32 id = 2; id <= MAX_NUM_PROVERS; ++id) {
            uint64 staked = provers[id].stakedAmount;
            if (staked < smallest) (lowest, smallest) = (id, staked);
        }
    }
}
