"""Claims that say nothing of some calls or states: they are not held, nor broken, for that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.check.campaign import CampaignResult, Options
from harness.check.campaign.ground import Parts
from harness.check.campaign.runner import campaign_of
from harness.check.verdict import Outcome
from harness.lang import Prop, Revert, either, invariant, rule

QUICK = Options(steps=2_000)


def outcomes(result: CampaignResult) -> dict[str, Outcome]:
    return {verdict.property: verdict.outcome for verdict in result.verdicts}


def test_a_rule_that_says_nothing_of_any_call_is_not_held(vault_parts: Parts) -> None:
    @rule("deposit")
    def asks_in_vain(before: Any, call: Any, after: Any) -> Prop:
        """Says nothing where the world refuses an answer, which it always does."""
        raise Revert

    @rule("withdraw")
    def looks_into_nothing(before: Any, call: Any, after: Any) -> Prop:
        """Says nothing of a call that fails, as that returns nothing."""
        return bool(call.succeeds) or len(call.returned()) == 0

    spec = replace(vault_parts.spec, rules=(asks_in_vain, looks_into_nothing))
    result = campaign_of("vault", replace(vault_parts, spec=spec), QUICK)
    told = outcomes(result)

    assert told["asks_in_vain"] is Outcome.UNKNOWN
    assert told["looks_into_nothing"] is Outcome.HELD
    assert 0 < result.statistics.rules["looks_into_nothing"] < result.statistics.steps


def test_what_looks_at_a_ledger_only_sometimes_is_not_told_of_a_state_that_was_written(
    vault_parts: Parts,
) -> None:
    @invariant()
    def odd_totals_were_paid_in(vault: Any) -> Prop:
        """True from deployment on; of a state that was written nobody kept the ledgers."""
        return either(
            vault.total % 2 == 0, lambda: True, lambda: vault.paid_in - vault.paid_out == vault.total
        )

    spec = replace(vault_parts.spec, invariants=(odd_totals_were_paid_in,), rules=())
    result = campaign_of("vault", replace(vault_parts, spec=spec), replace(QUICK, written=0.8))

    assert outcomes(result)["odd_totals_were_paid_in"] is Outcome.HELD
