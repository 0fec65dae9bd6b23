"""That two contracts do the same also where those whom they call, call back.

Both are executed with others that leave arbitrary storage, the same in both. That is the truth if, whenever
an order is given, both show the same storage: then whoever is ordered sees the same, orders the same of each,
and leaves the same, by induction over how deep such calls lie in each other. What others answer without an
order depends on what they see, too, should they ask back; so where they are asked, the same is shown as well,
but for the views that the specification knows: it takes them to answer by their arguments alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from harness.check.equiv.claims import ACTS, RETURNS, REVERTS, STORES, SUCCEEDS
from harness.check.equiv.meet import Meeting
from harness.check.equiv.narrow import Change
from harness.check.equiv.pair import ASKS, Claim, PairClaims
from harness.check.equiv.relate import Related
from harness.check.prove.prover import Prover
from harness.check.prove.subject import Execution
from harness.check.prove.summary import orders
from harness.lang import Rule
from harness.symbolic.storage import Storage
from harness.symbolic.world import Request
from harness.term.core import FALSE, Term, and_, eq, var

NUMBERED = "orders_are_numbered_alike"
"""The claim that what others leave has one name in both contracts only where it is left after one order."""

SHOWS = "shows_others_alike"
"""The claim that whoever is given an order, or asked, finds the same storage in both contracts."""

CLAIMS = (ASKS, NUMBERED, SHOWS, SUCCEEDS, REVERTS, RETURNS, ACTS, STORES)
"""What is claimed, in order."""

Side = tuple[Sequence[Request], Change]
"""What one contract asked of others, and what makes its terms those that both share."""


class ReenteredClaims(PairClaims):
    """The claims about executions of which `asked` is what each side asked of others that may call back."""

    def __init__(
        self,
        left: Execution,
        related: Related,
        prover: Prover,
        source: Rule,
        asked: tuple[Sequence[Request], Sequence[Request]],
    ) -> None:
        super().__init__(left, related, prover, Meeting(), source)
        self._mine, self._theirs = (asked[0], related.mine), (asked[1], related.theirs)
        self._claims |= {NUMBERED: self._numbered, SHOWS: self._shows, STORES: self._leaves}

    def _numbered(self) -> Iterator[Claim]:
        for one, other in product(_orders(self._mine), _orders(self._theirs)):
            if one[0].ordinal == other[0].ordinal:
                yield Claim(_both(one, other), _at_once(one, other))

    def _shows(self) -> Iterator[Claim]:
        mine, theirs = _questions(self._mine), _questions(self._theirs)
        pairs = [*product(_orders(self._mine), _orders(self._theirs)), *combinations([*mine, *theirs], 2)]
        for one, other in pairs:
            same = _everywhere(one[0].storage, one[1], other[0].storage, other[1])
            yield Claim((*_both(one, other), _at_once(one, other)), same)

    def _leaves(self) -> Iterator[Claim]:
        left, right, pair = self._left, self._right, self._related
        same = _everywhere(left.storage, pair.mine, right.storage, pair.theirs)
        if left.transient.labels.regions() or right.transient.labels.regions():
            same = FALSE  # what is shown of that is not known
        yield self._on_success(same)


Asked = tuple[Request, Change]


def _orders(side: Side) -> list[Asked]:
    requests, change = side
    return [(one, change) for one in requests if one.kind != "STATICCALL"]


def _questions(side: Side) -> list[Asked]:
    requests, change = side
    return [(one, change) for one in requests if one.kind == "STATICCALL"]


def _both(one: Asked, other: Asked) -> tuple[Term, ...]:
    """Return that one call comes to both."""
    return tuple(change(request.path.condition) for request, change in (one, other))


def _at_once(one: Asked, other: Asked) -> Term:
    """Return that as many orders were given before the one as before the other."""
    before, there = (change(orders(request.earlier)) for request, change in (one, other))
    return eq(before, there)


def _everywhere(left: Storage, mine: Change, right: Storage, theirs: Change) -> Term:
    """Return that two storages under one layout hold the same, wherever one looks."""
    regions = left.labels.regions()
    if left.labels is not right.labels or not regions:
        return FALSE
    claims = []
    for region in regions:
        keys = tuple(var(f"anywhere {region} {place}") for place in range(region.arity))
        claims.append(eq(mine(left.log(region).read(keys)), theirs(right.log(region).read(keys))))
    return and_(*claims)
