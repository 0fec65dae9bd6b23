"""What a model says at the end of one path, in the words of a contract's ABI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.check.equiv import encode
from harness.check.prove.subject import Execution
from harness.lang import Revert, Step
from harness.symbolic import pieces, trace
from harness.symbolic.data import Known


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a path: return data, or revert data where the model refuses (`pool` is then None)."""

    pool: Any | None
    output: Known
    trace: trace.Trace = ()

    @property
    def refuses(self) -> bool:
        """The model reverts."""
        return self.pool is None


def outcome(end: Step[Any] | Revert, execution: Execution) -> Outcome:
    """Return what a path's end means.

    Raises:
        EquivError: if what the model returns, emits or refuses with is not in the ABI.
    """
    abi = execution.subject.abi
    if isinstance(end, Revert):
        return Outcome(None, encode.refusal(end, abi))
    assert execution.function is not None
    types = [output.type for output in execution.function.outputs]
    this, storage = execution.result.world.address, execution.result.before
    events = [encode.event(one, abi, this) for one in end.events]
    calls = [encode.call(one, storage) for one in end.calls]
    return Outcome(end.pool, Known(pieces.of_words(encode.words(end.returns, types))), (*events, *calls))
