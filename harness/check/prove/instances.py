"""Which keys a quantified hypothesis is instantiated at.

An invariant over ``who`` is assumed at every address that the call or the goal touches. What counts
as touching is read off the invariant itself: the storage functions that it applies to the quantified
variable are its *triggers*, and every argument of a trigger in the terms at hand is a key. One closure
round adds the keys that the instances themselves touch (the owner of a slot, the slot of an owner).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, product
from typing import Any

from harness.lang import Invariant, Property, within
from harness.term.core import TRUE, Function, Term, const, implies, var
from harness.term.node import memo
from harness.term.symbol import condition_of, number
from harness.term.walk import postorder

Trigger = tuple[Function, int]
"""A function and which of its arguments."""

ARBITRARY = "any."
"""Begins the names of the symbols that stand for a goal's quantified variables."""

SMALL_DOMAIN = 64
"""A domain with fewer values is gone through one by one where nothing else says at which to instantiate."""

INSTANCE_LIMIT = 4096
"""More instances of one invariant than this are not worth their weight; two nested quantifiers get there."""


_AT = " at "
"""Precedes the keys in the name of an instance at numbers."""

FIRST_LEARNT = 1_000_000
"""Instances that were learnt from counterexample candidates are numbered from here on."""

Keys = tuple[str, tuple[int, ...]]
"""An invariant by its name, and the values of its quantified variables."""


def instances_at(
    invariants: Iterable[Invariant], pool: Any, wanted: Sequence[Keys]
) -> list[tuple[str, Term]]:
    """Return the instances of `invariants` at the `wanted` keys, named; of others nothing is assumed."""
    schemes = {one.name: Scheme(one, pool) for one in invariants}
    return [
        (f"invariant {name} {FIRST_LEARNT + place}", schemes[name].claim([const(key) for key in keys]))
        for place, (name, keys) in enumerate(wanted)
        if name in schemes
    ]


class Instances:
    """Invariants assumed of one state, instantiated on demand."""

    def __init__(self, schemes: Iterable[Scheme]) -> None:
        self._schemes = {scheme.invariant.name: scheme for scheme in schemes}

    @classmethod
    def of(cls, invariants: Iterable[Invariant], pool: Any) -> Instances:
        """Return the instances of `invariants` in the state `pool`."""
        return cls(Scheme(invariant, pool) for invariant in invariants)

    def only(self, chosen: Callable[[Invariant], bool]) -> Instances:
        """Return those of the chosen invariants."""
        return Instances(scheme for scheme in self._schemes.values() if chosen(scheme.invariant))

    def restating(self, claim: Property | None, keys: Sequence[Term], goal: Term) -> list[tuple[str, Term]]:
        """Return the one instance that is the goal itself, if `claim` is assumed and left as it was."""
        scheme = self._schemes.get(claim.name) if isinstance(claim, Invariant) else None
        if scheme is None or scheme.invariant is not claim or scheme.claim(keys) is not goal:
            return []
        return [(f"invariant {claim.name} 0", goal)]

    def at(self, terms: Sequence[Term], rounds: int = 2) -> list[tuple[str, Term]]:
        """Return the instances that `terms` call for, each with a name that begins with its invariant's.

        What they are depends on the invariants and `terms` only, and so does their order.
        """
        found: dict[tuple[str, Term], str] = {}
        seen = list(terms)
        for _ in range(rounds):
            applications, arbitrary = _applications(seen), _arbitrary(seen)
            for scheme in self._schemes.values():
                for keys, claim in scheme.at(applications, arbitrary):
                    found.setdefault((scheme.invariant.name, claim), _place(keys))
            seen = [*terms, *(claim for _, claim in found)]
        named = enumerate(found.items())
        return [(f"invariant {name}{at} {number_}", claim) for number_, ((name, claim), at) in named]


class Scheme:
    """An invariant ready to be instantiated in one state."""

    def __init__(self, invariant: Invariant, pool: Any) -> None:
        self.invariant = invariant
        self._pool = pool
        self._symbols = [
            var(f"${invariant.name}.{name}", domain.low, domain.high) for name, domain in invariant.quantified
        ]
        general = condition_of(invariant(pool, *map(number, self._symbols)))
        self._triggers = [_triggers(general, symbol) for symbol in self._symbols]
        self._claims: dict[tuple[Term, ...], Term] = {} if self._symbols else {(): general}
        self._by_choices: dict[tuple[tuple[Term, ...], ...], list[tuple[tuple[Term, ...], Term]]] = {}

    def at(
        self, applications: dict[Trigger, list[Term]], arbitrary: Sequence[Term]
    ) -> list[tuple[tuple[Term, ...], Term]]:
        """Return the claims at every combination of keys that `applications` hold for the triggers, after it.

        A variable that is no function's argument (an index into a packed word) ranges over its whole domain
        if that is small, and over the `arbitrary` symbols of its domain.
        """
        choices = tuple(
            tuple(self._keys(symbol, triggers, applications, arbitrary))
            for symbol, triggers in zip(self._symbols, self._triggers, strict=True)
        )
        found = self._by_choices.get(choices)
        if found is None:
            claims = ((keys, self.claim(keys)) for keys in islice(product(*choices), INSTANCE_LIMIT))
            found = self._by_choices[choices] = [(keys, claim) for keys, claim in claims if claim is not TRUE]
        return found

    def _keys(
        self,
        symbol: Term,
        triggers: Sequence[Trigger],
        applications: dict[Trigger, list[Term]],
        arbitrary: Sequence[Term],
    ) -> list[Term]:
        keys = {key: None for trigger in triggers for key in applications.get(trigger, ())}
        if not triggers:
            assert symbol.lo is not None
            assert symbol.hi is not None
            if symbol.hi - symbol.lo < SMALL_DOMAIN:
                keys |= {const(value): None for value in range(symbol.lo, symbol.hi + 1)}
            keys |= {one: None for one in arbitrary if (one.lo, one.hi) == (symbol.lo, symbol.hi)}
        return sorted(keys, key=lambda key: key.id)

    def claim(self, keys: Sequence[Term]) -> Term:
        """Return the claim at `keys`, guarded by the quantifiers' domains."""
        known = self._claims.get(tuple(keys))
        if known is None:
            known = self._claims[tuple(keys)] = self._claim(keys)
        return known

    def _claim(self, keys: Sequence[Term]) -> Term:
        numbers = [number(key) for key in keys]
        guards = [
            condition_of(within(value, domain.low, domain.high))
            for value, (_, domain) in zip(numbers, self.invariant.quantified, strict=True)
        ]
        claim = condition_of(self.invariant(self._pool, *numbers))
        for guard in guards:
            claim = implies(guard, claim)
        return claim


def _place(keys: Sequence[Term]) -> str:
    """Return where an instance is, for its name: said only of one whose keys are all numbers."""
    numbers = [str(key.data) for key in keys if key.op == "const"]
    return f"{_AT}{','.join(numbers)}" if keys and len(numbers) == len(keys) else ""


def at_numbers(name: str) -> bool:
    """Say whether a hypothesis is, by its name, an instance all of whose keys are numbers."""
    return name.startswith("invariant ") and _AT in name


def is_arbitrary(symbol: Term) -> bool:
    """Say whether a symbol stands for a goal's quantified variable."""
    return symbol.op == "var" and str(symbol.data[0]).startswith(ARBITRARY)


def _triggers(general: Term, symbol: Term) -> list[Trigger]:
    """Return where `symbol` is a function's argument in the general claim."""
    return [
        (node.data, position)
        for node in postorder((general,))
        if node.op == "apply"
        for position, argument in enumerate(node.args)
        if argument is symbol
    ]


_read: dict[Term, tuple[Term, ...]] = memo()


def _reads(term: Term) -> tuple[Term, ...]:
    """Return the applications and the arbitrary symbols that occur in a term."""
    found = _read.get(term)
    if found is None:
        nodes = postorder((term,))
        found = _read[term] = tuple(node for node in nodes if node.op == "apply" or is_arbitrary(node))
    return found


def _arbitrary(terms: Sequence[Term]) -> list[Term]:
    """Return the symbols in `terms` that stand for a goal's quantified variables."""
    return list(dict.fromkeys(node for term in terms for node in _reads(term) if node.op == "var"))


def _applications(terms: Sequence[Term]) -> dict[Trigger, list[Term]]:
    """Return every function's arguments in `terms`, by function and position."""
    found: dict[Trigger, dict[Term, None]] = {}
    for node in dict.fromkeys(node for term in terms for node in _reads(term) if node.op == "apply"):
        for position, argument in enumerate(node.args):
            found.setdefault((node.data, position), {})[argument] = None
    return {trigger: list(keys) for trigger, keys in found.items()}
