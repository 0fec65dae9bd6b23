// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Numbers } from "../common/Numbers.sol";
import { ProverLottery } from "../common/ProverLottery.sol";
import { ProverPoolBase } from "../common/ProverPoolBase.sol";
import { IProverPool } from "./IProverPool.sol";

/// @title ProverPool
/// @notice The first generation of the prover pool: 32 slots for those who stake most, of which the
///   protocol draws a prover for each block.
/// @dev Amounts are whole TKO. An id is an index of `topProvers`, 0 to 31. `proverToId` is 0 for strangers
///   too: who owns a slot is decided by both maps together.
/// @custom:storage-size 50
contract ProverPool is ProverPoolBase, IProverPool {
    using SafeCast for uint256;

    /// @dev What a slot's weight is made of.
    struct TopProver {
        uint32 amount;
        uint16 rewardPerGas;
        uint16 currentCapacity;
    }

    /// @dev What left a slot and waits.
    struct ExitingProver {
        uint64 requestedAt;
        uint32 amount;
    }

    uint256 private constant NUM_SLOTS = 32;
    uint16 private constant MIN_CAPACITY = 100;

    /// @notice How long tokens that left the pool stay locked, in seconds.
    uint256 public constant EXIT_PERIOD = 1 weeks;

    /// @notice The part of a prover's tokens that is slashed, in basis points.
    uint256 public constant SLASH_AMOUNT_IN_BP = 500;

    /// @notice The base units of one TKO, a token with 8 decimals.
    uint256 public constant ONE_TKO = 10 ** 8;

    /// @notice The record of each slot, by id.
    TopProver[32] public topProvers;

    /// @notice What left a slot and waits, by its staker.
    mapping(address => ExitingProver) public exitingProvers;

    /// @notice The owner of each slot; zero if the slot is empty.
    mapping(uint8 => address) public idToProver;

    /// @notice The slot of each owner; 0 for everyone else.
    mapping(address => uint8) public proverToId;

    uint256[15] private __gap;

    /// @notice A staker entered a slot.
    /// @param prover The staker.
    /// @param amount The stake, in TKO.
    /// @param rewardPerGas The reward per gas that the staker asks for.
    /// @param capacity The capacity that the slot begins with.
    event Entered(address prover, uint32 amount, uint16 rewardPerGas, uint16 capacity);

    /// @notice A staker in a slot changed its terms.
    /// @param prover The staker.
    /// @param newBalance The stake from now on, in TKO.
    /// @param newReward The reward per gas from now on.
    /// @param newCapacity The capacity from now on.
    event ChangedParameters(address prover, uint32 newBalance, uint16 newReward, uint16 newCapacity);

    /// @notice A staker lost a slot to one who stakes more.
    /// @param kickedOut Who lost it.
    /// @param newProver Who has it now.
    /// @param totalAmount The new stake, in TKO.
    event KickeOutByWithAmount(address kickedOut, address newProver, uint32 totalAmount);

    /// @notice A staker took tokens out of a slot, which wait now.
    /// @param prover The staker.
    /// @param timestamp When, in seconds.
    /// @param fullExit Whether the staker left the slot.
    event ExitRequested(address prover, uint64 timestamp, bool fullExit);

    /// @notice A mature exit was paid out.
    /// @param prover The staker.
    /// @param timestamp When, in seconds.
    event Exited(address prover, uint64 timestamp);

    /// @notice A staker was slashed.
    /// @param prover The staker.
    /// @param newBalance What is left, staked and exiting, in TKO.
    event Slashed(address prover, uint32 newBalance);

    /// @notice The caller is not the protocol.
    error POOL_CALLER_NOT_AUTHORIZED();

    /// @notice Nothing is exiting, or it is still locked.
    error POOL_CANNOT_YET_EXIT();

    /// @notice The capacity is too small.
    error POOL_NOT_ENOUGH_RESOURCES();

    /// @notice The stake does not exceed the smallest one in the pool.
    error POOL_NOT_MEETING_MIN_REQUIREMENTS();

    /// @notice The prover has neither a slot nor an exit.
    error POOL_PROVER_NOT_FOUND();

    /// @notice The reward per gas is zero.
    error POOL_REWARD_CANNOT_BE_NULL();

    /// @notice Admits the protocol only.
    modifier onlyFromProtocol() {
        if (!_isCallerProtocol()) revert POOL_CALLER_NOT_AUTHORIZED();
        _;
    }

    /// @notice Initializes the pool and makes the caller its owner; callable once.
    /// @param _addressManager The AddressManager address.
    function init(address _addressManager) external initializer {
        _initEssential(_addressManager);
    }

    /// @inheritdoc IProverPool
    function assignProver(
        uint64 blockId,
        uint32 feePerGas
    ) external onlyFromProtocol returns (address prover, uint32 rewardPerGas) {
        uint256[32] memory weights = _weights(feePerGas);
        uint256 totalWeight = ProverLottery.total(weights);
        if (totalWeight == 0) return (address(0), 0);

        uint256 id = ProverLottery.draw(weights, totalWeight, blockId);
        TopProver storage drawn = topProvers[id];
        // Not zero: a slot without capacity has no weight, and is not drawn.
        drawn.currentCapacity -= 1;
        return (idToProver[id.toUint8()], drawn.rewardPerGas);
    }

    /// @inheritdoc IProverPool
    /// @dev What the prover declared is not stored, so the type's end is the only bound there is.
    function releaseProver(address prover) external onlyFromProtocol {
        if (!_isActive(prover)) return;

        TopProver storage slot = topProvers[proverToId[prover]];
        if (slot.currentCapacity != type(uint16).max) slot.currentCapacity += 1;
    }

    /// @inheritdoc IProverPool
    /// @dev A mature exit that was not taken out yet is slashed as well: this generation makes no difference.
    function slashProver(address prover) external onlyFromProtocol {
        ExitingProver memory exiting = exitingProvers[prover];
        bool active = _isActive(prover);
        if (!active && exiting.requestedAt == 0) revert POOL_PROVER_NOT_FOUND();

        uint32 staked = active ? topProvers[proverToId[prover]].amount : 0;
        uint256 amount = (uint256(staked) + exiting.amount) * SLASH_AMOUNT_IN_BP / 10_000;
        uint32 fromExit = Numbers.min(amount, exiting.amount).toUint32();
        uint32 fromStake = (amount - fromExit).toUint32();

        uint32 stillExiting = exiting.amount - fromExit;
        uint32 stillStaked = staked - fromStake;
        if (fromExit != 0) {
            if (stillExiting == 0) delete exitingProvers[prover];
            else exitingProvers[prover].amount = stillExiting;
        }
        if (fromStake != 0) topProvers[proverToId[prover]].amount = stillStaked;
        emit Slashed(prover, stillStaked + stillExiting);
    }

    /// @notice Sets the caller's stake, reward and capacity: enters the pool, changes the terms or leaves.
    /// @param totalAmount The stake to have in the pool after the call, in TKO; zero to leave.
    /// @param rewardPerGas The reward per gas to ask for; the higher, the smaller the weight.
    /// @param capacity The number of blocks that the prover can take from now on.
    function stake(uint32 totalAmount, uint16 rewardPerGas, uint16 capacity) external nonReentrant {
        bool active = _isActive(msg.sender);
        if (totalAmount == 0) {
            if (!active) revert POOL_NOT_MEETING_MIN_REQUIREMENTS();
            _leaveSlot(msg.sender);
            emit ExitRequested(msg.sender, _now(), true);
            return;
        }
        if (capacity < MIN_CAPACITY) revert POOL_NOT_ENOUGH_RESOURCES();
        if (rewardPerGas == 0) revert POOL_REWARD_CANNOT_BE_NULL();

        TopProver memory terms = TopProver(totalAmount, rewardPerGas, capacity);
        uint32 missing = active ? _changeTerms(msg.sender, terms) : _enterSlot(msg.sender, terms);
        _burnFrom(msg.sender, missing * ONE_TKO);
    }

    /// @notice Pays the caller's mature exit out.
    function exit() external nonReentrant {
        ExitingProver memory exiting = exitingProvers[msg.sender];
        if (!_isMature(exiting.requestedAt, EXIT_PERIOD)) revert POOL_CANNOT_YET_EXIT();

        delete exitingProvers[msg.sender];
        emit Exited(msg.sender, _now());
        _mintTo(msg.sender, exiting.amount * ONE_TKO);
    }

    /// @inheritdoc IProverPool
    function getAvailableCapacity() external view returns (uint256 totalCapacity) {
        for (uint256 id; id < NUM_SLOTS; ++id) {
            totalCapacity += topProvers[id].currentCapacity;
        }
    }

    /// @notice Returns the least stake that enters the pool now; reverts if the type cannot express it.
    /// @return minStakeRequired The stake, in TKO.
    function lowestStakedAmountToEnter() external view returns (uint32 minStakeRequired) {
        return topProvers[_lowestId()].amount + 1;
    }

    /// @notice Takes `prover` out of its slot; its stake waits from now on.
    /// @param prover The owner of a slot.
    function _leaveSlot(address prover) private {
        uint8 id = proverToId[prover];
        _addToExit(prover, topProvers[id].amount);
        delete topProvers[id];
        delete idToProver[id];
        delete proverToId[prover];
    }

    /// @notice Gives the slot of `prover` other terms.
    /// @param prover The owner of a slot.
    /// @param terms The stake, reward and capacity from now on.
    /// @return missing What the stake still needs and is to be burned, in TKO.
    function _changeTerms(address prover, TopProver memory terms) private returns (uint32 missing) {
        uint8 id = proverToId[prover];
        uint32 staked = topProvers[id].amount;
        topProvers[id] = terms;

        if (terms.amount < staked) {
            _addToExit(prover, staked - terms.amount);
            emit ExitRequested(prover, _now(), false);
        } else {
            missing = _takeFromExit(prover, terms.amount - staked);
        }
        emit ChangedParameters(prover, terms.amount, terms.rewardPerGas, terms.currentCapacity);
    }

    /// @notice Puts `prover` into the slot with the smallest stake, and its owner, if any, out of it.
    /// @param prover The staker, who owns no slot.
    /// @param terms The record for the slot.
    /// @return missing What the stake still needs and is to be burned, in TKO.
    function _enterSlot(address prover, TopProver memory terms) private returns (uint32 missing) {
        uint8 id = _lowestId();
        if (topProvers[id].amount >= terms.amount) revert POOL_NOT_MEETING_MIN_REQUIREMENTS();

        address kicked = idToProver[id];
        if (kicked != address(0)) {
            _leaveSlot(kicked);
            emit KickeOutByWithAmount(kicked, prover, terms.amount);
        }
        missing = _takeFromExit(prover, terms.amount);
        topProvers[id] = terms;
        idToProver[id] = prover;
        proverToId[prover] = id;
        emit Entered(prover, terms.amount, terms.rewardPerGas, terms.currentCapacity);
    }

    /// @notice Lets tokens wait; all that waits, waits from now on.
    /// @param prover The staker.
    /// @param amount The tokens, in TKO; zero counts as an exit too.
    function _addToExit(address prover, uint32 amount) private {
        ExitingProver storage exiting = exitingProvers[prover];
        exiting.amount += amount;
        exiting.requestedAt = _now();
    }

    /// @notice Takes tokens out of those that wait. If none are taken, the record stays as it is.
    /// @param prover The staker.
    /// @param wanted The tokens that are needed, in TKO.
    /// @return missing Those of them that did not wait, in TKO.
    function _takeFromExit(address prover, uint32 wanted) private returns (uint32 missing) {
        uint32 waiting = exitingProvers[prover].amount;
        uint32 taken = waiting < wanted ? waiting : wanted;
        if (taken == 0) return wanted;

        if (taken == waiting) delete exitingProvers[prover];
        else exitingProvers[prover] = ExitingProver(_now(), waiting - taken);
        return wanted - taken;
    }

    /// @notice Computes how likely each slot is to be drawn. No product wraps: 32 and twice 32 bits are 96.
    /// @param feePerGas The current fee per gas.
    /// @return weights The weights, by id.
    function _weights(uint32 feePerGas) private view returns (uint256[32] memory weights) {
        uint256 feeSquared = uint256(feePerGas) * feePerGas;
        for (uint256 id; id < NUM_SLOTS; ++id) {
            TopProver memory slot = topProvers[id];
            if (slot.currentCapacity == 0 || slot.rewardPerGas == 0) continue;

            weights[id] = feeSquared * slot.amount / slot.rewardPerGas / slot.rewardPerGas;
        }
    }

    /// @notice Says who owns a slot. The zero address does not, though empty slots point at it.
    /// @param prover The address in question.
    /// @return active Whether it owns the slot that `proverToId` names.
    function _isActive(address prover) private view returns (bool active) {
        return prover != address(0) && idToProver[proverToId[prover]] == prover;
    }

    /// @notice Finds the slot to enter. Empty slots have no stake, so they come first, beside those whose
    ///   owner was slashed to nothing.
    /// @return lowest The first id with the smallest stake.
    function _lowestId() private view returns (uint8 lowest) {
        uint32 smallest = topProvers[0].amount;
        for (uint8 id = 1; id < NUM_SLOTS; ++id) {
            uint32 staked = topProvers[id].amount;
            if (staked < smallest) (lowest, smallest) = (id, staked);
        }
    }
}
