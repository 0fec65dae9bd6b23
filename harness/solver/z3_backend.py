"""One encoding in z3. The only module that imports it."""

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


class Session:
    """One encoding in a z3 of its own (context and seed), so that no answer depends on earlier queries."""

    def __init__(self, encoding: Encoding, roots: Sequence[Term], level: Level, memory_mb: int) -> None:
        """Load an encoding, with as much said about products as the level has.

        Models are read for the terms under `roots`.
        """
        self._roots = roots
        self._names = [name for name, _ in encoding.hypotheses]
        self._context = z3.Context()
        self._solver = z3.SimpleSolver(ctx=self._context)  # several times faster than one for a logic
        self._solver.set("max_memory", memory_mb)
        self._solver.set("random_seed", 0)
        if level is not Level.EXACT:
            self._solver.set("smt.arith.solver", 2)  # the older one is faster where all is linear
        self._labels = [f"{HYPOTHESIS}{index}" for index in range(len(self._names))]
        lines = [*encoding.prologue, *encoding.facts(level)]
        for label, (_, text) in zip(self._labels, encoding.hypotheses, strict=True):
            lines += [f"(declare-fun |{label}| () Bool)", f"(assert (=> |{label}| {text}))"]
        lines.append(f"(assert (not {encoding.goal}))")
        try:
            self._solver.from_string("\n".join(lines))
        except z3.Z3Exception as error:
            raise SolverError(f"z3 does not accept the encoding: {str(error)[:300]}") from error

    def check(self, timeout_ms: int, effort: int = 0, case: tuple[str, int] | None = None) -> Run:
        """Say whether hypotheses and the goal's negation are satisfiable together, in one case of a symbol.

        `effort` bounds the work in z3's own units, which do not depend on the machine (0: unbounded).
        """
        self._solver.set("timeout", max(1, timeout_ms))
        self._solver.set("rlimit", effort)
        assumptions = [z3.Bool(label, self._context) for label in self._labels]
        if case is not None:
            assumptions.append(z3.Int(case[0], self._context) == case[1])
        try:
            answer = self._solver.check(*assumptions)
        except z3.Z3Exception as error:  # how z3 runs out of memory
            return Run("unknown", reason=str(error)[:300])
        if answer == z3.unsat:
            used = {str(literal) for literal in self._solver.unsat_core()}
            core = [name for label, name in zip(self._labels, self._names, strict=True) if label in used]
            return Run("unsat", core=tuple(core))
        if answer == z3.sat:
            return Run("sat", model=_read(self._solver.model(), self._context, self._roots))
        return Run("unknown", reason=self._solver.reason_unknown())


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
