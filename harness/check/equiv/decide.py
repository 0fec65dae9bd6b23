"""Decides what is claimed in a case: by simplifying, by what was learnt in other cases, by the solver.

The cases of a function are much alike, and so is what is left to prove in them. A proof names the conditions
that it used; where they hold in another case, it is not made again. So is it with cases that the invariants
exclude.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.check.equiv.cases import Case
from harness.check.equiv.explore import settled
from harness.check.equiv.meet import Meeting
from harness.check.prove.build import Named, Steps
from harness.check.prove.obligation import Obligation
from harness.check.prove.prover import Decided
from harness.solver import Answer, Query, Solver, Status
from harness.symbolic.path import Path
from harness.term.core import FALSE, TRUE, Term, and_

EXCLUSION_MS = 1_000
"""The solver's time to see that the invariants exclude a case."""

Conditions = frozenset[Term]


@dataclass(frozen=True, eq=False)
class Lemma:
    """Wherever the conditions hold, the goal does; FALSE if they never hold together."""

    conditions: Conditions
    obligation: Obligation
    answer: Answer


class Decider:
    """Decides the claims about one execution."""

    def __init__(self, steps: Steps, solver: Solver, meeting: Meeting) -> None:
        self._steps = steps
        self._solver = solver
        self._meeting = meeting
        self._lemmas: list[Lemma] = []
        self._possible: set[str] = set()
        self._learnt: dict[str, Path] = {}
        self._regular = [("well-formed call", steps.execution.well_formed), *steps.callees()]

    @cached_property
    def known(self) -> Path:
        """What is assumed of every call."""
        return Path().extended(and_(*(term for _, term in (*self._regular, *self._steps.assumed))))

    def decide(self, decided: Decided, case: Case, given: Sequence[Term], goal: Term) -> None:
        """Decide a claim about one case, and note in `decided` what was asked of the solver."""
        path = _extended(case.path, given)
        if path is None or settled(goal, path) is TRUE or self._is_excluded(decided, case):
            return
        path = _extended(self._with_plain(case), given)
        if path is None:
            return
        simple = settled(goal, path)
        if simple is not TRUE:
            simple = self._meeting.simplified(simple)
            for part in simple.args if simple.op == "and" else (simple,):
                self._prove(decided, case.name, path, part)

    def _is_excluded(self, decided: Decided, case: Case) -> bool:
        """Say whether the invariants exclude a case."""
        if case.name in self._possible:
            return False
        lemma = self._lemma(case.path, FALSE)
        if lemma is None:
            obligation = self._obligation(decided.name, f"{case.name} is not taken", case.path, FALSE)
            answer = self._solver.check(Query(obligation.hypotheses, FALSE), EXCLUSION_MS)
            if answer.status is not Status.PROVED:
                self._possible.add(case.name)
                return False
            lemma = self._learn(obligation, answer)
        _note(decided, lemma.obligation, lemma.answer)
        return True

    def _with_plain(self, case: Case) -> Path:
        """Return a case's path with what the invariants say plainly there."""
        found = self._learnt.get(case.name)
        if found is None:
            found = case.path
            for claim in self._plain(case):
                found = found.extended(claim)
            self._learnt[case.name] = found
        return found

    def _plain(self, case: Case) -> Iterator[Term]:
        for _, claim in self._steps.between.at([*case.path.conditions, case.result.success]):
            simple = settled(claim, case.path)
            if simple.op != "not" or simple.args[0].op != "and":
                yield simple

    def _prove(self, decided: Decided, name: str, path: Path, goal: Term) -> None:
        lemma = self._lemma(path, goal)
        if lemma is not None:
            _note(decided, lemma.obligation, lemma.answer)
            return
        obligation = self._obligation(decided.name, name, path, goal)
        answer = self._solver.check(Query(obligation.hypotheses, goal))
        if answer.status is Status.PROVED:
            self._learn(obligation, answer)
        _note(decided, obligation, answer)

    def _obligation(self, name: str, case: str, path: Path, goal: Term) -> Obligation:
        literals = [one for one in _flat(path) if one not in self.known.facts.members]
        given: list[Named] = [(f"path {place}", one) for place, one in enumerate(literals)]
        return self._steps.obligation(name, case, [*given, *self._regular], goal, self._steps.between)

    def _lemma(self, path: Path, goal: Term) -> Lemma | None:
        """Return a lemma that proves a goal on a path."""
        for lemma in self._lemmas:
            if lemma.obligation.goal in (goal, FALSE) and lemma.conditions <= path.facts.members:
                return lemma
        return None

    def _learn(self, obligation: Obligation, answer: Answer) -> Lemma:
        used = set(answer.core)
        conditions = (term for name, term in obligation.hypotheses if name in used and name.startswith("path "))
        lemma = Lemma(frozenset(conditions), obligation, answer)
        self._lemmas.append(lemma)
        return lemma


def _extended(path: Path, given: Sequence[Term]) -> Path | None:
    """Return the path with more conditions, each simplified; None where they can't hold."""
    for term in given:
        simple = settled(term, path)
        if simple is FALSE:
            return None
        path = path.extended(simple)
    return path


def _flat(path: Path) -> list[Term]:
    parts = [part for found in path.conditions for part in (found.args if found.op == "and" else (found,))]
    return list(dict.fromkeys(parts))


def _note(decided: Decided, obligation: Obligation, answer: Answer) -> None:
    if not any(one is obligation for one in decided.obligations):
        decided.obligations.append(obligation)
        decided.answers.append(answer)
