"""What a set of known truths decides cheaply, by membership and by ranges of linear forms.

This module reads terms and builds none.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.term.node import FALSE, TRUE, Bound, Term, memo
from harness.term.ranges import Key, Range, form_key, literal_range
from harness.term.touch import asked_bits, condition_bit, only_bit

_facts: dict[Term, Facts] = memo()


class Facts:
    """Boolean terms that hold, ready to decide others.

    Facts may extend others (`before`). `simplified` is for `harness.term.context` to remember what it made
    of terms.
    """

    __slots__ = (
        "_about", "_by_first", "_decided", "_new", "_news", "_ranges",
        "before", "members", "refuted", "simplified",
    )  # fmt: skip

    members: frozenset[Term]
    refuted: frozenset[Term]

    def __init__(self, members: Iterable[Term] = (), before: Facts | None = None) -> None:
        """Take each of `members` as true, beside what was true `before`."""
        self.before = before
        new = list(dict.fromkeys(members))
        if before is None:
            self.members = frozenset(new)
        else:
            new = [member for member in new if member not in before.members]
            self.members = before.members.union(new)
        refuted = [member.args[0] for member in new if member.op == "not"]
        self.refuted = frozenset(refuted) if before is None else before.refuted.union(refuted)
        self._new = new
        self._about: int | None = None
        self._news: int | None = None
        self._ranges: dict[Key, Range] | None = None
        self._by_first: dict[Term, list[Term]] | None = None
        self._decided: dict[Term, bool | None] = {}
        self.simplified: dict[Term, Term] = {}

    @property
    def ranges(self) -> dict[Key, Range]:
        """The ranges that comparisons among the members put linear forms in; mostly nobody asks."""
        if self._ranges is None:
            for facts in self.stages():
                if facts._ranges is None:
                    facts._ranges = facts.before.ranges.copy() if facts.before is not None else {}
                    for member in facts._new:
                        _note(facts._ranges, member)
        assert self._ranges is not None
        return self._ranges

    @property
    def about(self) -> int:
        """The bits of what these facts can decide; see `touch`."""
        if self._about is None:
            self._about = self.before.about if self.before is not None else 0
            for member in self._new:
                self._about |= condition_bit(member)
        return self._about

    @property
    def news(self) -> int:
        """The bits of what these facts can have a say in, and those that they extend not; see `touch`."""
        if self._news is None:
            self._news = 0
            for member in self._new:
                self._news |= condition_bit(member) | self._only_bit(member)
        return self._news

    def _only_bit(self, member: Term) -> int:
        """Return the bit of a symbol, or of a function somewhere, that a new comparison leaves one number."""
        entry = literal_range(member)
        if entry is None or not isinstance(entry[0], Term):
            return 0
        lo, hi = self.bounds(entry[0])
        return only_bit(entry[0]) if lo is not None and lo == hi else 0

    def extended(self, members: Iterable[Term]) -> Facts:
        """Return these facts and `members`."""
        return Facts(members, self)

    def stages(self) -> list[Facts]:
        """Return the facts that these extend, and these, the first ones first."""
        found = [self]
        while (before := found[-1].before) is not None:
            found.append(before)
        return found[::-1]

    def decide(self, p: Term) -> bool | None:
        """Return the truth of `p` under the facts, or None where it is not seen cheaply."""
        if p in self._decided:
            return self._decided[p]
        if p is TRUE or p is FALSE:
            return p is TRUE
        if p in self.members:
            decided: bool | None = True
        elif p in self.refuted:
            decided = False
        elif not self.about & asked_bits(p):
            decided = None
        elif p.op == "not":
            inner = self.decide(p.args[0])
            decided = None if inner is None else not inner
        elif p.op == "and":
            decided = self._decide_all(p.args)
        else:
            decided = self._decide_range(p)
        if self.members:  # facts that say nothing outlive the terms, and need not remember them
            self._decided[p] = decided
        return decided

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
        if self._by_first is None:
            self._by_first = {}
            for other in self.refuted:
                if other.op == "and":
                    self._by_first.setdefault(other.args[0], []).append(other)
        if not self._by_first:
            return False
        given = frozenset(parts)
        return any(given.issuperset(other.args) for one in parts for other in self._by_first.get(one, ()))

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
        if term.op == "const" or not self.members:
            return term.lo, term.hi
        key, sign, k = form_key(term)
        known = self.ranges.get(key)
        if known is None:
            return term.lo, term.hi
        if sign < 0:
            lo, hi = _negated(known.hi), _negated(known.lo)
        else:
            lo, hi = known.lo, known.hi
        holes = frozenset(sign * hole + k for hole in known.holes)
        shifted = Range(None if lo is None else lo + k, None if hi is None else hi + k, holes)
        met = shifted.meet(Range(term.lo, term.hi))
        return (term.lo, term.hi) if met.empty() else (met.lo, met.hi)


def _note(ranges: dict[Key, Range], member: Term) -> None:
    """Put a comparison into the ranges."""
    entry = literal_range(member)
    if entry is not None:
        key, narrowed = entry
        old = ranges.get(key)
        ranges[key] = narrowed if old is None else old.meet(narrowed)


def _negated(bound: Bound) -> Bound:
    return None if bound is None else -bound


def facts_of(condition: Term) -> Facts:
    """Return the facts that `condition` states: its members if it is a conjunction."""
    facts = _facts.get(condition)
    if facts is None:
        facts = _facts[condition] = Facts(condition.args if condition.op == "and" else (condition,))
    return facts
