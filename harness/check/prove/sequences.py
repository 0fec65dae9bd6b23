"""Relations and scenarios: two calls side by side, and calls one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from harness.check.prove.build import Named, codes_exist, fresh, lightly
from harness.check.prove.call import Behaviour, SymbolicCall, SymbolicWorld, observed_questions
from harness.check.prove.decode import encodes, word_of
from harness.check.prove.instances import ARBITRARY, Instances
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution, Subject, greatest_words, succeeded
from harness.check.prove.tasks import ProveError
from harness.check.prove.undisturbed import ENOUGH_GAS, alone, answering
from harness.check.views.arguments import argument_names
from harness.check.views.terms import Origin, state_of
from harness.evm.abi import Function
from harness.lang import Address, Env, Int, Play, Prop, Relation, Run, Scenario, ite, observed_premises
from harness.symbolic import data, pieces, storage, trace
from harness.symbolic.data import EMPTY, Calldata, Data, Known
from harness.symbolic.entry import Entry
from harness.symbolic.result import PostState
from harness.symbolic.run import Obligation as Side
from harness.symbolic.slots import labels_of
from harness.symbolic.storage import Fresh, Storage
from harness.symbolic.world import SIZE_MAX, World, address_symbol
from harness.term.core import FALSE, TRUE, Term, and_, const, implies, not_, or_, var
from harness.term.symbol import condition_of, number, term_of, truth

ELSEWHERE = "#2"
"""Marks the symbols of a relation's second run."""


def relation(subject: Subject, name: str, claim: Relation) -> list[Obligation]:
    """Return the obligations that two calls of a function, from any two states, are related as claimed."""
    return subject.once(("relation", name, claim.name), lambda: list(_relation(subject, name, claim)))


def _relation(subject: Subject, name: str, claim: Relation) -> Iterator[Obligation]:
    first, second = _run(subject, name, ""), _run(subject, name, ELSEWHERE)
    keys = fresh(claim.quantified)
    numbers = [number(key) for _, key in keys]
    with observed_questions() as asked:
        goal, stated = _by_outcomes(claim, first, second, numbers)
    hypotheses: list[Named] = []
    for place, each in enumerate((first, second), 1):
        hypotheses += [(f"{label} of run {place}", term) for label, term in codes_exist(each.result)]
        hypotheses += _assumed(subject, each.before, each.returning, f" of run {place}")
    terms = [goal, *(term for _, term in lightly(hypotheses))]
    for place, each in enumerate((first, second), 1):
        known = Instances.of(subject.spec.invariants, each.before).at(terms)
        hypotheses += [(f"{label} of run {place}", term) for label, term in known]
    rests = answering(asked).union(
        *(each.result.assumptions | alone(each.result) for each in (first, second))
    )
    if _tells_of_gas(claim, first, second, numbers):
        rests |= {ENOUGH_GAS}
    yield from _in_bounds(subject, claim, first)
    used, both = _used(hypotheses), (first, second)
    yield Obligation(claim.name, name, "two runs", used, goal, None, claim, keys, rests, stated, both)


def _by_outcomes(
    claim: Relation, first: Execution, second: Execution, keys: Sequence[Int]
) -> tuple[Term, tuple[Term, ...]]:
    """Return what is claimed where each run succeeds, and where it fails, and the premises of that.

    Taken apart like that, what a call returns is what the code makes of it, and not zeros in case it fails.
    """
    goals: list[Term] = []
    stated: dict[int, Term] = {}
    for ends in product((True, False), repeat=2):
        pair = (first, ends[0]), (second, ends[1])
        given = and_(*(each.result.success if end else not_(each.result.success) for each, end in pair))
        with observed_premises() as premises:
            holds = condition_of(claim(*(_as_run(*each) for each in pair), *keys))
        goals.append(implies(given, holds))
        for place, premise in enumerate(premises):
            stated[place] = or_(stated.get(place, FALSE), and_(given, condition_of(premise)))
    return and_(*goals), tuple(stated.values())


def _tells_of_gas(claim: Relation, first: Execution, second: Execution, keys: Sequence[Int]) -> bool:
    """Say whether a claim says anything of a run that fails for want of gas."""
    starved = [Run(each.before, each.starved, each.before) for each in (first, second)]
    pairs = [tuple(starved)]
    for end in (True, False):
        pairs += [(starved[0], _as_run(second, end)), (_as_run(first, end), starved[1])]
    return any(condition_of(claim(*pair, *keys)) is not TRUE for pair in pairs)


def _in_bounds(subject: Subject, claim: Relation, run: Execution) -> Iterator[Obligation]:
    """Yield that a run's array accesses stay inside their arrays; the other run is the same code's."""
    invariants = Instances.of(subject.spec.invariants, run.before)
    for place, side in enumerate(run.result.obligations):
        path = [("path", side.path.condition)]
        known = invariants.at([side.condition, side.path.condition])
        case = f"{side.name} ({place})"
        yield Obligation(claim.name, run.name, case, _used([*path, *known]), side.condition)


def _run(subject: Subject, name: str, mark: str) -> Execution:
    """Execute a regular call from arbitrary storage, every symbol marked."""
    function = subject.abi.functions[name]
    limits = greatest_words(function)
    head = ((4, const(int.from_bytes(function.selector, "big")), 28),)

    def argument(index: int) -> Term:
        return var(f"arg{index}{mark}", 0, limits[index]) if index < len(limits) else var(f"arg{index}{mark}")

    size = var(f"calldatasize{mark}", 4 + 32 * len(limits), SIZE_MAX)
    entry = Entry(name, Calldata(head, size, argument))
    ground = Storage(labels_of(subject.artifact.layout), Fresh(1 if mark else 0))
    payable = function.mutability == "payable"
    world = World(
        caller=address_symbol(f"caller{mark}"),
        value=var(f"callvalue{mark}") if payable else const(0),
        timestamp=var(f"timestamp{mark}"),
        number=var(f"number{mark}"),
    )
    ghosts = {one: number(var(f"ledger.{one}{mark}", None, None)) for one in subject.spec.model.ghosts}
    return subject.seen_from(name, subject.run(entry, ground, world, mark), ghosts)


def _as_run(execution: Execution, succeeds: bool) -> Run[Any]:
    """Return an execution as a run that succeeds, or one that fails."""
    result, before = execution.result, execution.before
    if not succeeds:
        return Run(before, execution.call(outcome(result, FALSE)), before)
    after = execution.seen(result.storage, execution.ghosts_after(result.storage))
    return Run(before, execution.call(succeeded(result)), after)


def _chosen(succeeds: Term, later: Mapping[str, Int], before: Mapping[str, Int]) -> dict[str, Int]:
    """Return the ledgers after a call: a failed one changes none."""
    return {name: ite(truth(succeeds), later[name], before[name]) for name in before}


def outcome(result: PostState, succeeds: Term) -> Behaviour:
    """Return what a call does, failing included."""
    refusal: Data = EMPTY
    entries = result.trace
    for failure in result.failures:
        refusal = data.choose(failure.condition, failure.data, refusal)
        entries = trace.merge(not_(failure.condition), entries, failure.attempted)
    return Behaviour(truth(succeeds), result.returndata, refusal, entries)


class SymbolicPlay(Play[Any]):
    """Makes symbolic calls one after the other, from any state that satisfies the invariants."""

    def __init__(self, subject: Subject, claim: Scenario) -> None:
        self._subject = subject
        self._claim = claim.name
        self._numbers = {name for name, _ in claim.quantified}
        self._storage = Storage(labels_of(subject.artifact.layout), Fresh())
        self._origin = Origin(self._storage)
        self._ghosts = {one: number(var(f"ledger.{one}", None, None)) for one in subject.spec.model.ghosts}
        self._now: Int = number(var("now", 1, 2**64 - 1))
        self._calls = 0
        self.start = self._seen(self._storage)
        self.premises: list[Named] = []
        self.sides: list[Side] = []
        self.assumptions: frozenset[str] = frozenset()

    def _seen(self, kept: Storage) -> Any:
        subject = self._subject
        return state_of(subject.spec.model.state, subject.shapes, kept, self._origin, self._ghosts)

    @property
    def pool(self) -> Any:
        """The state after the calls made so far."""
        return self._seen(self._storage)

    @property
    def now(self) -> Int:
        """The time of the last call."""
        return self._now

    def any_number(self, name: str, low: int, high: int) -> Int:
        """Return an arbitrary number. Raises ProveError for a second one of that name."""
        if name in self._numbers:
            raise ProveError(
                f"`{self._claim}` has two numbers called `{name}`: give one of them another name"
            )
        self._numbers.add(name)
        return number(var(f"{ARBITRARY}{name}", low, high))

    def suppose(self, premise: Prop) -> None:
        """Restrict the scenario."""
        self.premises.append((f"premise {len(self.premises)}", condition_of(premise)))

    def call(self, function: str, *args: Int, sender: Address, at: Int) -> Run[Any]:
        """Make a call; where it fails the state stays. It is not made before the last one."""
        self._calls += 1
        subject, mark = self._subject, f"#{self._calls}"
        self.premises.append((f"time of call {mark}", condition_of(self._now <= at)))
        kind = subject.abi.function(function)
        words = []
        for place, (arg, one) in enumerate(zip(args, kind.inputs, strict=True), 1):
            word = word_of(arg, one.type, one.name)
            words.append(word)
            encoded = encodes(word, arg, one.type, one.name)
            self.premises.append((f"argument {place} of call {mark}", encoded))
        selector = (4, const(int.from_bytes(kind.selector, "big")), 28)
        entry = Entry(kind.signature, Known([selector, *pieces.of_words(words)]))
        world = World(
            caller=term_of(sender), value=const(0), timestamp=term_of(at), number=var(f"number{mark}")
        )
        before = self._seen(self._storage)
        result = subject.run(entry, self._storage, world, mark)
        self.sides += result.obligations
        self.assumptions |= result.assumptions | alone(result) | {ENOUGH_GAS}
        self._storage = storage.merge(result.success, result.storage, result.before)
        self._now = at
        call = self._observed(kind, args, outcome(result, result.success), world)
        self._note_ledgers(before, self._observed(kind, args, succeeded(result), world), result)
        self._take_for_granted(before, call, result, mark)
        return Run(before, call, self._seen(self._storage))

    def _note_ledgers(self, before: Any, returning: SymbolicCall, result: PostState) -> None:
        ghost = self._subject.spec.model.ghost
        if ghost is not None:
            later = ghost(before, returning, self._seen(result.storage))
            self._ghosts = _chosen(result.success, later, self._ghosts)

    def _observed(
        self, kind: Function, args: tuple[Int, ...], behaviour: Behaviour, world: World
    ) -> SymbolicCall:
        env = Env(
            sender=number(world.caller),
            timestamp=number(world.timestamp),
            number=number(world.number),
            chain_id=number(world.chainid),
            this=number(world.address),
            world=SymbolicWorld(self._subject.spec.views, world.number),
        )
        subject = self._subject
        arguments = dict(zip(argument_names(subject.spec.model, kind), args, strict=True))
        return SymbolicCall(subject.abi, kind, behaviour, env, arguments, subject.arguments)

    def _take_for_granted(self, before: Any, call: SymbolicCall, result: PostState, mark: str) -> None:
        for label, term in codes_exist(result):
            self.premises.append((f"{label} of call {mark}", term))
        self.premises += _assumed(self._subject, before, call, f" of call {mark}")


def scenario(subject: Subject, claim: Scenario) -> list[Obligation]:
    """Return a scenario's obligations: its array accesses are in bounds, and its claim holds."""
    return subject.once(("scenario", claim.name), lambda: list(_scenario(subject, claim)))


def _scenario(subject: Subject, claim: Scenario) -> Iterator[Obligation]:
    play = SymbolicPlay(subject, claim)
    keys = fresh(claim.quantified)
    with observed_premises() as premises, observed_questions() as asked:
        goal = condition_of(claim(play.start, play, *(number(key) for _, key in keys)))
    stated = tuple(condition_of(premise) for premise in premises)
    known = Instances.of(subject.spec.invariants, play.start)
    given = [*play.premises]
    for place, side in enumerate(play.sides):
        path: list[Named] = [*given, ("path", side.path.condition)]
        terms = [side.condition, *(term for _, term in lightly(path))]
        case = f"{side.name} ({place})"
        yield Obligation(claim.name, "", case, _used([*path, *known.at(terms)]), side.condition)
    terms = [goal, *(term for _, term in lightly(given))]
    used = _used([*given, *known.at(terms)])
    rests = play.assumptions | answering(asked)
    yield Obligation(claim.name, "", "sequence", used, goal, None, claim, keys, rests, stated)


def _assumed(subject: Subject, before: Any, call: SymbolicCall, mark: str) -> list[Named]:
    """Return what the assumptions say of one call."""
    return [
        (f"assumption {one.name}{mark}", condition_of(one.predicate(before, call)))
        for one in subject.spec.assumptions
        if one.predicate is not None
    ]


def _used(hypotheses: list[Named]) -> tuple[Named, ...]:
    return tuple((label, term) for label, term in hypotheses if term is not TRUE)
