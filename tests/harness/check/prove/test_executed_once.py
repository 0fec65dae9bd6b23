"""What the proof and its receipt both depend on is executed once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.check.prove.run import prove
from harness.check.prove.subject import Subject
from harness.compiler import Project, Settings, compile_contract
from harness.symbolic.result import PostState
from tests.toys import test_toys
from tests.toys.catalogue import TOYS


def test_a_way_in_is_executed_once_for_any_call_and_once_for_regular_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executed: Counter[str] = Counter()

    def counted(subject: Subject, entry: Any, *others: Any, **named: Any) -> PostState:
        executed[entry.name] += 1
        return run(subject, entry, *others, **named)

    run = Subject.run
    monkeypatch.setattr(Subject, "run", counted)
    project = Project.open(Path(test_toys.__file__).parent)
    ledger = compile_contract(project, "Toys.sol:Ledger", Settings(test_toys.SOLC))
    spec = next(toy.spec for toy in TOYS if toy.contract == "Ledger")

    list(prove(spec, ledger))

    assert len(executed) == len(Subject(spec, ledger).entries)
    assert set(executed.values()) == {2}
