"""Decides what is claimed in a case: by simplifying, by what was learnt in other cases, by the solver.

The cases of a function are much alike, and so is what is left to prove in them. A proof names the conditions
that it used; where they hold in another case, it is not made again. So is it with cases that the invariants
exclude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.check.equiv.cases import Case
from harness.check.equiv.explore import flat, refined, settled
from harness.check.equiv.meet import Meeting
from harness.check.prove.build import Named, Steps
from harness.check.prove.decided import Decided
from harness.check.prove.obligation import Obligation
from harness.check.prove.prover import Prover
from harness.check.replay.format import MODEL
from harness.lang import Rule
from harness.solver import Answer, Query, Solver, Status
from harness.symbolic.path import Path, flattened, impossible
from harness.term.core import FALSE, TRUE, Term, and_, not_
from harness.term.walk import postorder

EXCLUSION_MS = 1_000
"""The solver's time to see that the invariants exclude a case."""

Conditions = frozenset[Term]


@dataclass(frozen=True, eq=False)
class Lemma:
    """Wherever the conditions hold, the goals do; FALSE is one of them if they never hold together."""

    conditions: Conditions
    goals: frozenset[Term]
    obligation: Obligation
    answer: Answer


class Decider:
    """Decides the claims about one execution."""

    def __init__(self, steps: Steps, prover: Prover, agreement: Rule, meeting: Meeting) -> None:
        self._steps = steps
        self._prover = prover
        self._agreement = agreement
        self._solver = Solver(EXCLUSION_MS)
        self._meeting = meeting
        self._lemmas: list[Lemma] = []
        self._learnt: dict[str, tuple[Path, list[str]]] = {}
        self._regular = [("well-formed call", steps.execution.well_formed), *steps.callees]

    @cached_property
    def known(self) -> Path:
        """What is assumed of every call."""
        return Path().extended(and_(*(term for _, term in (*self._regular, *self._steps.assumed))))

    def decide(self, decided: Decided, case: Case, given: Sequence[Term], goal: Term) -> None:
        """Decide a claim about one case, and note in `decided` what was asked of the solver."""
        path = _extended(case.path, given)
        if path is None or not self._open(decided, path, goal):
            return
        decided.grounds = tuple(dict.fromkeys([*decided.grounds, *self._learnt_of(case)[1]]))
        path = _extended(self._learnt_of(case)[0], given)
        if path is None or impossible(path):
            return
        open_ = self._open(decided, path, goal)
        simple = [self._meeting.simplified(part) if is_nonlinear(part) else part for part in open_]
        self._prove(decided, case.name, path, flattened(simple))

    def _learnt_of(self, case: Case) -> tuple[Path, list[str]]:
        """Return a case's path with what the invariants plainly say there, and their names."""
        if case.name not in self._learnt:
            claims = self._steps.between.at([*case.path.conditions, case.result.success])
            self._learnt[case.name] = propagated(case.path, claims)
        return self._learnt[case.name]

    def _open(self, decided: Decided, path: Path, goal: Term) -> list[Term]:
        """Return the parts of a goal that are left to prove on a path."""
        simple = settled(goal, path)
        parts = simple.args if simple.op == "and" else (simple,)
        return [part for part in parts if part is not TRUE and not self._is_known(decided, path, part)]

    def _prove(self, decided: Decided, name: str, path: Path, goals: Sequence[Term]) -> None:
        """Ask the solver whether goals hold on a path, where that is not known: of all, else of each."""
        open_ = [goal for goal in goals if goal is not TRUE and not self._is_known(decided, path, goal)]
        if not open_:
            return
        asked = self._obligation(name, path, and_(*open_))
        obligation, answer = self._prover.settled(asked, self._steps.execution)
        if answer.status is Status.UNKNOWN and len(open_) > 1:
            for goal in open_:
                self._prove(decided, name, path, [goal])
            return
        if answer.status is Status.PROVED:
            self._learn(obligation, answer, open_)
        _note(decided, obligation, answer)

    def _obligation(self, case: str, path: Path, goal: Term) -> Obligation:
        literals = [one for one in flat(path) if one not in self.known.facts.members]
        given: list[Named] = [(f"path {place}", one) for place, one in enumerate(literals)]
        known, steps = [*given, *self._regular], self._steps
        return steps.obligation(MODEL, case, known, goal, steps.between, self._agreement)

    def _is_known(self, decided: Decided, path: Path, goal: Term) -> bool:
        """Say whether a lemma proves a goal on a path, and note it if so."""
        for lemma in self._lemmas:
            if (goal in lemma.goals or FALSE in lemma.goals) and lemma.conditions <= path.facts.members:
                _note(decided, lemma.obligation, lemma.answer)
                return True
        return False

    def _learn(self, obligation: Obligation, answer: Answer, goals: Sequence[Term]) -> None:
        """Remember what was proved; and that the conditions can't hold together, if that is why."""
        used = [one for one in obligation.hypotheses if one[0] in answer.core]
        conditions = frozenset(term for name, term in used if name.startswith("path "))
        found = frozenset(goals)
        if FALSE not in found and self._solver.check(Query(used, FALSE)).status is Status.PROVED:
            found |= {FALSE}
        self._lemmas.append(Lemma(conditions, found, obligation, answer))


def _extended(path: Path, given: Sequence[Term]) -> Path | None:
    """Return the path with more conditions, each simplified; None where they can't hold."""
    for term in given:
        simple = settled(term, path)
        if simple is FALSE:
            return None
        path = path.extended(simple)
    return path


def propagated(path: Path, claims: Sequence[Named]) -> tuple[Path, list[str]]:
    """Return the path with those claims, and parts of claims, that it leaves no choice about; and whose."""
    used: dict[str, None] = {}
    waiting = [(name, claim) for name, claim in claims]
    while True:
        kept = []
        found = path
        for name, claim in waiting:
            rest = _rest(claim, found)
            if rest is None:
                kept.append((name, claim))
            elif rest is not TRUE:
                found = found.extended(rest)
                used[name] = None
        if found is path:
            return refined(path), list(used)
        path, waiting = found, kept


def _rest(claim: Term, path: Path) -> Term | None:
    """Return what a claim comes to on a path; None where that is still a choice."""
    if claim.op != "not" or claim.args[0].op != "and":
        return TRUE if path.decide(claim) is True else claim
    open_ = []
    for part in claim.args[0].args:
        decided = path.decide(part)
        if decided is False:
            return TRUE
        if decided is None:
            open_.append(part)
            if len(open_) > 1:
                return None
    return not_(open_[0]) if open_ else FALSE


def _note(decided: Decided, obligation: Obligation, answer: Answer) -> None:
    if not any(one is obligation for one in decided.obligations):
        decided.obligations.append(obligation)
        decided.answers.append(answer)


def is_nonlinear(term: Term) -> bool:
    """Say whether a term has products or divisions by what is no constant."""
    return any(
        node.op == "mul" or (node.op in ("div", "mod") and node.args[1].op != "const")
        for node in postorder((term,))
    )
