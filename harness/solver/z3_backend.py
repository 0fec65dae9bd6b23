"""One encoding in z3. The only module that imports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event, Thread
from time import process_time
from typing import Any

import z3

from harness.solver.encode import Encoding, Level
from harness.solver.model import FunctionTable, Model, extract
from harness.solver.query import SolverError
from harness.term.node import Function, Term

HYPOTHESIS = "(hypothesis) "

AGAIN = 0.01
"""Seconds between interrupts: one that comes before z3 has begun is lost."""


OUT_OF_MEMORY = "it needs more memory than it may take"
"""The reason that is given where z3 comes to its limit, whatever z3 calls that."""


class _OutOfMemory(Exception):
    """What z3 was told is more than its memory holds."""


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
        self._solver = _solver(self._context, memory_mb)
        if level is not Level.EXACT:
            self._solver.set("smt.arith.solver", 2)  # the older one is faster where all is linear
        labels = [f"{HYPOTHESIS}{index}" for index in range(len(self._names))]
        lines = [*encoding.prologue, *encoding.facts(level)]
        for label, (_, text) in zip(labels, encoding.hypotheses, strict=True):
            lines += [f"(declare-fun |{label}| () Bool)", f"(assert (=> |{label}| {text}))"]
        lines.append(f"(assert (not {encoding.goal}))")
        try:
            _load(self._solver, lines)
            self._assumptions = [z3.Bool(label, self._context) for label in labels]
            self._loaded = True
        except _OutOfMemory:
            self._loaded = False

    def check(self, seconds: float, effort: int = 0, case: tuple[str, int] | None = None) -> Run:
        """Say whether hypotheses and the goal's negation are satisfiable together, in one case of a symbol.

        `seconds` are of this process's processor: what else runs on the machine decides nothing. `effort`
        bounds the work in z3's own units, which do not depend on the machine (0: unbounded).
        """
        if not self._loaded:
            return Run("unknown", reason=OUT_OF_MEMORY)
        self._solver.set("rlimit", effort)
        assumptions = self._assumptions
        if case is not None:
            assumptions = [*assumptions, z3.Int(case[0], self._context) == case[1]]
        limit = _Limit(self._context, seconds)
        try:
            with limit:
                answer = self._solver.check(*assumptions)
            return self._told(answer, limit)
        except z3.Z3Exception as error:  # how z3 runs out of memory, also while it is asked for a model
            return Run("unknown", reason=_reason(str(error)))

    def _told(self, answer: Any, limit: _Limit) -> Run:
        """Return what z3 has to say to an answer: its core, its model, or its reason."""
        if answer == z3.unsat:
            used = {literal.get_id() for literal in self._solver.unsat_core()}
            pairs = zip(self._assumptions, self._names, strict=True)
            return Run("unsat", core=tuple(name for label, name in pairs if label.get_id() in used))
        if answer == z3.sat:
            return Run("sat", model=_read(self._solver.model(), self._context, self._roots))
        return Run("unknown", reason="timeout" if limit.passed else _reason(self._solver.reason_unknown()))


class Series:
    """Questions put to one z3, one after the other: what it found for one is where it begins with the next.

    So an answer may depend on earlier questions, and only a model that evaluation confirms, or a proof, is
    one. Where several claims of one state are to be met, that takes a fraction of as many sessions.
    """

    def __init__(self, memory_mb: int) -> None:
        """Begin a series."""
        self._context = z3.Context()
        self._solver = _solver(self._context, memory_mb)
        self._told: dict[str, None] = {}
        self._asked = 0
        self.ended = False
        """The memory is used up: no more questions."""

    def check(self, encoding: Encoding, roots: Sequence[Term], seconds: float, effort: int) -> Run:
        """Say whether hypotheses and the goal's negation are satisfiable together; see `Session.check`."""
        label = f"{HYPOTHESIS}{self._asked}"
        self._asked += 1
        new = [one for one in (*encoding.prologue, *encoding.facts(Level.OPAQUE)) if one not in self._told]
        self._told.update(dict.fromkeys(new))
        claims = [*(text for _, text in encoding.hypotheses), f"(not {encoding.goal})"]
        asked = [f"(assert (=> |{label}| {claim}))" for claim in claims]
        self._solver.set("rlimit", effort)
        try:
            _load(self._solver, [*new, f"(declare-fun |{label}| () Bool)", *asked])
            with _Limit(self._context, seconds):
                answer = self._solver.check(z3.Bool(label, self._context))
            if answer == z3.sat:
                return Run("sat", model=_read(self._solver.model(), self._context, roots))
        except (_OutOfMemory, z3.Z3Exception):  # the latter is how z3 runs out of it while it is asked
            self.ended = True
            return Run("unknown", reason=OUT_OF_MEMORY)
        return Run("unsat" if answer == z3.unsat else "unknown", reason=self._solver.reason_unknown())


def _solver(context: Any, memory_mb: int) -> Any:
    """Return a solver that answers the same in every session."""
    solver = z3.SimpleSolver(ctx=context)  # several times faster than one for a logic
    solver.set("max_memory", memory_mb)
    solver.set("random_seed", 0)
    return solver


def _load(solver: Any, lines: Sequence[str]) -> None:
    """Tell a solver some SMT-LIB. Raises SolverError where it isn't, or _OutOfMemory."""
    try:
        solver.from_string("\n".join(lines))
    except z3.Z3Exception as error:
        if _reason(str(error)) == OUT_OF_MEMORY:
            raise _OutOfMemory from error
        raise SolverError(f"z3 does not accept the encoding: {str(error)[:300]}") from error


def _reason(text: str) -> str:
    """Return what a report says where z3 gave up."""
    return OUT_OF_MEMORY if "memory" in text or "memout" in text else text[:300]


class _Limit:
    """Interrupts what z3 does in a context after so many seconds of this process's processor."""

    def __init__(self, context: Any, seconds: float) -> None:
        self.passed = False
        self._context = context
        self._end = process_time() + seconds
        self._over = Event()
        self._watch = Thread(target=self._wait, daemon=True)

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _wait(self) -> None:
        """Sleep for what is left: one thread's work can't use it up sooner."""
        while (left := self._end - process_time()) > 0:
            if self._over.wait(left):
                return
        self.passed = True
        while not self._over.wait(AGAIN):
            self._context.interrupt()


def _read(model: Any, context: Any, roots: Sequence[Term]) -> Model:
    """Read z3's model through our own semantics of the terms."""
    tables: dict[Function, FunctionTable | None] = {}

    def read(label: str, boolean: bool) -> int | None:
        symbol = z3.Bool(label, context) if boolean else z3.Int(label, context)
        return _number(model.get_interp(symbol.decl()))

    def read_at(function: Function, args: tuple[int, ...]) -> int | None:
        if function not in tables:
            tables[function] = _table(model, context, function)
        table = tables[function]
        return None if table is None else table(*args)

    return extract(roots, read, read_at)


def _table(model: Any, context: Any, function: Function) -> FunctionTable | None:
    """Return what the model says of a function, None if nothing that is numbers only."""
    integer = z3.IntSort(context)
    if not function.arity:
        number = _number(model.get_interp(z3.Int(function.name, context).decl()))
        return None if number is None else FunctionTable({}, number)
    found = model.get_interp(z3.Function(function.name, *[integer] * (function.arity + 1)))
    if found is None:
        return None
    entries: dict[tuple[int, ...], int] = {}
    for place in range(found.num_entries()):
        entry = found.entry(place)
        numbers = [_number(entry.arg_value(each)) for each in range(function.arity)]
        numbers.append(_number(entry.value()))
        known = [number for number in numbers if number is not None]
        if len(known) < len(numbers):
            return None
        entries[tuple(known[:-1])] = known[-1]
    default = _number(found.else_value())
    return None if default is None else FunctionTable(entries, default)


def _number(expression: Any) -> int | None:
    """Return the number (1 and 0 for truths) that an expression of a model is, None if it is no literal."""
    if expression is None:
        return None
    if z3.Z3_is_numeral_ast(expression.ctx_ref(), expression.as_ast()):
        return int(z3.Z3_get_numeral_string(expression.ctx_ref(), expression.as_ast()))
    return {"true": 1, "false": 0}.get(expression.sexpr())
