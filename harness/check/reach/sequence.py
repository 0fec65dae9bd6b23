"""Symbolic sequences of calls from deployment, grown call by call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from harness.check.prove.build import Steps
from harness.check.prove.subject import Execution
from harness.check.reach.compose import Substitution
from harness.check.triage.errors import Unrealisable
from harness.check.triage.facts import WEEKS, World, readers_of
from harness.check.triage.observed import Transaction
from harness.check.triage.realise import transaction
from harness.check.triage.scene import Scene
from harness.check.triage.scope import PEOPLE
from harness.check.views.symbolic import any_key
from harness.evm.codec import WordType
from harness.solver import Model
from harness.symbolic.entry import calldatasize
from harness.symbolic.log import Keys, equal_keys
from harness.symbolic.regions import Field, Region, part_of
from harness.symbolic.slots import Meaning, Place
from harness.symbolic.storage import Storage
from harness.term.core import FALSE, TRUE, ZERO, Function, Term, apply, bvar, const, eq, ite, or_, var
from harness.term.hashing import is_keccak, keccak
from harness.term.integer import idiv, imod
from harness.term.linear import combine
from harness.term.symbol import number, term_of

GREAT = 2**52
"""Arguments are at most this where that will do: people do not have more tokens."""


@dataclass(frozen=True)
class Reached:
    """What a sequence of calls has stored, and under which conditions it can be made.

    `symbols` are those of each call, by the name that they have in its execution.
    """

    storage: Storage
    ghosts: dict[str, Term]
    steps: tuple[Execution, ...] = ()
    conditions: tuple[Term, ...] = ()
    symbols: tuple[Mapping[str, Term], ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The functions called so far."""
        return tuple(step.name for step in self.steps)


@dataclass
class Composer:
    """Makes one execution the next call of a sequence.

    Symbols of call number k get the suffix ``@k``; the block's number, the chain and what the deployment's
    contracts answer are constants.
    """

    scene: Scene
    world: World
    reached: Reached
    execution: Execution
    _substitution: Substitution = field(init=False)

    def __post_init__(self) -> None:
        self._substitution = Substitution(self._symbol, self._apply)
        self.place = len(self.reached.steps)
        world = self.execution.result.world
        self._fixed: dict[Term, Term] = {
            world.chainid: const(self.scene.chain.chain_id),
            world.address: const(self.scene.address),
            world.number: const(self.scene.start_number + 1 + self.place),
        }
        function = self.execution.function
        if function is not None and function.mutability != "payable":
            self._fixed[world.value] = ZERO
        self._sums: dict[str, Term] = {}
        self.symbols: dict[str, Term] = {}
        self._limits: dict[str, tuple[int, int]] = {}

    def __call__(self, term: Term) -> Term:
        """Return what a term of the execution means at this place of the sequence."""
        return self._substitution(term)

    def simplify(self) -> None:
        """Have a person call, not too late, with calldata as the ABI says and no great arguments."""
        people = self.scene.people[:PEOPLE]
        self._limits = {
            "caller": (min(people), max(people)),
            "timestamp": (self.scene.start_time, self.scene.start_time + WEEKS),
        }
        function = self.execution.function
        if function is None:
            return
        self._fixed[calldatasize(4)] = const(4 + 32 * len(function.inputs))
        for place, parameter in enumerate(function.inputs):
            if isinstance(parameter.type, WordType) and parameter.type.kind == "uint":
                self._limits[f"arg{place}"] = (0, min(GREAT, 2**parameter.type.bits - 1))

    def named(self, label: str) -> str:
        """Return the name of a symbol of this call."""
        return f"{label}@{self.place}"

    # -- symbols and functions -------------------------------------------------------------------------

    def _symbol(self, node: Term) -> Term:
        fixed = self._fixed.get(node)
        if fixed is not None:
            return fixed
        if node.op == "bvar":
            return TRUE if str(node.data).endswith(".success") else bvar(self.named(node.data))
        label = str(node.data[0])
        if label.startswith("ledger."):
            return self.reached.ghosts[label.removeprefix("ledger.")]
        if label in self.execution.origin.sums:
            return self._sum(label)
        if label.startswith("any."):
            return node
        found = self.symbols.get(label)
        if found is None:
            low, high = self._limits.get(label, (node.lo, node.hi))
            low = low if node.lo is None or low is None else max(low, node.lo)
            high = high if node.hi is None or high is None else min(high, node.hi)
            found = self.symbols[label] = var(self.named(label), low, high)
        return found

    def _apply(self, function: Function, args: tuple[Term, ...]) -> Term:
        if is_keccak(function):
            return keccak(args)
        place = self.scene.places.field(function.name)
        if place is not None:
            return read_field(self.reached.storage, *place, args)
        if all(arg.op == "const" for arg in args):
            actual = self.world.actual(function, tuple(arg.data for arg in args), self._number)
            if actual is not None:
                return const(actual)
        if self.world.speaks_of(function):
            return apply(function, *args)
        return apply(Function(self.named(function.name), function.arity, function.lo, function.hi), *args)

    @property
    def _number(self) -> int:
        return self.scene.start_number + 1 + self.place

    # -- sums ------------------------------------------------------------------------------------------

    def _sum(self, label: str) -> Term:
        """Return a sum over a table as that of the entries that the deployment and the calls wrote."""
        known = self._sums.get(label)
        if known is None:
            _, amount = self.execution.origin.sums[label]
            general = term_of(amount(number(any_key())))
            terms = dict.fromkeys(self._entries(general))
            total: list[tuple[int, Term]] = []
            seen: list[Keys] = []
            for key in terms:
                first = or_(*(equal_keys(other, (key,)) for other in seen))
                total.append((1, ite(first, ZERO, self._share(general, key))))
                seen.append((key,))
            known = self._sums[label] = combine(*total)
        return known

    def _share(self, general: Term, key: Term) -> Term:
        """Return what the entry at `key` adds to a sum."""

        def replace(node: Term) -> Term:
            return key if node is any_key() else self._symbol(node)

        return Substitution(replace, self._apply)(general)

    def _entries(self, general: Term) -> Iterator[Term]:
        for function, position in readers_of(general):
            place = self.scene.places.field(function.name)
            if place is None or function.arity != 1 or position != 0:
                raise Unrealisable(f"the sum of {function.name} is over more than one key")
            region, part = place
            log = self.reached.storage.log(region)
            held = [keys for keys, _ in getattr(log.base, "entries", ())]
            for keys in (*held, *(keys for keys, _ in log.writes)):
                for lane in range(part.lanes):
                    yield combine((part.lanes, keys[0]), (lane, const(1)))


def read_field(storage: Storage, region: Region, part: Field, args: Keys) -> Term:
    """Return a field of a storage at its function's arguments."""
    if part.lanes == 1:
        return part_of(storage.log(region).read(args), part)
    word = storage.log(region).read((*args[:-1], idiv(args[-1], const(part.lanes))))
    lane = imod(args[-1], const(part.lanes))
    lanes = [one for one in region.fields if one.label == part.label]
    found = part_of(word, lanes[-1])
    for one in reversed(lanes[:-1]):
        found = ite(eq(lane, const(one.lane)), part_of(word, one), found)
    return found


def first(scene: Scene, storage: Storage) -> Reached:
    """Return the empty sequence."""
    return Reached(storage, {name: const(value) for name, value in scene.first_ghosts.items()})


def extended(scene: Scene, world: World, reached: Reached, execution: Execution) -> Reached | None:
    """Return the sequence with one more call, None where that fails for sure or stores nothing new.

    Raises:
        Unrealisable: where the call cannot be composed.
    """
    composer = Composer(scene, world, reached, execution)
    composer.simplify()
    wanted = [execution.result.success, execution.well_formed]
    wanted += [term for _, term in Steps(execution).assumed]
    conditions = []
    for term in wanted:
        condition = composer(term)
        if condition is FALSE:
            return None
        conditions.append(condition)
    storage = stored(composer, reached.storage, execution)
    if storage is None:
        return None
    after = execution.ghosts_after(execution.result.storage)
    ghosts = {name: composer(term_of(value)) for name, value in after.items()}
    return Reached(
        storage,
        {**reached.ghosts, **ghosts},
        (*reached.steps, execution),
        (*reached.conditions, *(one for one in conditions if one is not TRUE)),
        (*reached.symbols, composer.symbols),
    )


def stored(composer: Composer, storage: Storage, execution: Execution) -> Storage | None:
    """Return the storage after one more call, None where nothing changes."""
    after = storage.copy()
    changed = False
    for region, log in execution.result.storage.written().items():
        if log.base is not execution.result.before.log(region).base:
            raise Unrealisable("what others stored in between is not known")
        for keys, value in log.writes:
            there, new = tuple(map(composer, keys)), composer(value)
            if new is not after.log(region).read(there):
                after.write(Meaning((Place(region, there),)), new)
                changed = True
    return after if changed else None


def transactions(model: Model, scene: Scene, steps: Sequence[Execution]) -> list[Transaction]:
    """Return the calls that a model of a composed query describes."""
    found = []
    for place, execution in enumerate(steps):
        suffix = f"@{place}"
        function = execution.function
        symbols = {
            "number": scene.start_number + 1 + place,
            "chainid": scene.chain.chain_id,
            "this": scene.address,
            "timestamp": scene.start_time,
        }
        if function is not None:
            symbols["calldatasize"] = 4 + 32 * len(function.inputs)
        for name, value in model.symbols.items():
            if name.endswith(suffix):
                symbols[name.removesuffix(suffix)] = value
        found.append(transaction(Model(symbols, {}), execution))
    return found
