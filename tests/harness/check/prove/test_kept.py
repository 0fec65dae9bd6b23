"""A kept proof is used again exactly where nothing changed that it depends on."""

from __future__ import annotations

import importlib
import shutil
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest

from harness.check import receipt
from harness.check.prove.finding import Finding
from harness.check.prove.obligation import Obligation
from harness.check.prove.run import Keeping, Options, prove
from harness.check.prove.subject import Execution, Subject
from harness.check.verdict import Outcome, Verdict
from harness.compiler import Artifact, Project, Settings, compile_contract
from harness.compiler.cache import CACHE_VARIABLE
from harness.solver import Answer
from harness.symbolic.data import Unknown
from harness.symbolic.digest import digest_of
from harness.symbolic.result import PostState
from harness.term.core import Function, const

POT = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Pot {
    uint64 private total;
    uint64 private taken;

    event Taken(uint64 amount);

    function take(uint64 amount) external {
        require(amount <= total - taken);
        taken += amount;
        emit Taken(amount);
    }

    function add() external {
        _grow();
    }

    function addTwice() external {
        _grow();
        _grow();
    }

    function left() external view returns (uint64) {
        return total - taken;
    }

    function _grow() private {
        total += 1;
    }
}
"""

SPEC = """
from harness.lang import (
    Address, Assumption, Call, Int, Model, Play, Prop, Run, Spec,
    implies, invariant, record, relation, rule, scenario,
)

from specs_of_a_pot.numbers import STEP


@record
class Pot:
    total: Int = 0
    taken: Int = 0


@invariant()
def no_more_is_taken_than_there_is(pot: Pot) -> Prop:
    \"\"\"What was taken was there.\"\"\"
    return pot.taken <= pot.total


@rule("add")
def add_adds(before: Pot, call: Call, after: Pot) -> Prop:
    \"\"\"It adds.\"\"\"
    return implies(call.succeeds, after.total >= before.total + STEP)


@rule("left")
def the_rest_can_be_told(before: Pot, call: Call, after: Pot) -> Prop:
    \"\"\"There is never less than nothing.\"\"\"
    return call.succeeds


@relation("left")
def the_rest_is_one_number(one: Run[Pot], other: Run[Pot]) -> Prop:
    \"\"\"It depends on the pot only.\"\"\"
    same = (one.before.total == other.before.total) & (one.before.taken == other.before.taken)
    return implies(same, one.call.returned() == other.call.returned())


@scenario()
def what_was_added_can_be_taken(pot: Pot, play: Play[Pot], who: Address) -> Prop:
    \"\"\"It is there.\"\"\"
    added = play.call("add", sender=who, at=play.now)
    taken = play.call("take", 1, sender=who, at=play.now)
    return implies(added.call.succeeds, taken.call.succeeds)


SOMEBODY = Assumption("somebody", "Somebody calls.", "Why.", "Who.", lambda before, call: call.sender != 0)
SPEC = Spec(
    "pot",
    "A pot",
    Model(Pot, Pot(), ()),
    (no_more_is_taken_than_there_is,),
    rules=(add_adds, the_rest_can_be_told),
    relations=(the_rest_is_one_number,),
    scenarios=(what_was_added_can_be_taken,),
    assumptions=(SOMEBODY,),
)
"""

PACKAGE = "specs_of_a_pot"
TAKE, ADD, TWICE, LEFT = "take(uint64)", "add()", "addTwice()", "left()"
TAKEN = "what_was_added_can_be_taken"
EVERYTHING = {
    TAKE,
    ADD,
    TWICE,
    LEFT,
    "unknown selector",
    "short calldata",
    "deployment",
    "what_was_added_can_be_taken",
}


class Workshop:
    """A contract and its specification, both of which can be changed, and a cache of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / PACKAGE).mkdir()
        self.specify("__init__.py", SPEC)
        self.specify("numbers.py", "STEP = 1\n")

    def specify(self, name: str, text: str) -> None:
        (self.folder / PACKAGE / name).write_text(text)

    def spec(self) -> Any:
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]
        importlib.invalidate_caches()
        return importlib.import_module(PACKAGE).SPEC

    def artifact(self, *changes: tuple[str, str]) -> Artifact:
        """Compile the pot with texts replaced by others."""
        text = POT
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (self.folder / "Pot.sol").write_text(text)
        return compile_contract(Project.open(self.folder), "Pot.sol:Pot", Settings("0.8.30"))

    def prove(
        self, *changes: tuple[str, str], read: bool = True, deployment: str = "deployed", **options: Any
    ) -> list[Verdict]:
        wanted = Options(keeping=Keeping(read, deployment, self.folder), **options)
        return list(prove(self.spec(), self.artifact(*changes), wanted))

    def proved_anew(self, *changes: tuple[str, str], **options: Any) -> set[str]:
        """Return where something was proved (a scenario by its name), and not only remembered."""
        verdicts = self.prove(*changes, **options)
        return {each.function or each.property for each in verdicts if not each.evidence.get("kept")}


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workshop's folder, with a cache in which everything was proved once."""
    folder = tmp_path_factory.mktemp("proved")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder / "cache"))
        patch.syspath_prepend(str(folder))
        verdicts = Workshop(folder).prove()
    assert {each.outcome for each in verdicts} == {Outcome.PROVED}
    assert {each.function or each.property for each in verdicts} == EVERYTHING
    return folder


@pytest.fixture
def workshop(proved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop in which everything was proved once."""
    shutil.copytree(proved / "cache", tmp_path / "cache")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(str(tmp_path))
    return Workshop(tmp_path)


def test_what_did_not_change_is_not_proved_again(workshop: Workshop) -> None:
    assert workshop.proved_anew() == set()
    assert workshop.proved_anew(read=False) == EVERYTHING


CHANGES = {
    "a check": (
        "require(amount <= total - taken);",
        "require(amount <= total - taken && amount < 99);",
        {TAKE},
    ),
    "an event": ("emit Taken(amount);", "emit Taken(amount + 1);", {TAKE}),
    "a shared helper": ("total += 1;", "total += 2;", {ADD, TWICE, TAKEN}),
    "a reason": ("return total - taken;", "require(total >= taken, 'less'); return total - taken;", {LEFT}),
    "other words": ("total - taken;", "total - taken - 0 * total;", set()),
    "nothing": ("_grow();\n        _grow();", "_grow();\n        taken += 0;\n        _grow();", set()),
    "a place": ("contract Pot {", "contract Pot {\n function _unused() private {}", set()),
}


@pytest.mark.parametrize(("old", "new", "touched"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_one_function_re_proves_what_it_touches_only(
    workshop: Workshop, old: str, new: str, touched: set[str]
) -> None:
    assert workshop.proved_anew((old, new)) == touched
    assert workshop.proved_anew((old, new)) == set()


@pytest.mark.parametrize(
    "changes",
    [
        [
            (
                "uint64 private total;\n    uint64 private taken;",
                "uint64 private taken;\n    uint64 private total;",
            )
        ],
        [("uint64 private taken;", "uint64 private taken;\n    uint64 private more;")],
        [("function left()", "function rest() external {}\n    function left()")],
    ],
    ids=["the layout", "a field that nobody uses", "another function"],
)
def test_another_layout_or_abi_re_proves_everything(
    workshop: Workshop, changes: list[tuple[str, str]]
) -> None:
    assert workshop.proved_anew(*changes) >= EVERYTHING


def test_a_changed_invariant_re_proves_everything_that_may_rest_on_it(workshop: Workshop) -> None:
    text = SPEC.replace("pot.taken <= pot.total", "pot.taken <= pot.total + 0")
    workshop.specify("__init__.py", text)

    assert workshop.proved_anew() == EVERYTHING


def test_a_module_that_the_specification_imports_re_proves_everything(workshop: Workshop) -> None:
    workshop.specify("numbers.py", "STEP = 0\n")

    assert workshop.proved_anew() == EVERYTHING


@pytest.mark.parametrize("what", ["poolproof", "solver"])
def test_another_version_re_proves_everything(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if what == "poolproof":
        monkeypatch.setattr(receipt, "poolproof_hash", lambda: "another")
    else:
        monkeypatch.setattr(receipt.metadata, "version", lambda name: "another")

    assert workshop.proved_anew() == EVERYTHING


def test_what_was_proved_of_some_properties_is_not_taken_for_everything(workshop: Workshop) -> None:
    workshop.proved_anew(("total += 1;", "total += 3;"), properties=("add_adds",))

    assert workshop.proved_anew(("total += 1;", "total += 3;")) == {ADD, TWICE, TAKEN}


def test_a_kept_proof_is_taken_back_with_the_invariant_that_it_rests_on(workshop: Workshop) -> None:
    verdicts = workshop.prove(("require(amount <= total - taken);", ""))

    [rest] = [each for each in verdicts if each.property == "the_rest_can_be_told"]
    assert rest.evidence["kept"]
    assert rest.outcome is Outcome.UNKNOWN
    assert "no_more_is_taken_than_there_is" in rest.detail


def test_what_is_not_proved_is_decided_again(workshop: Workshop) -> None:
    broken = ("require(amount <= total - taken);", "")
    assert workshop.proved_anew(broken) == {TAKE, TAKEN}
    assert TAKE in workshop.proved_anew(broken)


@dataclass
class Refuting:
    """A triage that takes every candidate for a refutation, and counts how often it was asked."""

    file: Path
    asked: int = 0

    def __call__(self) -> Refuting:
        return self

    def examine(self, execution: Execution, obligation: Obligation, answer: Answer) -> Finding:
        self.file.write_text("the calls")
        self.asked += 1
        return Finding(Outcome.REFUTED, "broken", {"replay": str(self.file)})

    def lacking(self, execution: Execution, obligation: Obligation) -> tuple[()]:
        return ()


BROKEN = ("require(amount <= total - taken);", "")


@pytest.fixture
def refuting(workshop: Workshop) -> Refuting:
    """A triage that was asked once, about the broken `take`."""
    triage = Refuting(workshop.folder / "replay.json")
    assert workshop.proved_anew(BROKEN, triage=triage, functions=("take",)) == {TAKE}
    assert triage.asked == 1
    return triage


def test_a_refutation_is_kept_with_its_replay(workshop: Workshop, refuting: Refuting) -> None:
    refuting.file.unlink()

    assert workshop.proved_anew(BROKEN, functions=("take",)) == set()
    assert refuting.file.read_text() == "the calls"


def test_a_refutation_is_not_kept_for_another_deployment(workshop: Workshop, refuting: Refuting) -> None:
    def decided(deployment: str) -> set[str]:
        return workshop.proved_anew(BROKEN, triage=refuting, functions=("take",), deployment=deployment)

    assert decided("with another token") == {TAKE}
    assert refuting.asked == 2
    assert decided("") == decided("") == {TAKE}, "what is deployed is not known"


def test_a_refutation_is_not_kept_where_its_replay_would_go_elsewhere(
    workshop: Workshop, refuting: Refuting, tmp_path: Path
) -> None:
    workshop.folder = tmp_path / "elsewhere"
    workshop.folder.mkdir()

    assert workshop.proved_anew(BROKEN, triage=refuting, functions=("take",)) == {TAKE}


def test_a_refutation_is_not_kept_for_another_contract(workshop: Workshop, refuting: Refuting) -> None:
    elsewhere = ("return total - taken;", "require(total >= taken, 'less'); return total - taken;")

    assert workshop.proved_anew(BROKEN, elsewhere, triage=refuting, functions=("take",)) == {TAKE}
    assert refuting.asked == 2


def test_receipts_say_which_verdicts_a_change_leaves_alone(workshop: Workshop) -> None:
    def receipts(*changes: tuple[str, str]) -> dict[tuple[str, str], receipt.Receipt]:
        verdicts = workshop.prove(*changes)
        return {
            (each.function, each.property): receipt.Receipt.from_json(each.evidence["receipt"])
            for each in verdicts
        }

    before, after = receipts(), receipts(("total += 1;", "total += 2;"))
    stale = {where for (where, name), each in before.items() if each.stale(after[where, name])}

    assert stale == {ADD, TWICE, ""}
    assert all(each.stale(after[key]) in ([], ["contract"]) for key, each in before.items())


@pytest.mark.parametrize("name", [field.name for field in fields(PostState) if field.name != "blocks"])
def test_everything_in_a_post_state_counts(workshop: Workshop, name: str) -> None:
    subject = Subject(workshop.spec(), workshop.artifact())
    state = subject.execution(TAKE).result

    assert digest_of(replace(state, **{name: None})) != digest_of(state)


def test_what_an_answer_depends_on_counts() -> None:
    size, content = const(32), Function("answer", 2)
    one, other = (Unknown(content, size, (const(asked),)) for asked in (1, 2))

    assert digest_of(one) != digest_of(other)


def test_a_value_that_the_digest_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="what counts of a object"):
        digest_of([object()])
