"""Runs: what is tried, what counts, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.check.mutants import run as runner
from harness.check.mutants.equivalent import Equivalent
from harness.check.mutants.options import Options
from harness.check.mutants.result import Row, State, stale
from harness.check.mutants.run import digest, run_mutants, sampled
from harness.check.mutants.trial import Trial
from harness.check.mutants.variant import Variant, made_automatically, read_tree
from harness.check.target import Target
from harness.check.verdict import Outcome
from harness.compiler import CompilerError, compile_contract
from tests.toys.vault import SOURCE

UNIT = SOURCE.partition(":")[0]
RANDOM = Options(by="campaign", steps=2_000, keep=False)


def variant(
    vault: Target, old: str, new: str, *, automatic: bool = True, kills: tuple[str, ...] = ()
) -> Variant:
    text = vault.project.text(UNIT)
    assert text.count(old) == 1
    changed = ((UNIT, text.replace(old, new)),)
    return Variant(f"{old} to {new}", changed, kills, "It is changed.", f"{UNIT}:1", None, automatic)


def only(vault: Target, *variants: Variant, options: Options = RANDOM, **more: object) -> list[Row]:
    return list(run_mutants(vault, variants, options, **more))  # type: ignore[arg-type]


def test_a_campaign_kills_a_mutant_and_names_what_broke(vault: Target) -> None:
    (row,) = only(vault, variant(vault, "total += amount;", ""))

    assert row.state is State.KILLED
    assert {"total_is_the_sum", "model"} <= set(row.noticed)
    assert row.verdict("vault").outcome is Outcome.HELD
    trial = row.trial("campaign")
    assert trial is not None and 0 < trial.calls <= 2_000


def test_what_cannot_be_deployed_is_noticed_by_the_campaign(vault: Target) -> None:
    (row,) = only(vault, variant(vault, "keeper = keeper_;", "keeper = keeper_; require(total > 0);"))

    assert row.state is State.KILLED
    assert row.noticed == ["deployment"]


def test_a_moved_field_is_noticed_by_the_layout(vault: Target) -> None:
    moved = variant(
        vault,
        "address public keeper;\n    uint64 public total;",
        "uint64 public total;\n    address public keeper;",
    )
    (row,) = only(vault, moved)

    assert row.state is State.KILLED
    assert row.trial("layout") is not None and "layout" in row.noticed


def test_a_survivor_fails_until_it_is_explained(vault: Target) -> None:
    harmless = variant(vault, "i < 3; ++i", "i != 3; ++i")
    (row,) = only(vault, harmless, options=replace(RANDOM, steps=1))
    survivor = replace(row, state=State.SURVIVED)
    explanation = Equivalent("i < 3*", "It stops at 3.", "vault")
    (explained,) = only(vault, harmless, options=replace(RANDOM, steps=1), equivalents=[explanation])

    assert survivor.verdict("vault").outcome is Outcome.FOUND
    assert "Nothing notices it" in survivor.verdict("vault").detail
    assert explained.state is State.EXPLAINED
    assert explained.verdict("vault").outcome is Outcome.HELD
    assert "It stops at 3." in explained.verdict("vault").detail


def test_what_is_not_decided_is_no_survivor(vault: Target) -> None:
    undecided = Trial("proof", (), (), (("total_is_the_sum", "the solver gave up"),), 1.0)
    row = Row(variant(vault, "LEAST = 100", "LEAST = 101"), State.UNDECIDED, (undecided,))

    assert row.verdict("vault").outcome is Outcome.UNKNOWN
    assert "the solver gave up" in row.verdict("vault").detail


def test_mutants_that_do_not_compile_or_change_nothing_do_not_count_unless_made_by_hand(
    vault: Target,
) -> None:
    syntax = variant(vault, "total += amount;", "total +")
    comment = variant(vault, "// A vault to try", "// A vault that tries")
    rows = only(vault, syntax, comment, replace(syntax, automatic=False), replace(comment, automatic=False))

    assert [row.state for row in rows] == [State.STILLBORN, State.SAME, State.STILLBORN, State.SAME]
    assert [row.counts for row in rows] == [False, False, True, True]
    assert {row.verdict("vault").outcome for row in rows[2:]} == {Outcome.FOUND}
    assert "Error" in rows[0].note


def test_automatic_mutants_of_one_bytecode_are_tried_once(vault: Target) -> None:
    one = variant(vault, "LEAST = 100", "LEAST = 101")
    other = variant(vault, "LEAST = 100", "LEAST =  101")
    rows = only(vault, one, other, options=replace(RANDOM, steps=100))

    assert [row.state for row in rows if row.variant is other] == [State.SAME]
    assert f"bytecode of {one.name}" in rows[0].note


def test_the_digest_sees_constructors_and_overlooks_comments(vault: Target) -> None:
    def made(old: str, new: str) -> str:
        project = vault.project.changed(dict(variant(vault, old, new).texts))
        return digest(compile_contract(project, vault.contract, vault.settings))

    plain = digest(compile_contract(vault.project, vault.contract, vault.settings))
    assert made("// A vault to try", "// Another") == plain
    assert made("keeper = keeper_;", "keeper = msg.sender;") != plain


def test_what_a_mutant_should_have_broken_and_did_not_is_reported(vault: Target) -> None:
    wanted = variant(
        vault, "total += amount;", "", automatic=False, kills=("total_is_the_sum", "savings_have_a_date")
    )
    proof = Trial("proof", (("total_is_the_sum", Outcome.REFUTED),), ("savings_have_a_date",), (), 1.0)
    verdict = Row(wanted, State.KILLED, (proof,), claimed=frozenset(wanted.kills)).verdict("vault")

    assert verdict.outcome is Outcome.FOUND
    assert "`savings_have_a_date` should notice it, and holds." in verdict.detail


def test_an_automatic_mutant_is_done_with_the_first_that_notices_or_explains_it(
    vault: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    differs = (("visit(uint8)", "it fails"),)

    def says(function: str, trial: Trial) -> None:
        def stub(*_: object) -> Trial:
            tried.append(trial.by)
            return trial

        monkeypatch.setattr(runner, function, stub)

    def tried_on(automatic: bool = True) -> tuple[list[str], State]:
        tried.clear()
        mutant = variant(vault, "LEAST = 100", "LEAST = 101", automatic=automatic)
        (row,) = only(vault, mutant, options=Options(keep=False))
        return list(tried), row.state

    noticed = (("one", Outcome.REFUTED),)
    says("execute", Trial("campaign", noticed, (), (), 0.0))
    says("compare", Trial("comparison", (), (), (), 0.0))
    says("decide", Trial("proof", noticed, (), (), 0.0))
    assert tried_on() == (["campaign"], State.KILLED)
    assert tried_on(automatic=False) == (["campaign", "proof"], State.KILLED)

    says("execute", Trial("campaign", (), (), (), 0.0))
    assert tried_on() == (["campaign", "comparison"], State.EQUAL)

    says("compare", Trial("comparison", (), (), (), 0.0, different=differs))
    assert tried_on() == (["campaign", "comparison", "proof"], State.KILLED)

    says("decide", Trial("proof", (), (), (), 0.0))
    whole = ["campaign", "comparison", "proof", "campaign"]
    assert tried_on() == (whole, State.SURVIVED), "a short campaign, and a whole one where nothing else helps"

    says("compare", Trial("comparison", (), (), (("visit(uint8)", "it gave up"),), 0.0))
    assert tried_on() == (whole, State.SURVIVED), "that it is not known to be equal leaves nothing undecided"


def test_what_goes_wrong_in_one_trial_leaves_the_others(
    vault: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> Trial:
        raise CompilerError("no campaign today")

    monkeypatch.setattr(runner, "execute", failing)
    monkeypatch.setattr(runner, "decide", lambda *_: Trial("proof", (), ("one",), (), 0.0))
    (row,) = only(vault, variant(vault, "LEAST = 100", "LEAST = 101"), options=Options(keep=False))

    assert row.state is State.UNDECIDED
    assert "no campaign today" in row.verdict("vault").detail


def test_a_sample_is_drawn_by_its_seed_and_kept_in_order(vault: Target) -> None:
    made = made_automatically(read_tree(vault))
    drawn = sampled(made, Options(sample=10, seed=3))

    assert drawn == sampled(made, Options(sample=10, seed=3)) != sampled(made, Options(sample=10, seed=4))
    assert [made.index(one) for one in drawn] == sorted(made.index(one) for one in drawn)
    assert sampled(made, Options()) == made == sampled(made, Options(sample=10_000))


def test_an_explanation_of_what_is_noticed_is_out_of_date(vault: Target) -> None:
    killed = Row(variant(vault, "LEAST = 100", "LEAST = 101"), State.KILLED)
    listed = [Equivalent("LEAST*", "So be it.", "vault"), Equivalent("DELAY*", "So be it.", "vault")]

    (verdict,) = stale(listed, vault, [killed], whole=False)
    assert verdict.outcome is Outcome.FOUND and "something notices LEAST = 100" in verdict.detail
    assert len(list(stale(listed, vault, [killed], whole=True))) == 2


def test_workers_make_no_difference(vault: Target) -> None:
    mutants = [variant(vault, "total += amount;", ""), variant(vault, "LEAST = 100", "LEAST = 101")]

    def outcomes(workers: int) -> set[tuple[str, State, tuple[str, ...]]]:
        rows = only(vault, *mutants, options=replace(RANDOM, workers=workers))
        return {(row.variant.name, row.state, tuple(row.noticed)) for row in rows}

    assert outcomes(1) == outcomes(2)


WHOLE, SHORT = Trial("campaign", (), (), (), 1.0, 50_000), Trial("campaign", (), (), (), 1.0, 500)
MET = Trial("campaign", (("model", Outcome.DIVERGED),), (), (), 1.0, 7)


@pytest.mark.parametrize(
    ("trial", "unreached", "staged", "words"),
    [
        (WHOLE, "", True, "say why in a line `Unreached:`"),
        (WHOLE, "It is far.", True, ""),
        (WHOLE, "It is far.", False, "but `total_is_the_sum` breaks among"),
        (SHORT, "", False, ""),
        (MET, "", False, ""),
        (MET, "It is far.", True, "after 7 calls"),
    ],
)
def test_what_no_campaign_meets_has_its_reason_and_what_one_meets_has_none(
    vault: Target, trial: Trial, unreached: str, staged: bool, words: str
) -> None:
    """The reason must be one: that other contracts would have to answer as no deployed one does."""
    known = variant(vault, "total += amount;", "", automatic=False, kills=("total_is_the_sum",))
    broken = "total_is_the_sum"
    proof = Trial("proof", ((broken, Outcome.REFUTED),), (), (), 1.0, staged=(broken,) * staged)
    row = Row(
        replace(known, unreached=unreached), State.KILLED, (trial, proof), claimed=frozenset(known.kills)
    )

    verdict = row.verdict("vault")
    assert verdict.outcome is (Outcome.FOUND if words else Outcome.HELD)
    assert words in verdict.detail


@pytest.mark.parametrize(("broken", "outcome"), [("other", Outcome.UNKNOWN), ("a", Outcome.HELD)])
def test_one_of_the_named_properties_must_be_proved_wrong(
    vault: Target, broken: str, outcome: Outcome
) -> None:
    """That something else notices it is not enough; that a solver gives up on one of several is no harm."""
    known = variant(vault, "total += amount;", "", automatic=False, kills=("a", "b"))
    proof = Trial("proof", ((broken, Outcome.REFUTED),), (), (("b", "it gave up"),), 1.0)
    verdict = Row(known, State.KILLED, (proof,), claimed=frozenset(known.kills)).verdict("vault")

    assert verdict.outcome is outcome
    assert ("b: it gave up" in verdict.detail) is (outcome is Outcome.UNKNOWN)


def test_proof_goes_on_until_every_named_property_has_broken(vault: Target) -> None:
    named = ("total_is_the_sum", "money_is_accounted_for")
    known = variant(vault, "total -= amount;", "", automatic=False, kills=named)
    (row,) = only(vault, known, options=Options(by="proof", keep=False))

    proof = row.trial("proof")
    assert proof is not None and set(named) <= {name for name, _ in proof.noticed}
    assert row.verdict("vault").outcome is Outcome.HELD
