"""The post-states of two contracts brought together: one symbol for one field, none for what only one has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.check.equiv.fields import Leaf, leaves, unrelated
from harness.check.equiv.narrow import Change, changed, terms_of
from harness.check.prove.build import Named, called_when, have_code
from harness.check.prove.subject import Execution
from harness.check.reach.sequence import read_field
from harness.check.views.terms import written_keys
from harness.compiler.layout import Scalar
from harness.symbolic.errors import Unsupported
from harness.symbolic.regions import UNNAMED, Field, Region, arguments, part_of
from harness.symbolic.result import PostState
from harness.symbolic.storage import Storage
from harness.term.core import Function, Term, and_, apply, const, eq, ite, var
from harness.term.substitute import substitute
from harness.term.walk import postorder

SPACE = "storage."
"""What the names of the functions that fields are begin with."""

UNLABELLED = ("slot:", "?")
"""How the names of words begin that no layout explains: both contracts have the same there."""

SECOND = " of the second"
"""How the names of symbols end that only the second contract has."""

LATER = ("balance'", "codesize'", "codehash'")
"""How the names begin of what other contracts may have changed: when, two codes don't say the same way."""

OWN_CODE = {"codesize": 1, "codehash": 0}
"""What can be asked of a contract's code, with the least answer about one that is there."""

Place = tuple[str, tuple[Term, ...]]
"""A field by its label, and the keys of one of it."""


@dataclass(frozen=True)
class Related:
    """Two post-states with the same symbols for the same fields.

    `mine` and `theirs` make terms of the contracts' storages terms of the symbols that both share; `apart`
    says of fields why they can't be compared, `callees` that no call fails for want of a contract to call.
    """

    left: PostState
    right: PostState
    apart: Mapping[str, str]
    mine: Change
    theirs: Change
    callees: tuple[Named, ...]

    def check(self, label: str) -> None:
        """Raise Unsupported if a field can't be compared."""
        if label in self.apart:
            raise Unsupported("storage", -1, f"the field `{label}` is not compared: {self.apart[label]}")


def related(left: Execution, right: Execution) -> Related:
    """Return the results of two executions, brought together.

    Raises:
        Unsupported: where one of them uses a field that can't be compared with one of the other's, or calls
            itself: what it is answered then is no function of what it asks.
    """
    one, other = (leaves(side.subject.artifact.layout) for side in (left, right))
    mine, theirs = _Symbols(left.result, one, one), _Symbols(right.result, other, one, second=True)
    results = changed(left.result, mine), changed(right.result, theirs)
    called = [(mine(when), mine(who)) for when, who in called_when(left.result)]
    called += [(theirs(when), theirs(who)) for when, who in called_when(right.result)]
    exist = tuple(_exist(results, called))
    pair = Related(*results, unrelated(one, other), mine, theirs, exist)
    for result in (left.result, right.result):
        for label in _labels(terms_of(result)):
            pair.check(label)
    return pair


def _called(result: PostState) -> list[Term]:
    """Return the addresses that are called. Raises Unsupported where one is the contract's own."""
    for call in result.attempted:
        if call.target is result.world.address:
            reason = "the contract calls itself, and both would have to be in the same state then"
            raise Unsupported(call.kind, call.pc, reason)
    return list(dict.fromkeys(call.target for call in result.attempted))


def _exist(results: Sequence[PostState], called: list[tuple[Term, Term]]) -> Iterator[Named]:
    """Yield that whoever would be called has code, whenever that is asked for."""
    yield from have_code([term for result in results for term in terms_of(result) if term.boolean], called)


def depends_on_itself(result: PostState) -> bool:
    """Say whether what a call does depends on what is one contract's alone: its gas, its code."""
    called = [call.target for call in result.attempted]
    return any(_is_private(node) or _may_be_own(node, called) for node in postorder(terms_of(result)))


def _labels(terms: Iterable[Term]) -> set[str]:
    """Return the labels of the fields that terms speak of."""
    nodes = (node for node in postorder(terms) if node.op == "apply")
    return {node.data.name.removeprefix(SPACE) for node in nodes if node.data.name.startswith(SPACE)}


class _Symbols:
    """Gives both contracts the same symbols, in which one contract's terms are written anew.

    Padding is zero in both (the assumption PADDING). The second contract's gas is its own, and so are its
    code, and balances and codes after orders to others. A number that the second stores wider is looked at
    where it fits the first. Whoever is `called` is another contract.
    """

    def __init__(
        self, result: PostState, own: Mapping[str, Leaf], first: Mapping[str, Leaf], second: bool = False
    ) -> None:
        self.called = _called(result)
        self._this = result.world.address
        self._own = own
        self._first = first
        self._second = second
        self._done: dict[Term, Term] = {}

    def __call__(self, term: Term) -> Term:
        """Return a term of this contract's in the symbols that both share."""
        found = self._done.get(term)
        if found is None:
            nodes = list(postorder((term,)))
            private = {node: _of_second(node) for node in nodes if self._second and _is_private(node)}
            private |= {node: self._code(node) for node in nodes if _may_be_own(node, self.called)}
            functions = {node.data: self._function(node.data) for node in nodes if node.op == "apply"}
            changes = {one: new for one, new in functions.items() if new is not None}
            found = term if not private and not changes else substitute((term,), private, changes)[0]
            self._done[term] = found
        return found

    def _function(self, one: Function) -> Callable[..., Term] | None:
        """Return what stands for the values of a function, None if they stay."""
        if self._second and one.name.startswith(LATER) and not one.name.endswith(SECOND):
            return _applied(Function(f"{one.name}{SECOND}", one.arity, one.lo, one.hi))
        label, _, _ = one.name.removeprefix(SPACE).partition("'")  # whoever may have left it there
        if not one.name.startswith(SPACE) or label.startswith(UNLABELLED):
            return None
        if UNNAMED in label:
            return lambda *args: const(0)
        assert label in self._own, f"the layout has no `{label}`"
        leaf = self._first.get(label)
        bits = leaf.type.bits if leaf is not None and isinstance(leaf.type, Scalar) else 256
        assert one.hi is not None
        if one.hi < 1 << bits:
            return None
        return _applied(Function(one.name, one.arity, one.lo, (1 << bits) - 1))

    def _code(self, node: Term) -> Term:
        """Return what is known of the code at an address: the contracts' own codes are two."""
        [address] = map(self, node.args)
        name = f"this.{node.data.name}{SECOND if self._second else ''}"
        own = var(name, OWN_CODE[node.data.name], node.hi)
        return ite(eq(address, self._this), own, apply(node.data, address))


def _applied(function: Function) -> Callable[..., Term]:
    return lambda *args: apply(function, *args)


def _is_private(node: Term) -> bool:
    """Say whether a symbol is one contract's alone: its gas, and the size of its code."""
    name = str(node.data[0]) if node.op == "var" else ""
    return name == "this.codesize" or (name.startswith("gas") and name[3:].isdigit())


def _may_be_own(node: Term, called: Collection[Term]) -> bool:
    """Say whether a term asks for code that may be the contract's own; whoever is called is another."""
    return node.op == "apply" and node.data.name in OWN_CODE and node.args[0] not in called


def _of_second(node: Term) -> Term:
    return var(f"{node.data[0]}{SECOND}", node.lo, node.hi)


def same_fields(left: PostState, right: PostState, pair: Related) -> Term:
    """Return that two calls leave the same in every field at every key, and everything else as it was.

    Raises:
        Unsupported: where one writes a field that the other does not have.
    """
    mine, theirs = pair.mine, pair.theirs
    places = dict.fromkeys([*_written(left), *_written(right)])
    claims = [eq(mine(_value(left, pair, *one)), theirs(_value(right, pair, *one))) for one in places]
    kept = [*map(mine, _unnamed(left)), *map(theirs, _unnamed(right))]
    return and_(*claims, *kept, *_same_words(left.transient, right.transient))


def _written(result: PostState) -> Iterator[Place]:
    """Yield the labelled fields that a call writes."""
    for region, log in result.storage.written().items():
        for keys in written_keys(log, result.before.log(region)):
            for part in region.fields:
                if part.label:
                    yield part.label, arguments(part, keys)


def _value(result: PostState, pair: Related, label: str, keys: tuple[Term, ...]) -> Term:
    """Return what a call leaves in a field; what it never touched is what the first contract began with."""
    pair.check(label)
    found = _field(result, label) or _field(pair.left, label) or _field(pair.right, label)
    assert found is not None, "somebody wrote it"
    region, part = found
    return read_field(result.storage, region, part, keys)


def _field(result: PostState, label: str) -> tuple[Region, Field] | None:
    for region in result.storage.labels.regions():
        part = region.field(label)
        if part is not None:
            return region, part
    return None


def _unnamed(result: PostState) -> Iterator[Term]:
    """Yield that a call leaves what no label names as it was."""
    for region, log in result.storage.written().items():
        old = result.before.log(region)
        for keys in written_keys(log, old):
            for part in region.fields:
                if not part.label:
                    yield eq(part_of(log.read(keys), part), part_of(old.read(keys), part))


def _same_words(left: Storage, right: Storage) -> Iterator[Term]:
    """Yield that two calls leave the same words in a space that no layout names."""
    for region in dict.fromkeys((*left.written(), *right.written())):
        one, other = left.log(region), right.log(region)
        for keys in dict.fromkeys(keys for log in (one, other) for keys, _ in log.writes):
            yield eq(one.read(keys), other.read(keys))
