"""What the models say that a call does: the target's, and those of the contracts that it calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.check.campaign.call import Planned
from harness.check.campaign.errors import CampaignError
from harness.check.campaign.executed import ExecutedCall
from harness.check.campaign.ground import Ground
from harness.check.campaign.wire import Log
from harness.check.views.packing import Bits, OutOfRange
from harness.evm.errors import EvmError
from harness.lang import Env, ExternalCall, Revert, Step, replace

UNDEFINED = (OutOfRange, ZeroDivisionError, IndexError, OverflowError, EvmError)
"""What a model raises in states that it is not about."""

MALFORMED = Revert()
"""Calldata that does not decode, or value that is not taken, is refused without a word."""


class Predicted:
    """One call as the models have it: the states after it, and what must be seen of it.

    `output` is return or revert data, `logs` what is emitted; `bits` says by account which bits of its
    storage change. `undefined` tells why the model has no answer.
    """

    __slots__ = (
        "after",
        "before",
        "bits",
        "call",
        "companions",
        "env",
        "logs",
        "output",
        "refusal",
        "step",
        "undefined",
    )

    def __init__(self, call: Planned, env: Env, before: Any, companions: Mapping[int, Any]) -> None:
        self.call = call
        self.env = env
        self.before = before
        self.after = before
        self.companions = companions
        self.step: Step[Any] | None = None
        self.refusal: Revert | None = None
        self.output = b""
        self.logs: list[Log] = []
        self.bits: dict[int, Bits] = {}
        self.undefined = ""

    def executed(self) -> ExecutedCall:
        """Return the call as rules see it."""
        call, step, operation = self.call, self.step, self.call.operation
        signature, arguments = "", {}
        if operation is not None and call.arguments is not None and (step is not None or call.regular):
            signature = operation.function.signature
            arguments = dict(zip(operation.names, call.arguments, strict=True))
        if step is not None:
            return ExecutedCall(self.env, signature, arguments, None, step.returns, step.events, step.calls)
        refused = self.refusal or MALFORMED
        error = refused.name, refused.values
        return ExecutedCall(self.env, signature, arguments, error, accepted=not refused.by_callee)


class Predictor:
    """Runs the models of one ground."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._calls = {
            (address, one.signature or one.name): one.function
            for address, (companion, _) in ground.companions.items()
            for one in companion.calls
        }
        self._ghost = ground.spec.model.ghost

    def predict(self, call: Planned, pool: Any, companions: Mapping[int, Any]) -> Predicted:
        """Return what `call` does in the states given; raises CampaignError if the models can't say."""
        ground, operation, arguments = self._ground, call.operation, call.arguments
        env = ground.env(call.sender, call.time, call.number)
        result = Predicted(call, env, pool, companions)
        if operation is None or arguments is None or not call.regular:
            result.refusal = MALFORMED
            return result
        try:
            step = operation.model(pool, env, *arguments)
            result.step = step
            if step.events:
                address, log = ground.address, ground.events.log
                result.logs = [log(event, address) for event in step.events]
            if step.calls:
                self._settle(step.calls, env, result)
            result.output = operation.function.results.encode(step.returns)
            if not operation.is_view:
                self._conclude(step, result)
        except Revert as refusal:
            result.step = None
            result.refusal = refusal.with_traceback(None)  # frames would keep whole states alive
            result.companions = companions
            result.logs = []
            result.output = ground.refusals.encode(refusal)
        except UNDEFINED as error:
            result.undefined = f"{type(error).__name__}: {error}"
        return result

    def _settle(self, calls: tuple[ExternalCall, ...], env: Env, result: Predicted) -> None:
        """Make the target's calls in the companions' models; one refusal undoes everything."""
        ground = self._ground
        states = dict(result.companions)
        for made in calls:
            target: Any = made.target
            transition = self._calls.get((target, made.signature))
            if transition is None:
                if ground.chain.code(target):
                    raise CampaignError(
                        f"The model calls {made.signature} of {target:#x}, which no companion of the"
                        f" specification {ground.spec.name} models: add it to the Spec's `companions`."
                    )
                raise Revert(by_callee=True)
            asked = Env(env.this, env.timestamp, env.number, env.chain_id, target, env.world)
            answer = transition(states[target], asked, *made.args)
            result.logs += [ground.events.log(event, target) for event in answer.events]
            states[target] = answer.pool
        for address, state in states.items():
            bits = ground.companions[address][1].packer.changes(result.companions[address], state)
            if bits:
                result.bits[address] = bits
        result.companions = states

    def _conclude(self, step: Step[Any], result: Predicted) -> None:
        """Say what is stored after the call, and keep the ledgers."""
        before, after = result.before, step.pool
        if after is not before:
            bits = self._ground.target.packer.changes(before, after)
            if bits:
                result.bits[self._ground.address] = bits
        if self._ghost is not None:
            ghosts = self._ghost(before, result.executed(), after)
            for name, value in ghosts.items():
                if getattr(after, name) != value:
                    after = replace(after, **ghosts)
                    break
        result.after = after
