// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { Numbers } from "../common/Numbers.sol";
import { ProverLottery } from "../common/ProverLottery.sol";
import { ProverPoolBase } from "../common/ProverPoolBase.sol";

/// @title ProverPool2
/// @notice The second generation of the prover pool: 32 slots for those who stake most, of which the
///   protocol draws a prover for each block.
/// @dev Amounts are whole TKO. A prover id is 1 to 32, and its record is `provers[proverId - 1]`; 0 means
///   "not in the pool".
/// @custom:storage-size 50
contract ProverPool2 is ProverPoolBase {
    using SafeCast for uint256;

    /// @dev What a slot's weight is made of.
    struct Prover {
        uint32 stakedAmount;
        uint16 rewardPerGas;
        uint16 currentCapacity;
    }

    /// @dev One word of storage.
    struct Staker {
        uint64 exitRequestedAt;
        uint32 exitAmount;
        uint16 maxCapacity;
        uint8 proverId;
    }

    uint256 private constant NUM_SLOTS = 32;

    /// @notice How long tokens that left the pool stay locked, in seconds.
    uint64 public constant EXIT_PERIOD = 1 weeks;

    /// @notice The base units of one TKO, a token with 8 decimals.
    uint64 public constant ONE_TKO = 10 ** 8;

    /// @notice The part of the slashable amount that is slashed, in basis points.
    uint32 public constant SLASH_POINTS = 500;

    /// @notice The least stake for each unit of capacity, in TKO.
    uint32 public constant MIN_STAKE_PER_CAPACITY = 10_000;

    /// @notice The least capacity that a staker can declare.
    uint32 public constant MAX_CAPACITY_LOWER_BOUND = 128;

    /// @notice The owner of each slot, by prover id; zero if the slot is empty.
    mapping(uint256 => address) public idToProver;

    /// @notice The record of each staker.
    mapping(address => Staker) public stakers;

    /// @notice The record of each slot, by prover id minus one.
    Prover[32] public provers;

    uint256[16] private __gap;

    /// @notice A mature exit was paid out.
    /// @param addr The staker.
    /// @param amount What was minted, in TKO.
    event Withdrawn(address addr, uint32 amount);

    /// @notice A staker left a slot.
    /// @param addr The staker.
    /// @param amount All that is exiting now, in TKO.
    event Exited(address addr, uint32 amount);

    /// @notice A staker entered a slot.
    /// @param addr The staker.
    /// @param amount The stake, in TKO.
    /// @param rewardPerGas The reward per gas that the staker asks for.
    /// @param currentCapacity The capacity that the slot begins with.
    event Staked(address addr, uint32 amount, uint16 rewardPerGas, uint16 currentCapacity);

    /// @notice A staker was slashed.
    /// @param addr The staker.
    /// @param amount What was slashed, in TKO.
    event Slashed(address addr, uint32 amount);

    /// @notice Capacity, stake per capacity or reward is too small.
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

    /// @notice Draws a prover for a block, and takes one unit of its capacity; for the protocol only.
    /// @param blockId The block id.
    /// @param feePerGas The current fee per gas.
    /// @return prover The address of the assigned prover, zero if no slot has a weight.
    /// @return rewardPerGas The reward per gas that this prover asks for.
    function assignProver(
        uint64 blockId,
        uint32 feePerGas
    ) external onlyFromProtocol returns (address prover, uint32 rewardPerGas) {
        (uint256[32] memory weights, uint256 totalWeight) = getWeights(feePerGas);
        if (totalWeight == 0) return (address(0), 0);

        uint256 index = ProverLottery.draw(weights, totalWeight, blockId);
        Prover storage drawn = provers[index];
        // Not zero: a slot without capacity has no weight, and is not drawn.
        drawn.currentCapacity -= 1;
        return (idToProver[index + 1], drawn.rewardPerGas);
    }

    /// @notice Gives a prover one unit of capacity back; for the protocol only.
    /// @param addr The address of the prover; nothing happens if it is in no slot or is full.
    function releaseProver(address addr) external onlyFromProtocol {
        Staker storage staker = stakers[addr];
        uint256 proverId = staker.proverId;
        if (proverId == 0) return;

        Prover storage prover = provers[proverId - 1];
        if (prover.currentCapacity < staker.maxCapacity) prover.currentCapacity += 1;
    }

    /// @notice Slashes a prover; for the protocol only.
    /// @dev The formula is computed in 256 bits, where none of its values can wrap.
    /// @param addr The address of the prover; nothing happens if there is nothing to slash.
    function slashProver(address addr) external onlyFromProtocol {
        (Staker memory staker, Prover memory prover) = getStaker(addr);
        // A mature exit is the staker's already, and out of reach.
        uint256 exiting = _isLocked(staker.exitRequestedAt, EXIT_PERIOD) ? staker.exitAmount : 0;
        uint256 slashable = exiting + prover.stakedAmount;
        if (slashable == 0) return;

        uint256 amount = Numbers.max(1, slashable * SLASH_POINTS / 10_000);
        uint32 fromExit = Numbers.min(amount, exiting).toUint32();
        uint32 fromStake = (amount - fromExit).toUint32();

        if (fromExit != 0) stakers[addr].exitAmount = staker.exitAmount - fromExit;
        if (fromStake != 0) provers[staker.proverId - 1].stakedAmount = prover.stakedAmount - fromStake;
        emit Slashed(addr, fromExit + fromStake);
    }

    /// @notice Leaves the pool, and enters it again with another stake if one is given. What was staked or
    ///   is exiting is used first, and what is missing is burned; a mature exit is paid out before.
    /// @dev Tokens move last, in the order in which the steps above them produce it: the caller's mature
    ///   exit is minted, then the displaced staker's, then what the caller's stake still needs is burned.
    /// @param amount The stake, in TKO; zero to leave the pool, and then the other two are ignored.
    /// @param rewardPerGas The reward per gas to ask for; the higher, the smaller the weight.
    /// @param maxCapacity The number of blocks that the prover can handle at a time.
    function stake(uint32 amount, uint16 rewardPerGas, uint16 maxCapacity) external nonReentrant {
        (, uint32 paid) = _closeMatureExit(msg.sender);
        _leaveSlot(msg.sender);

        if (amount == 0) {
            _mintTko(msg.sender, paid);
            return;
        }

        if (
            maxCapacity < MAX_CAPACITY_LOWER_BOUND ||
            amount / maxCapacity < MIN_STAKE_PER_CAPACITY ||
            rewardPerGas == 0
        ) revert INVALID_PARAMS();
        uint32 missing = _commit(msg.sender, amount, maxCapacity);
        (address displaced, uint32 paidToDisplaced) = _enterSlot(msg.sender, Prover(amount, rewardPerGas, maxCapacity));
        emit Staked(msg.sender, amount, rewardPerGas, maxCapacity);

        _mintTko(msg.sender, paid);
        _mintTko(displaced, paidToDisplaced);
        _burnFrom(msg.sender, uint256(missing) * ONE_TKO);
    }

    /// @notice Pays the caller's mature exit out.
    function withdraw() external nonReentrant {
        (bool closed, uint32 paid) = _closeMatureExit(msg.sender);
        if (!closed) revert NO_MATURE_EXIT();
        _mintTko(msg.sender, paid);
    }

    /// @notice Returns what the pool knows about a staker.
    /// @param addr The address of the staker.
    /// @return staker The staker's record.
    /// @return prover The record of the staker's slot; zero if the staker owns none.
    function getStaker(address addr) public view returns (Staker memory staker, Prover memory prover) {
        staker = stakers[addr];
        if (staker.proverId != 0) prover = provers[staker.proverId - 1];
    }

    /// @notice Returns how many blocks the pool can take now.
    /// @return capacity The sum of the capacities of all slots.
    function getCapacity() public view returns (uint256 capacity) {
        for (uint256 i; i < NUM_SLOTS; ++i) {
            capacity += provers[i].currentCapacity;
        }
    }

    /// @notice Returns how likely each slot is to be drawn.
    /// @dev No product wraps: 32, 16 and twice 32 bits are 112. A record without a reward is an empty slot's.
    /// @param feePerGas The current fee per gas.
    /// @return weights The weights; that of prover id 1 comes first.
    /// @return totalWeight Their sum.
    function getWeights(uint32 feePerGas) public view returns (uint256[32] memory weights, uint256 totalWeight) {
        uint256 feeSquared = uint256(feePerGas) * feePerGas;
        for (uint256 i; i < NUM_SLOTS; ++i) {
            Prover memory prover = provers[i];
            if (prover.rewardPerGas == 0) continue;

            uint256 ranked = feeSquared * prover.stakedAmount * prover.currentCapacity;
            weights[i] = ranked / prover.rewardPerGas / prover.rewardPerGas;
        }
        totalWeight = ProverLottery.total(weights);
    }

    /// @notice Mints whole tokens; nothing happens if the amount is zero.
    /// @param to Who receives them.
    /// @param amount How many, in TKO.
    function _mintTko(address to, uint32 amount) private {
        _mintTo(to, uint256(amount) * ONE_TKO);
    }

    /// @notice Closes the exit of `addr` if it is mature; the caller of this function must mint what it returns.
    /// @param addr The staker.
    /// @return closed Whether there was a mature exit; otherwise nothing changed.
    /// @return paid What is to be minted, in TKO; zero too if all that was exiting was slashed.
    function _closeMatureExit(address addr) private returns (bool closed, uint32 paid) {
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
    function _leaveSlot(address addr) private {
        Staker storage staker = stakers[addr];
        uint256 proverId = staker.proverId;
        if (proverId == 0) return;

        uint32 exitAmount = staker.exitAmount + provers[proverId - 1].stakedAmount;
        staker.exitAmount = exitAmount;
        staker.exitRequestedAt = _now();
        staker.proverId = 0;
        delete provers[proverId - 1];
        delete idToProver[proverId];
        emit Exited(addr, exitAmount);
    }

    /// @notice Takes a stake out of what is exiting, and records the capacity that it is for. The staker owns
    ///   no slot at this time.
    /// @param addr The staker.
    /// @param amount The stake, in TKO.
    /// @param maxCapacity The capacity.
    /// @return missing What was not exiting and is to be burned, in TKO.
    function _commit(address addr, uint32 amount, uint16 maxCapacity) private returns (uint32 missing) {
        Staker storage staker = stakers[addr];
        uint32 exiting = staker.exitAmount;
        uint32 reused = exiting < amount ? exiting : amount;

        staker.exitAmount = exiting - reused;
        staker.exitRequestedAt = exiting == reused ? 0 : _now();
        staker.maxCapacity = maxCapacity;
        return amount - reused;
    }

    /// @notice Puts `addr` into the slot with the smallest stake, and its owner, if any, out of it.
    /// @param addr The staker, who owns no slot.
    /// @param entry The record for the slot.
    /// @return displaced The owner until now; zero if the slot was empty.
    /// @return paid What is to be minted to `displaced`, in TKO: an exit that was mature.
    function _enterSlot(address addr, Prover memory entry) private returns (address displaced, uint32 paid) {
        uint8 proverId = _lowestProverId();
        if (provers[proverId - 1].stakedAmount >= entry.stakedAmount) revert PROVER_NOT_GOOD_ENOUGH();

        displaced = idToProver[proverId];
        if (displaced != address(0)) {
            (, paid) = _closeMatureExit(displaced);
            _leaveSlot(displaced);
        }

        provers[proverId - 1] = entry;
        idToProver[proverId] = addr;
        stakers[addr].proverId = proverId;
    }

    /// @notice Finds the slot to enter. Empty slots have no stake, so they come first, beside those whose
    ///   owner was slashed to nothing.
    /// @return lowest The first prover id with the smallest stake.
    function _lowestProverId() private view returns (uint8 lowest) {
        lowest = 1;
        uint32 smallest = provers[0].stakedAmount;
        for (uint8 id = 2; id <= NUM_SLOTS; ++id) {
            uint32 staked = provers[id - 1].stakedAmount;
            if (staked < smallest) (lowest, smallest) = (id, staked);
        }
    }
}
