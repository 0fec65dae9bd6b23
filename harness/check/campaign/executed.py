"""An executed call as rules see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from harness.lang import Call, Env, ExternalCall, Int, Prop


class ExecutedCall(Call):
    """What was observed of one call: on the EVM, or by the model where both agree.

    `error` is (name, arguments) of the refusal, None where the call succeeded; `returns`, `events` (as
    the specification's records) and `calls` are what it did. `function` is the ABI's signature, "" for
    calldata that selects nothing or does not decode.
    """

    __slots__ = ("_accepted", "_env", "arguments", "calls", "error", "events", "function", "returns")

    def __init__(
        self,
        env: Env,
        function: str,
        arguments: Mapping[str, Any],
        error: tuple[str, tuple[Any, ...]] | None,
        returns: tuple[Any, ...] = (),
        events: tuple[Any, ...] = (),
        calls: tuple[ExternalCall, ...] = (),
        accepted: bool = True,
    ) -> None:
        self._env = env
        self._accepted = accepted
        self.function = function
        self.arguments = arguments
        self.error = error
        self.returns = returns
        self.events = events
        self.calls = calls

    @property
    def name(self) -> str:
        """The function's name, "" where nothing is selected."""
        return _name_of(self.function)

    @property
    def env(self) -> Env:
        """The call's surroundings."""
        return self._env

    @property
    def succeeds(self) -> Prop:
        """The call did not revert."""
        return self.error is None

    @property
    def accepted(self) -> Prop:
        """No contract that was called refused."""
        return self._accepted

    def reverts_with(self, name: str, *args: Int) -> Prop:
        """The call reverted with exactly this error, raised by the contract itself."""
        return self.error == (name, args) and self._accepted

    def returned(self, position: int = 0) -> Any:
        """Return the return value at `position`; 0 where the call failed."""
        return self.returns[position] if self.returns else 0

    def emitted(self, event: Any) -> Prop:
        """The contract emitted this event."""
        return event in self.events

    def emits_only(self, *events: Any) -> Prop:
        """The contract emitted exactly these events in this order."""
        return self.events == events

    def sent(self, signature: str, amount: Callable[..., Int]) -> Int:
        """Return the sum of ``amount(*args)`` over the calls made to function `signature`."""
        result: Int = 0
        for call in self.calls:
            if call.signature == signature:
                result = result + amount(*call.args)
        return result

    def is_call_of(self, *functions: str) -> Prop:
        """The call is one of these functions."""
        return self.function in functions or self.name in functions

    def argument(self, name: str) -> Int:
        """Return the argument with this name; 0 where there is none."""
        found = self.arguments.get(name, 0)
        return int(found) if isinstance(found, bool) else found


@lru_cache(maxsize=1024)
def _name_of(signature: str) -> str:
    return signature.partition("(")[0]
