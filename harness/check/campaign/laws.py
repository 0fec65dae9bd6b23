"""The rules, evaluated on executed calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from harness.check.campaign.claims import values_of
from harness.check.campaign.executed import ExecutedCall
from harness.check.campaign.finding import Finding
from harness.check.campaign.ground import Ground
from harness.check.views.arguments import require_arguments
from harness.check.views.packing import OutOfRange
from harness.lang import EVERY_FUNCTION, Domain, Revert, Rule

SILENT = (TypeError, IndexError)
"""What a rule raises that looks into the return values of a call that has none."""

_SAMPLE = 12


class Laws:
    """Every rule of a specification, and others `besides`, by the function that it is about."""

    def __init__(self, ground: Ground, besides: Sequence[Rule] = ()) -> None:
        """Take the rules of the ground's specification. Raises UnknownName for an argument there is not."""
        require_arguments(ground.spec, ground.abi.functions.values())
        self._ground = ground
        self._laws = (*ground.spec.rules, *besides)
        self._about: dict[str, list[tuple[Rule, list[str], list[str], list[Domain]]]] = {}
        self._values: dict[Domain, Sequence[int]] = {}
        self.evaluated: dict[str, int] = {}

    def broken(
        self, step: int, before: Any, call: ExecutedCall, after: Any, whole: bool = False
    ) -> Iterator[Finding]:
        """Yield the rules that a call breaks.

        Quantified rules are evaluated at the keys that the call is about and at a few others, with `whole`
        at every known key.
        """
        for rule, arguments, names, domains in self._rules(call):
            given = {name: call.argument(name) for name in arguments}
            for keys in product(*[self._keys(domain, call, step, whole) for domain in domains]):
                values = dict(zip(names, keys, strict=True)) | given
                holds = self._holds(rule, before, call, after, values)
                if holds is not None:
                    self.evaluated[rule.name] = self.evaluated.get(rule.name, 0) + 1
                if holds is False:
                    yield Finding(step, rule.name, keys=dict(zip(names, keys, strict=True)))
                    break

    def _holds(
        self, rule: Rule, before: Any, call: ExecutedCall, after: Any, values: dict[str, Any]
    ) -> bool | None:
        """Return whether a rule holds; None where it says nothing, as where the world refuses an answer.

        Nor does it say anything of a state that points outside an array: no state that obeys the invariants
        does.
        """
        try:
            return bool(rule.predicate(before, call, after, **values))
        except (Revert, OutOfRange):
            return None
        except SILENT as lacking:
            if call.error is not None:
                return None
            if not isinstance(lacking, IndexError):
                raise
            return False  # a call that succeeded returned less than the rule looks into

    def _rules(self, call: ExecutedCall) -> list[tuple[Rule, list[str], list[str], list[Domain]]]:
        """Return the rules about a call; of each the arguments and the quantified names that it speaks of."""
        found = self._about.get(call.function)
        if found is None:
            found = self._about[call.function] = [
                (
                    rule,
                    [name for name, domain in rule.parameters if domain is None],
                    [name for name, _ in rule.quantified],
                    [domain for _, domain in rule.quantified],
                )
                for rule in self._laws
                if EVERY_FUNCTION in rule.functions or (call.function and call.is_call_of(*rule.functions))
            ]
        return found

    def _keys(self, domain: Domain, call: ExecutedCall, step: int, whole: bool) -> Sequence[int]:
        every = self._values.get(domain)
        if every is None:
            every = self._values[domain] = values_of(domain, self._ground.addresses)
        if whole or len(every) <= _SAMPLE:
            return every
        named = [call.env.sender, *call.arguments.values()]
        near = [value for value in named if isinstance(value, int) and domain.low <= value <= domain.high]
        offset = step % len(every)
        few = [every[(offset + place * (len(every) // 4)) % len(every)] for place in range(4)]
        return list(dict.fromkeys([*near, *few]))
