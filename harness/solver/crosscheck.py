"""A second opinion on proofs, by cvc5: another team's solver, asked about the very text that z3 was given."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from time import monotonic
from typing import Any

from harness.solver.cases import case, splitter
from harness.solver.encode import Level, encode
from harness.solver.query import Answer, Opinion, Query, SolverError, Status
from harness.term.core import Term


def available() -> bool:
    """Say whether the second solver is installed."""
    return find_spec("cvc5") is not None


def second_opinion(query: Query, answer: Answer, timeout_ms: int = 10_000) -> Answer:
    """Return z3's `answer` with what cvc5 says of it; a proof that cvc5 contradicts is UNKNOWN.

    cvc5 is asked about the hypotheses that z3's proof used, case by case where the whole is too much
    for it. What needed no solver needs no second one. Raises SolverError as `crosscheck` does.
    """
    if answer.status is not Status.PROVED or answer.stage == "trivial":
        return answer
    needed = Query([one for one in query.hypotheses if one[0] in answer.core], query.goal)
    other = crosscheck(needed, timeout_ms)
    if other.status is Status.UNKNOWN and (symbol := splitter(needed)) is not None:
        other = _by_cases(needed, symbol, timeout_ms)
    if other.status is Status.MODEL:
        reason = f"z3 has a proof ({answer.stage}) that cvc5 contradicts: one of the two is wrong"
        return replace(answer, status=Status.UNKNOWN, reason=reason, second=Opinion.CONTRADICTS)
    agrees = other.status is Status.PROVED
    return replace(answer, second=Opinion.AGREES if agrees else Opinion.GAVE_UP)


def _by_cases(query: Query, symbol: Term, timeout_ms: int) -> Answer:
    """Ask about each value of `symbol`; return the first answer that is no proof, else the last."""
    assert symbol.lo is not None
    assert symbol.hi is not None
    answers = (crosscheck(case(query, symbol, at), timeout_ms) for at in range(symbol.lo, symbol.hi + 1))
    last = Answer(Status.PROVED, 0.0)
    for last in answers:
        if last.status is not Status.PROVED:
            break
    return last


def crosscheck(query: Query, timeout_ms: int = 10_000) -> Answer:
    """Ask cvc5 about the very text that z3 was given, weakest encoding first.

    Status.PROVED agrees with a proof. A satisfying assignment of the exact encoding
    is Status.MODEL, without the model: it contradicts a proof. Everything else is
    Status.UNKNOWN. Raises SolverError if cvc5 is not installed or rejects the text.
    """
    if not available():
        raise SolverError("cvc5 is not installed: `pip install cvc5` makes cross-checks possible.")
    encoding = encode(query)
    started = monotonic()
    levels = (Level.OPAQUE, Level.LINEAR, Level.EXACT) if encoding.exact else (Level.EXACT,)
    answer = ""
    for level in levels:
        left = timeout_ms - int(1000 * (monotonic() - started))
        answer = _ask(encoding.smt(level), max(1, left))
        if answer == "unsat":
            return Answer(Status.PROVED, monotonic() - started, stage=f"cvc5 {level.value}")
    seconds = monotonic() - started
    if answer == "sat":
        return Answer(Status.MODEL, seconds, stage="cvc5 exact")
    return Answer(Status.UNKNOWN, seconds, reason=f"cvc5 says {answer}")


def _ask(text: str, timeout_ms: int) -> str:
    """Run a script and return what its check-sat printed: sat, unsat, or unknown."""
    cvc5: Any = import_module("cvc5")
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(timeout_ms))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "query")
    symbols = parser.getSymbolManager()
    printed = ""
    try:
        while not (command := parser.nextCommand()).isNull():
            printed += str(command.invoke(solver, symbols))
    except RuntimeError as error:
        raise SolverError(f"cvc5 does not accept the encoding: {error}") from error
    answer = printed.strip()
    if answer not in ("sat", "unsat", "unknown"):
        if "error" in answer:
            raise SolverError(f"cvc5 does not accept the encoding: {answer[:300]}")
        return "unknown"
    return answer
