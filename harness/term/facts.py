"""What a set of known truths decides cheaply, by membership and by ranges of linear forms.

A comparison speaks about a linear form up to sign and constant (its *key*), and
says that the form lies in a range. Comparisons of one key decide each other.
This module reads terms and builds none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from harness.term.node import Bound, Term, memo

Key = tuple[tuple[Term, ...], tuple[int, ...]]


class Range(NamedTuple):
    """The integers of ``[lo, hi]`` (None = unbounded) without those in `holes`."""

    lo: Bound = None
    hi: Bound = None
    holes: frozenset[int] = frozenset()

    def meet(self, other: Range) -> Range:
        """Return the intersection, with holes at its ends cut off."""
        lo = self.lo if other.lo is None or (self.lo is not None and self.lo >= other.lo) else other.lo
        hi = self.hi if other.hi is None or (self.hi is not None and self.hi <= other.hi) else other.hi
        holes = self.holes | other.holes
        while lo is not None and lo in holes and (hi is None or lo <= hi):
            lo += 1
        while hi is not None and hi in holes and (lo is None or lo <= hi):
            hi -= 1
        return Range(lo, hi, holes)

    def empty(self) -> bool:
        """Say whether the bounds leave no integer."""
        return self.lo is not None and self.hi is not None and self.lo > self.hi

    def inside(self, other: Range) -> bool:
        """Say whether every integer of this range is surely in `other`."""
        if other.lo is not None and (self.lo is None or self.lo < other.lo):
            return False
        if other.hi is not None and (self.hi is None or self.hi > other.hi):
            return False
        return all(self._excludes(hole) for hole in other.holes)

    def _excludes(self, number: int) -> bool:
        below = self.lo is not None and number < self.lo
        above = self.hi is not None and number > self.hi
        return below or above or number in self.holes


_ranges: dict[Term, tuple[Key, Range] | None] = memo()
_facts: dict[Term, Facts] = memo()


def form_key(term: Term) -> tuple[Key, int, int]:
    """Return (key, sign, k) such that ``term = sign * form + k`` for the key's linear form."""
    if term.op != "sum":
        return ((term,), (1,)), 1, 0
    k, coefs = term.data[0], term.data[1:]
    if coefs[0] > 0:
        return (term.args, coefs), 1, k
    return (term.args, tuple(-c for c in coefs)), -1, k


def literal_range(p: Term) -> tuple[Key, Range] | None:
    """Return the key of a comparison (or a negated one) and the range it puts it in; None for others."""
    if p in _ranges:
        return _ranges[p]
    result = None
    atom = p.args[0] if p.op == "not" else p
    if atom.op in ("le", "eq"):
        key, sign, k = form_key(atom.args[0])
        result = key, _range_of(atom.op, p.op == "not", sign, k)
    _ranges[p] = result
    return result


def _range_of(op: str, negated: bool, sign: int, k: int) -> Range:
    """Return the values of a form for which ``sign * form + k`` is = 0 or <= 0 (or not)."""
    edge = -k * sign
    if op == "eq":
        return Range(None, None, frozenset((edge,))) if negated else Range(edge, edge)
    if sign > 0:
        return Range(edge + 1, None) if negated else Range(None, edge)
    return Range(None, edge - 1) if negated else Range(edge, None)


class Facts:
    """Boolean terms that hold, ready to decide others."""

    __slots__ = ("_conjunctions", "members", "ranges", "refuted")

    def __init__(self, members: Iterable[Term]) -> None:
        """Take each of `members` as true."""
        self.members = frozenset(members)
        self.refuted = frozenset(member.args[0] for member in self.members if member.op == "not")
        self.ranges: dict[Key, Range] = {}
        self._conjunctions: dict[Term, list[Term]] | None = None
        for member in self.members:
            entry = literal_range(member)
            if entry is not None:
                key, narrowed = entry
                old = self.ranges.get(key)
                self.ranges[key] = narrowed if old is None else old.meet(narrowed)

    def extended(self, members: Iterable[Term]) -> Facts:
        """Return these facts and `members`."""
        more = Facts(members)
        for key, known in self.ranges.items():
            narrowed = more.ranges.get(key)
            more.ranges[key] = known if narrowed is None else known.meet(narrowed)
        more.members |= self.members
        more.refuted |= self.refuted
        return more

    def decide(self, p: Term) -> bool | None:
        """Return the truth of `p` under the facts, or None where it is not seen cheaply."""
        if p.op in ("true", "false"):
            return p.op == "true"
        if p in self.members:
            return True
        if p in self.refuted:
            return False
        if p.op == "not":
            inner = self.decide(p.args[0])
            return None if inner is None else not inner
        if p.op == "and":
            return self._decide_all(p.args)
        return self._decide_range(p)

    def _decide_all(self, parts: tuple[Term, ...]) -> bool | None:
        every = True
        for part in parts:
            decided = self.decide(part)
            if decided is False:
                return False
            every = every and decided is True
        if every:
            return True
        return False if self._refutes_part(parts) else None

    def _refutes_part(self, parts: tuple[Term, ...]) -> bool:
        """Say whether some of `parts` together make up a conjunction that is refuted."""
        if self._conjunctions is None:
            self._conjunctions = {}
            for other in self.refuted:
                if other.op == "and":
                    self._conjunctions.setdefault(other.args[0], []).append(other)
        if not self._conjunctions:
            return False
        given = frozenset(parts)
        return any(
            given.issuperset(other.args) for part in parts for other in self._conjunctions.get(part, ())
        )

    def _decide_range(self, p: Term) -> bool | None:
        entry = literal_range(p)
        if entry is None:
            return None
        known = self.ranges.get(entry[0])
        if known is None:
            return None
        if known.inside(entry[1]):
            return True
        return False if known.meet(entry[1]).empty() else None

    def bounds(self, term: Term) -> tuple[Bound, Bound]:
        """Return bounds of an integer term, narrowed by the facts about its linear form."""
        key, sign, k = form_key(term)
        known = self.ranges.get(key)
        if known is None:
            return term.lo, term.hi
        lo, hi = (known.lo, known.hi) if sign > 0 else (_negated(known.hi), _negated(known.lo))
        holes = frozenset(sign * hole + k for hole in known.holes)
        shifted = Range(None if lo is None else lo + k, None if hi is None else hi + k, holes)
        met = shifted.meet(Range(term.lo, term.hi))
        return (term.lo, term.hi) if met.empty() else (met.lo, met.hi)


def _negated(bound: Bound) -> Bound:
    return None if bound is None else -bound


def facts_of(condition: Term) -> Facts:
    """Return the facts that `condition` states: its members if it is a conjunction."""
    facts = _facts.get(condition)
    if facts is None:
        facts = _facts[condition] = Facts(condition.args if condition.op == "and" else (condition,))
    return facts
