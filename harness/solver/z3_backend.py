"""One run of z3 on one encoding. The only module that imports z3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import z3

from harness.solver.encode import Encoding, Level
from harness.solver.model import extract
from harness.solver.query import Model, SolverError
from harness.term.node import Function, Term

HYPOTHESIS = "(hypothesis) "


@dataclass(frozen=True, slots=True)
class Run:
    """What z3 said: ``unsat`` with a core, ``sat`` with a model, or ``unknown`` with a reason."""

    result: str
    reason: str = ""
    core: tuple[str, ...] = ()
    model: Model | None = None


def run(
    encoding: Encoding, roots: Sequence[Term], level: Level, timeout_ms: int, memory_mb: int, effort: int = 0
) -> Run:
    """Ask z3 whether hypotheses and the goal's negation are satisfiable together.

    `effort` bounds the work in z3's own units, which do not depend on the machine (0: unbounded).
    Each run has a context and a seed of its own, so it does not depend on earlier ones.
    """
    context = z3.Context()
    solver = z3.SimpleSolver(ctx=context)  # several times faster here than the solvers for a logic
    solver.set("timeout", max(1, timeout_ms))
    solver.set("max_memory", memory_mb)
    solver.set("random_seed", 0)
    solver.set("rlimit", effort)
    if level is not Level.EXACT:
        solver.set("smt.arith.solver", 2)  # the older one is faster where all is linear
    labels = [f"{HYPOTHESIS}{index}" for index in range(len(encoding.hypotheses))]
    lines = [*encoding.prologue, *encoding.facts(level)]
    for label, (_, text) in zip(labels, encoding.hypotheses, strict=True):
        lines += [f"(declare-fun |{label}| () Bool)", f"(assert (=> |{label}| {text}))"]
    lines.append(f"(assert (not {encoding.goal}))")
    try:
        solver.from_string("\n".join(lines))
    except z3.Z3Exception as error:
        raise SolverError(f"z3 does not accept the encoding: {str(error)[:300]}") from error
    try:
        answer = solver.check(*(z3.Bool(label, context) for label in labels))
    except z3.Z3Exception as error:  # how z3 runs out of memory
        return Run("unknown", reason=str(error)[:300])
    if answer == z3.unsat:
        used = {str(literal) for literal in solver.unsat_core()}
        names = [name for label, (name, _) in zip(labels, encoding.hypotheses, strict=True) if label in used]
        return Run("unsat", core=tuple(names))
    if answer == z3.sat:
        return Run("sat", model=_read(solver.model(), context, roots))
    return Run("unknown", reason=solver.reason_unknown())


def _read(model: Any, context: Any, roots: Sequence[Term]) -> Model:
    """Read z3's model through our own semantics of the terms."""
    declared = {declaration.name(): declaration for declaration in model.decls()}

    def number(expression: Any) -> int | None:
        value = model.eval(expression, model_completion=True)
        if z3.is_int_value(value):
            return int(value.as_long())
        return int(z3.is_true(value)) if z3.is_bool(value) else None

    def read(label: str) -> int | None:
        return number(declared[label]()) if label in declared else None

    def read_at(function: Function, args: list[int]) -> int | None:
        if function.name not in declared:
            return None
        return number(declared[function.name](*(z3.IntVal(arg, context) for arg in args)))

    return extract(roots, read, read_at)
