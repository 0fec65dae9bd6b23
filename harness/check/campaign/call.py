"""One call to be made: everything that decides what happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.check.campaign.surface import Operation


@dataclass(slots=True)  # frozen, it would take three times as long to make
class Planned:
    """A call: who, when, what.

    `arguments` is None where the calldata does not decode (`operation` is None too where it selects
    nothing); `data` is what is sent in any case. `time` is in seconds, `number` the block's,
    `value` in wei.
    """

    operation: Operation | None
    arguments: tuple[Any, ...] | None
    data: bytes
    sender: int
    time: int
    number: int
    value: int = 0

    @property
    def signature(self) -> str:
        """The function's signature, "" where nothing is selected."""
        return "" if self.operation is None else self.operation.function.signature

    @property
    def regular(self) -> bool:
        """Whether the call is one that the function's model is about."""
        if self.arguments is None or self.operation is None:
            return False
        return not self.value or self.operation.payable
