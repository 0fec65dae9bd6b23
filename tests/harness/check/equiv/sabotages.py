"""Small changes of models and contracts, each of which makes the two differ."""

from __future__ import annotations

from typing import NamedTuple


class Sabotage(NamedTuple):
    """One change of one text; `old` occurs in it once. `function` is the signature of one that it changes."""

    target: str
    file: str
    old: str
    new: str
    function: str

    def __str__(self) -> str:
        return f"{self.target}-{self.function.partition('(')[0]}-{self.new[:40]}"

    def applied(self, text: str) -> str:
        """Return the changed text."""
        assert text.count(self.old) == 1, f"{self.old!r} occurs {text.count(self.old)} times in {self.file}"
        return text.replace(self.old, self.new)


V1, V2, V3 = (f"specs/v{place}/model.py" for place in (1, 2, 3))
MOVES, ESSENTIAL = "specs/common/seat_moves.py", "specs/common/essential.py"
SETTLE, RESOLVER = "specs/common/settlement.py", "specs/common/resolver.py"
RELEASE2, RELEASE3 = "releaseProver(address)", "releaseProver(address)"
SLASH3 = "slashProver(uint64,address,uint64)"
STAKE1, STAKE3 = "stake(uint32,uint16,uint16)", "stake(uint64,uint32,uint32)"
ASSIGN = "assignProver(uint64,uint32)"
RESOLVE = "resolve(uint256,bytes32,bool)"

MODELS = (
    Sabotage(
        "v3",
        MOVES,
        "exit_amount=0, exit_requested_at=0)",
        "exit_amount=0, exit_requested_at=1)",
        "withdraw()",
    ),
    Sabotage("v3", MOVES, '"NO_MATURE_EXIT"', '"INVALID_PARAMS"', "withdraw()"),
    Sabotage("v3", MOVES, "(Withdrawn(who, paid),)", "(Withdrawn(who, paid + 1),)", "withdraw()"),
    Sabotage("v3", MOVES, "(mint, who, paid * pool.UNIT)", "(burn, who, paid * pool.UNIT)", "withdraw()"),
    Sabotage("v3", MOVES, "prover.current_capacity >= staker", "prover.current_capacity > staker", RELEASE3),
    Sabotage("v3", MOVES, "current_capacity=prover.current_capacity + 1", "reward_per_gas=1", RELEASE3),
    Sabotage("v3", MOVES, "exit_requested_at=env.timestamp, prover_id=0)", "prover_id=0)", "exit()"),
    Sabotage("v3", MOVES, "pool.VACATED, 0)", "pool.VACATED, who)", "exit()"),
    Sabotage("v3", V3, "env.timestamp <= staker", "env.timestamp < staker", "exit()"),
    Sabotage("v3", V3, "// max_capacity", "// (max_capacity + 1)", SLASH3),
    Sabotage("v3", V3, "minimum(at_stake, maximum(share", "minimum(at_stake, minimum(share", SLASH3),
    Sabotage("v3", V3, "Slashed(block_id, addr, amount)", "Slashed(block_id, env.sender, amount)", SLASH3),
    Sabotage("v3", V3, "returns=(pool.holder(seat)", "returns=(pool.holder(index)", ASSIGN),
    Sabotage(
        "v3",
        V3,
        "maximum(1, prover.staked_amount",
        "maximum(2, prover.staked_amount",
        "getProverWeights(uint32)",
    ),
    Sabotage(
        "v3",
        MOVES,
        "(burn, env.sender, missing * pool.UNIT)",
        "(mint, env.sender, missing * pool.UNIT)",
        STAKE3,
    ),
    Sabotage(
        "v2",
        MOVES,
        "pool.seat(seat).current_capacity for",
        "pool.seat(seat).reward_per_gas for",
        "getCapacity()",
    ),
    Sabotage(
        "v2",
        MOVES,
        "staker_words(pool.stakers[addr])",
        "staker_words(pool.stakers[env.sender])",
        "getStaker(address)",
    ),
    Sabotage(
        "v2",
        ESSENTIAL,
        "OwnershipTransferred(pool.owner, new_owner)",
        "OwnershipTransferred(new_owner, pool.owner)",
        "transferOwnership(address)",
    ),
    Sabotage("v2", ESSENTIAL, "replace(pool, owner=0)", "replace(pool, owner=1)", "renounceOwnership()"),
    Sabotage("v3", SETTLE, "if amount != 0", "if amount > 1", "withdraw()"),
    Sabotage(
        "v1",
        ESSENTIAL,
        "if new_address_manager == 0",
        "if new_address_manager == env.sender",
        "setAddressManager(address)",
    ),
    Sabotage(
        "v1", ESSENTIAL, "(AddressManagerChanged(new_address_manager),)", "()", "setAddressManager(address)"
    ),
    Sabotage(
        "v1",
        RESOLVER,
        '"RESOLVER_ZERO_ADDR", chain_id, name',
        '"RESOLVER_ZERO_ADDR", name, chain_id',
        RESOLVE,
    ),
    Sabotage(
        "v1",
        V1,
        "closed, events=(Exited(env.sender, env.timestamp),)",
        "closed, events=(Exited(env.sender, 0),)",
        "exit()",
    ),
    Sabotage("v1", V1, "checked(lowest + 1", "checked(lowest + 2", "lowestStakedAmountToEnter()"),
    Sabotage(
        "v1",
        V1,
        "announced = ExitRequested(env.sender, env.timestamp, True)",
        "announced = ExitRequested(env.sender, env.timestamp, False)",
        STAKE1,
    ),
)

POOL1, POOL2 = "contracts/v1/ProverPool.sol", "contracts/v2/ProverPool2.sol"
POOL3, BASE = "contracts/v3/ProverPool.sol", "contracts/common/ProverPoolBase.sol"
NAMES, OWNED = "contracts/common/AddressResolver.sol", "contracts/common/EssentialContract.sol"

CONTRACTS = (
    Sabotage("v3", BASE, "block.timestamp > start", "block.timestamp >= start", "withdraw()"),
    Sabotage("v3", POOL3, "emit Withdrawn(addr, paid)", "emit Exited(addr, paid)", "withdraw()"),
    Sabotage("v3", POOL3, "staker.exitRequestedAt = 0;", "staker.exitRequestedAt = 1;", "withdraw()"),
    Sabotage("v3", BASE, ".mint(to, baseUnits)", ".burn(to, baseUnits)", "withdraw()"),
    Sabotage("v3", BASE, ".mint(to, baseUnits)", ".mint(to, baseUnits + 1)", "withdraw()"),
    Sabotage("v3", POOL3, "revert NO_MATURE_EXIT()", "revert UNAUTHORIZED()", "withdraw()"),
    Sabotage("v3", POOL3, "prover.currentCapacity < staker", "prover.currentCapacity <= staker", RELEASE3),
    Sabotage("v3", POOL3, "prover.currentCapacity += 1", "prover.rewardPerGas += 1", RELEASE3),
    Sabotage(
        "v3",
        POOL3,
        "proverId == 0) return;\n\n        Prover",
        "proverId == 1) return;\n\n        Prover",
        RELEASE3,
    ),
    Sabotage("v3", POOL3, "delete proverIdToAddress[proverId]", "delete proverIdToAddress[0]", "exit()"),
    Sabotage("v3", POOL3, "rewardPerGas: 1,", "rewardPerGas: 2,", "exit()"),
    Sabotage(
        "v3",
        POOL3,
        "exitAmount = staker.exitAmount + provers",
        "exitAmount = staker.maxCapacity + provers",
        "exit()",
    ),
    Sabotage(
        "v3", POOL3, "emit Exited(addr, exitAmount);", "emit Exited(msg.sender, exitAmount + 1);", "exit()"
    ),
    Sabotage("v3", POOL3, "exiting + prover.stakedAmount", "exiting - prover.stakedAmount", SLASH3),
    Sabotage("v3", POOL3, "emit Slashed(blockId, addr,", "emit Slashed(blockId, msg.sender,", SLASH3),
    Sabotage("v3", POOL3, "currentCapacity -= 1", "currentCapacity -= 2", ASSIGN),
    Sabotage("v3", POOL3, "rewardPerGas == 0\n", "rewardPerGas == 1\n", STAKE3),
    Sabotage(
        "v2",
        POOL2,
        "capacity += provers[i].currentCapacity",
        "capacity += provers[i].rewardPerGas",
        "getCapacity()",
    ),
    Sabotage(
        "v2",
        POOL2,
        "prover = provers[staker.proverId - 1];",
        "prover = provers[staker.proverId];",
        "getStaker(address)",
    ),
    Sabotage(
        "v2",
        OWNED,
        "emit AddressManagerChanged(newAddressManager)",
        "emit AddressManagerChanged(msg.sender)",
        "setAddressManager(address)",
    ),
    Sabotage(
        "v3",
        BASE,
        "if (baseUnits == 0) return;\n        IMintableERC20(resolve(TOKEN, false)).mint",
        "if (baseUnits < 2) return;\n        IMintableERC20(resolve(TOKEN, false)).mint",
        "withdraw()",
    ),
    Sabotage(
        "v1",
        NAMES,
        "== address(0)) revert RESOLVER_INVALID_ADDR();\n        _addressManager",
        "== msg.sender) revert RESOLVER_INVALID_ADDR();\n        _addressManager",
        "setAddressManager(address)",
    ),
    Sabotage("v1", NAMES, "!allowZeroAddress", "allowZeroAddress", RESOLVE),
    Sabotage("v1", POOL1, "].amount + 1;", "].amount + 2;", "lowestStakedAmountToEnter()"),
    Sabotage("v1", POOL1, "emit Exited(msg.sender, _now());", "emit Exited(msg.sender, 0);", "exit()"),
)

QUICK = (
    MODELS[0],
    MODELS[1],
    MODELS[4],
    MODELS[18],
    MODELS[21],
    MODELS[23],
    CONTRACTS[1],
    CONTRACTS[4],
    CONTRACTS[7],
    CONTRACTS[17],
    CONTRACTS[19],
    CONTRACTS[22],
)
"""Those that every run of the tests looks at."""
