"""The known bugs in contracts/mutants: each applies, changes the code, and is claimed by a property."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from harness.check.mutants.comparison import Unchanged, compare
from harness.check.mutants.equivalent import load_equivalents
from harness.check.mutants.mutant import LAYOUT, Mutant, load_mutants
from harness.check.mutants.options import Options
from harness.check.mutants.run import digest, run_mutants
from harness.check.mutants.trial import execute
from harness.check.mutants.variant import made_automatically, made_by_hand, read_tree
from harness.check.target import Target
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.compiler import Project, Settings, compile_contract
from harness.report.mutants import AUTOMATIC, FILE

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "contracts" / "mutants"
TARGETS = {target.name: target for target in load_targets((), Tree(config=ROOT / "pyproject.toml"))}
MUTANTS = load_mutants(FOLDER)
QUICK = Settings("0.8.30", optimizer=False)
"""Whether code differs shows without the optimiser, five times faster."""


def about(target: Target) -> list[Mutant]:
    return [mutant for mutant in MUTANTS if target.spec.name in mutant.targets]


def code(target: Target, project: Project) -> str:
    return digest(compile_contract(project, target.contract, QUICK))


@lru_cache
def original(name: str) -> str:
    return code(TARGETS[name], TARGETS[name].project)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.targets[0]}-{mutant.name}")
def test_every_mutant_compiles_to_other_code(mutant: Mutant) -> None:
    target = TARGETS[mutant.targets[0]]
    changed = mutant.applied(target.project)

    assert code(target, changed) != original(target.name) or mutant.kills == (LAYOUT,)


@pytest.mark.parametrize("name", TARGETS)
def test_every_mutant_applies_to_each_of_its_targets_and_names_a_property_of_it(name: str) -> None:
    target = TARGETS[name]

    for mutant in about(target):
        mutant.applied(target.project)
        assert claims(name) & set(mutant.kills), mutant.name


def test_every_property_that_a_mutant_names_exists() -> None:
    for mutant in MUTANTS:
        known = {one.name for name in mutant.targets for one in TARGETS[name].spec.properties}
        assert set(mutant.kills) - {LAYOUT} <= known, mutant.name


@pytest.mark.parametrize("name", TARGETS)
def test_every_property_has_a_mutant_that_it_must_notice(name: str) -> None:
    target = TARGETS[name]
    named = {kill for mutant in about(target) for kill in mutant.kills}

    assert [one.name for one in target.spec.properties if one.name not in named] == []


@pytest.mark.parametrize("name", TARGETS)
def test_mutants_that_a_property_says_it_kills_say_so_too(name: str) -> None:
    target = TARGETS[name]
    mutants = {mutant.name: mutant for mutant in about(target)}
    elsewhere = {mutant.name for mutant in MUTANTS}

    for one in target.spec.properties:
        assert one.kills, f"{one.name} names no mutant"
        assert set(one.kills) <= elsewhere, one.name
        for kill in set(one.kills) & mutants.keys():
            assert one.name in mutants[kill].kills, f"{kill} does not name {one.name}"


def test_there_are_mutants_enough_for_each_target() -> None:
    assert all(len(about(target)) >= 40 for target in TARGETS.values())


def test_sentences_and_reasons_are_sentences() -> None:
    for mutant in MUTANTS:
        for text in (mutant.sentence, mutant.reason):
            assert (text[0].isupper() or text[0] == "`") and text.endswith("."), mutant.name


def test_every_explanation_of_an_equivalent_mutant_is_about_one() -> None:
    for one in load_equivalents(FOLDER / "equivalent.toml"):
        names = [name for name in TARGETS if one.target in (None, name)]
        made = [v.name for name in names for v in made_automatically(read_tree(TARGETS[name]))]
        assert any(one.explains(names[0], each) for each in made), one.pattern


RUNS = FILE.read((FOLDER / "results.json").read_text(encoding="utf-8"), "results.json")


@pytest.mark.parametrize("run", RUNS)
def test_recorded_results_are_of_the_mutants_that_there_are_and_none_is_left_open(run: str) -> None:
    """What a run takes long to find is kept; which mutants there are is known at once."""
    maker, _, name = run.partition(" ")
    rows = RUNS[run]["mutants"]

    if maker == AUTOMATIC:
        assert rows.keys() <= {one.name for one in made_automatically(read_tree(TARGETS[name]))}
    else:
        assert {(key, row["sentence"], tuple(row["names"])) for key, row in rows.items()} == {
            (one.name, one.sentence, tuple(kill for kill in one.kills if kill in claims(name)))
            for one in about(TARGETS[name])
        }
    assert {row["state"] for row in rows.values()} <= {"killed", "proved equal", "equivalent"}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize(
    ("unit", "statement"),
    [("EssentialContract", "__Ownable_init(msg.sender);"), ("Proxied", "_disableInitializers();")],
)
def test_what_deployment_fails_to_do_is_noticed_before_the_first_call(
    name: str, unit: str, statement: str
) -> None:
    """No property speaks of the first owner, nor is an implementation that anybody owns the pool."""
    target = TARGETS[name]
    unit = f"contracts/common/{unit}.sol"
    text = target.project.text(unit).replace(statement, "")
    drafted = replace(target, project=target.project.changed({unit: text}), settings=QUICK)
    found = execute(drafted, Options(steps=100))

    assert [noticed for noticed, _ in found.noticed] == ["model"] and found.calls == 0


def test_a_list_that_is_empty_breaks_the_rules_that_look_into_it() -> None:
    target = TARGETS["v3"]
    unit = "contracts/v3/ProverPool.sol"
    text = target.project.text(unit).replace("MAX_NUM_PROVERS = 32", "MAX_NUM_PROVERS = 0")
    drafted = replace(target, project=target.project.changed({unit: text}), settings=QUICK)
    found = execute(drafted, Options(steps=2_000))

    assert {"model", "slots_are_listed_with_their_owners"} <= {name for name, _ in found.noticed}


@pytest.mark.parametrize(
    ("mutant", "equal"),
    [
        ("EssentialContract._initEssential:deleted_statement:2", False),
        ("EssentialContract._initEssential:deleted_guard:1", True),
    ],
)
def test_what_only_the_initialiser_does_otherwise_is_not_taken_for_equal(mutant: str, equal: bool) -> None:
    """By the invariants it never succeeds again: so that comparing the functions would not do."""
    target = TARGETS["v3"]
    chosen = next(one for one in made_automatically(read_tree(target)) if one.name == mutant)
    project = target.project.changed(dict(chosen.texts))
    mutated = compile_contract(project, target.contract, target.settings)

    assert compare(Unchanged(target), chosen, mutated, Options()).equal is equal


def claims(name: str) -> set[str]:
    return {LAYOUT, *(one.name for one in TARGETS[name].spec.properties)}


@pytest.mark.parametrize(
    ("name", "mutant"),
    [("v1", "leave_without_a_slot"), ("v2", "assign_for_anyone"), ("v3", "exit_keeps_prover_id")],
)
def test_a_known_bug_is_noticed_by_what_it_names_and_by_a_campaign(name: str, mutant: str) -> None:
    """`poolproof mutants` does so with all of them; here is one of each generation."""
    target = TARGETS[name]
    chosen = [one for one in made_by_hand(target, read_tree(target), FOLDER) if one.name == mutant]
    (row,) = run_mutants(target, chosen, Options())

    proof, campaign = row.trial("proof"), row.trial("campaign")
    assert proof is not None and {broken for broken, _ in proof.noticed} & set(chosen[0].kills)
    assert campaign is not None and campaign.killed and campaign.calls <= 50_000
    assert row.missed == []
