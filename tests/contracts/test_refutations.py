"""A bug of each generation, from the failed proof to the story: as simple as can be, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.check.campaign.ground import Parts, parts
from harness.check.mutants.mutant import load_mutants
from harness.check.prove.prover import Prover
from harness.check.prove.subject import Subject
from harness.check.reach.examiner import Budget, Examiner
from harness.check.replay import Replay, load_replay, play
from harness.check.verdict import Outcome, Verdict
from harness.cli.options import Tree
from harness.cli.replay import told
from harness.cli.targets import load_targets

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
PATIENT = Budget(glance=60, search=120, confirm=60, shrink=60)
KNOWN = (
    ("v1", "exit_mints_twice", "exit()", "exit_pays_exactly_what_matured"),
    ("v2", "mature_exit_slashed", "slashProver(address)", "mature_exit_is_out_of_reach"),
    ("v3", "exit_keeps_prover_id", "exit()", "seated_staker_holds_the_seat"),
)


@dataclass(frozen=True)
class Refuted:
    """What became of one property of a contract with a known bug."""

    name: str
    verdict: Verdict
    replay: Replay
    material: Parts


@pytest.fixture(scope="module", params=KNOWN, ids=lambda one: f"{one[0]}-{one[1]}")
def refuted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Refuted:
    name, bug, function, property_ = request.param
    [target] = load_targets([name], Tree(config=ROOT / "pyproject.toml"))
    [mutant] = [one for one in load_mutants(ROOT / "contracts" / "mutants", name) if one.name == bug]
    material = parts(replace(target, project=mutant.applied(target.project)))
    folder = tmp_path_factory.mktemp("replays")
    examiner = Examiner(name, target.contract, material, folder, PATIENT)
    prover = Prover(Subject.fresh(material.spec, material.target), triage=examiner)
    [verdict] = [one for one in prover.entry(function, [property_]) if one.property == property_]
    return Refuted(f"{name}-{bug}", verdict, load_replay(next(folder.glob("*.json"))), material)


def test_it_is_refuted_and_told_as_ever(refuted: Refuted) -> None:
    played = play(refuted.replay, refuted.material)
    story = "\n".join([refuted.verdict.detail, "", *told(played, code=True), ""])

    assert refuted.verdict.outcome is Outcome.REFUTED
    assert story == (GOLDEN / f"{refuted.name}.txt").read_text(encoding="utf-8")


def test_no_call_can_be_left_out(refuted: Refuted) -> None:
    calls = refuted.replay.calls
    for place in range(len(calls) - 1):
        fewer = replace(refuted.replay, calls=(*calls[:place], *calls[place + 1 :]))
        assert not play(fewer, refuted.material).reproduced, f"without call {place + 1}"


def test_no_number_can_be_one_less(refuted: Refuted) -> None:
    tried = list(lessened(refuted.replay))

    assert len(tried) > 1
    for what, smaller in tried:
        assert not play(smaller, refuted.material).reproduced, what


def lessened(file: Replay) -> Iterator[tuple[str, Replay]]:
    """Yield the replay with each argument, and each call's time, one less, where that can be."""
    earliest = file.calls[0].time
    for place, call in enumerate(file.calls):
        changed = []
        if call.time > earliest:
            changed.append((f"time of call {place + 1}", replace(call, time=call.time - 1)))
        earliest = call.time
        for name, value in (call.arguments or {}).items():
            if isinstance(value, str) and value.isdigit() and int(value):
                arguments = {**(call.arguments or {}), name: str(int(value) - 1)}
                changed.append((f"{name} of call {place + 1}", replace(call, arguments=arguments)))
        for what, other in changed:
            yield what, replace(file, calls=(*file.calls[:place], other, *file.calls[place + 1 :]))
