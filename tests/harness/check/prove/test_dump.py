"""`--dump-smt` writes every question, each to a file of its own that says what z3 said."""

from __future__ import annotations

from pathlib import Path

import z3

from harness.check.prove.dump import Dump
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.verdict import Outcome
from harness.compiler import Project, Settings, compile_contract
from harness.solver import Query
from harness.term.core import const, eq, le, var
from tests.toys import test_toys
from tests.toys.catalogue import TOYS

ENTRY = "credit(address,uint128)"


def said(file: Path) -> str:
    """Return what z3 says of a file."""
    solver = z3.Solver()
    solver.from_file(str(file))
    return str(solver.check())


def test_each_question_about_a_function_has_a_file_that_is_answered_as_it_was(tmp_path: Path) -> None:
    project = Project.open(Path(test_toys.__file__).parent)
    ledger = compile_contract(project, "Toys.sol:Ledger", Settings(test_toys.SOLC))
    spec = next(toy.spec for toy in TOYS if toy.contract == "Ledger")

    verdicts = list(Prover(Subject(spec, ledger), Limits(dump=tmp_path)).entry(ENTRY))

    asked = sum(len(verdict.evidence.get("queries", ())) for verdict in verdicts)
    files = sorted(tmp_path.iterdir())
    possible = [file for file in files if "-possible-" in file.name]
    assert all(verdict.outcome is Outcome.PROVED for verdict in verdicts)
    assert len(files) - len(possible) == asked
    assert {said(file) for file in files if file not in possible} == {"unsat"}
    assert [said(file) for file in possible if file.name.endswith("-success.smt2")] == ["sat"]


def test_a_question_that_is_asked_again_overwrites_nothing(tmp_path: Path) -> None:
    dump = Dump(tmp_path, "toy")
    for bound in (3, 4):
        dump.write(Query((), le(var("a"), const(bound))), "f(uint256)", "small", "success")
    dump.write_possible("f(uint256)", "success", eq(var("a"), const(1)))

    names = [
        "toy-f_uint256_-possible-success",
        "toy-f_uint256_-small-success",
        "toy-f_uint256_-small-success-2",
    ]
    assert sorted(file.stem for file in tmp_path.iterdir()) == names
    assert [said(tmp_path / f"{name}.smt2") for name in names] == ["sat"] * 3


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    Dump(None, "toy").write(Query((), eq(var("a"), const(1))), "f()")

    assert not list(tmp_path.iterdir())
