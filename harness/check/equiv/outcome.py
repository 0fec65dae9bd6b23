"""A transition's paths put together: what the model says that a call does, as the prover says it of a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from harness.check.equiv import encode
from harness.check.equiv.explore import Leaf
from harness.check.views.symbolic import SymbolicTable
from harness.evm.abi import Abi, Function
from harness.lang import Int, Revert, Step, ite
from harness.lang.record import replace as changed
from harness.symbolic import data, pieces, trace
from harness.symbolic.data import EMPTY, Data, Known
from harness.symbolic.result import PostState
from harness.term.core import FALSE, TRUE, Term, and_, or_
from harness.term.core import ite as choose
from harness.term.symbol import term_of, truth


@dataclass(frozen=True, slots=True)
class Refusals:
    """Revert data, and when the model refuses with it."""

    condition: Term
    data: Data


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model says of one call, all paths in one.

    `pool`, `output` and `trace` are meant where `success` holds (`pool` is None where that is nowhere);
    elsewhere exactly one of the `refusals` holds.
    """

    success: Term
    pool: Any
    output: Data
    trace: trace.Trace
    refusals: tuple[Refusals, ...] = ()


class Writer:
    """Puts a function's leaves together, in the words of a contract's ABI."""

    def __init__(self, abi: Abi, function: Function, result: PostState) -> None:
        self._abi = abi
        self._types = [output.type for output in function.outputs]
        self._result = result

    def outcome(self, leaves: Sequence[Leaf], given: int = 0) -> Outcome:
        """Return the outcome of all leaves, whose paths have the first `given` conditions in common.

        Raises:
            EquivError: if what the model returns, emits or refuses with is not in the ABI.
        """
        return replace(self._tree(leaves, given), refusals=self._refusals(leaves, given))

    def _tree(self, leaves: Sequence[Leaf], depth: int) -> Outcome:
        """Put leaves together that share the first `depth` conditions."""
        if len(leaves) == 1:
            return self._leaf(leaves[0].end)
        condition = leaves[0].path.conditions[depth]
        inside = [leaf for leaf in leaves if leaf.path.conditions[depth] is condition]
        outside = [leaf for leaf in leaves if leaf.path.conditions[depth] is not condition]
        return _chosen(condition, self._tree(inside, depth + 1), self._tree(outside, depth + 1))

    def _leaf(self, end: Step[Any] | Revert) -> Outcome:
        if isinstance(end, Revert):
            return Outcome(FALSE, None, EMPTY, ())
        this = self._result.world.address
        events = [encode.event(one, self._abi, this) for one in end.events]
        calls = [encode.call(one, self._result.before) for one in end.calls]
        output = Known(pieces.of_words(encode.words(end.returns, self._types)))
        return Outcome(TRUE, end.pool, output, (*events, *calls))

    def _refusals(self, leaves: Sequence[Leaf], given: int) -> tuple[Refusals, ...]:
        """Return the ways to refuse, each with all paths that lead there."""
        ends: dict[tuple[Any, ...], tuple[list[Term], Data]] = {}
        for leaf in leaves:
            if isinstance(leaf.end, Revert):
                key = (leaf.end.name, *map(term_of, leaf.end.values))
                found = ends.setdefault(key, ([], encode.refusal(leaf.end, self._abi)))
                found[0].append(and_(*leaf.path.conditions[given:]))
        return tuple(Refusals(or_(*conditions), found) for conditions, found in ends.values())


def _chosen(condition: Term, left: Outcome, right: Outcome) -> Outcome:
    """Return `left` where the condition holds, else `right`."""
    success = choose(condition, left.success, right.success)
    if left.success is FALSE:
        return replace(right, success=success)
    if right.success is FALSE:
        return replace(left, success=success)
    return Outcome(
        success,
        _pool(condition, left.pool, right.pool),
        data.choose(condition, left.output, right.output),
        trace.merge(condition, left.trace, right.trace),
    )


def _pool(condition: Term, left: Any, right: Any) -> Any:
    """Choose between two states field by field."""
    changes = {}
    for field in fields(left):
        one, other = getattr(left, field.name), getattr(right, field.name)
        if one is not other:
            changes[field.name] = _field(condition, one, other)
    return changed(left, **changes)


def _field(condition: Term, left: Any, right: Any) -> Any:
    if not isinstance(left, SymbolicTable):
        return ite(truth(condition), left, right)

    def read(key: Int) -> Any:
        return ite(truth(condition), left[key], right[key])

    keys = {term_of(key): key for key in (*left.written, *right.written)}
    return SymbolicTable(read, left.sums, left.root, list(keys.values()))


