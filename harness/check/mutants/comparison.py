"""Whether a mutant is one at all: each way in compared with what it does in the unchanged contract.

Both contracts begin alike if deployment executes the same, term for term. From then on they stay alike, call
by call, if each way in does the same from every state that has the invariants, which the unchanged contract
keeps: it comes to the same terms, or `harness.check.equiv` proves it. What others meet who call back in the
middle of a call has to be the same, too, and what comes of the call then: it is among the terms, and proved
without what holds only between calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from time import process_time
from typing import Any

from harness.check.equiv.relate import depends_on_itself
from harness.check.equiv.run import CHECK
from harness.check.equiv.same import SAME, Other, Task
from harness.check.equiv.same import compare as compare_way
from harness.check.equiv.twin import Duel, duel
from harness.check.mutants.options import Options
from harness.check.mutants.trial import Trial
from harness.check.mutants.variant import Variant
from harness.check.prove.behaviour import beginning, begun, behaviour
from harness.check.prove.deployment import DEPLOYMENT
from harness.check.prove.prover import Limits
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece
from harness.check.reach.examiner import Budget
from harness.check.target import Target
from harness.check.verdict import Outcome, Verdict
from harness.compiler import Artifact, compile_contract
from harness.evm.deployment import PROXY
from harness.lang import Spec
from harness.symbolic.errors import Unsupported
from harness.symbolic.world import NO_REENTRY

REENTERED = "the same as long as nobody calls back; it is not known to be where somebody does"


@dataclass(frozen=True, slots=True)
class Executed:
    """What a way in comes to: its digest, and what that takes for granted.

    The digest is "" where that is unsupported, or depends on the gas that is left or on the contract's code.
    """

    digest: str
    assumptions: frozenset[str] = frozenset()


class Unchanged:
    """The contract that mutants are made of; what its ways in come to is found out once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._executed: dict[str, Executed] = {}

    @cached_property
    def artifact(self) -> Artifact:
        """The contract, compiled."""
        return compile_contract(self.target.project, self.target.contract, self.target.settings)

    def executed(self, way: str) -> Executed:
        """Return what a way in comes to."""
        if way not in self._executed:
            self._executed[way] = self.of(self.artifact, way)
        return self._executed[way]

    def of(self, artifact: Artifact, way: str) -> Executed:
        """Return what a way into another contract in its place comes to; deployment is one, too."""
        subject = Subject.fresh(self.target.spec, artifact)
        if way == DEPLOYMENT:  # what its execution takes for granted, every function's does
            return Executed(self._begun(subject))
        digest = behaviour(subject, Piece("entry", way), None)
        result = subject.way(way).result if digest else None
        if result is None or depends_on_itself(result):
            return Executed("")
        return Executed(digest, result.assumptions)

    def _begun(self, subject: Subject) -> str:
        """Return the digest of what deployment comes to."""
        proxy = compile_contract(self.target.home, PROXY, self.target.settings)
        try:
            results = begun(subject, proxy)
        except Unsupported:
            return ""
        return "" if any(map(depends_on_itself, results)) else beginning(subject, results)


def compare(unchanged: Unchanged, variant: Variant, mutated: Artifact, options: Options) -> Trial:
    """Compare a mutant with the unchanged contract, up to the first way in that is not known to be alike.

    What the mutant is likely to change is looked at first.
    """
    started = process_time()
    pair = _Pair(unchanged, mutated, options.timeout)
    alike: list[Verdict] = []
    for way in pair.ways(variant.functions):
        verdict = pair.verdict(way)
        if verdict.outcome is not Outcome.PROVED:
            return _trial(started, alike, verdict)
        alike.append(verdict)
    return _trial(started, alike)


def _trial(started: float, alike: list[Verdict], other: Verdict | None = None) -> Trial:
    """Return what came of it: the ways in that are `alike`, and the first that is not known to be, if any."""
    told = ((other.function, other.detail),) if other is not None else ()
    differs = other is not None and other.outcome is Outcome.DIVERGED
    return Trial(
        by="comparison",
        noticed=(),
        held=tuple(one.function for one in alike),
        undecided=() if differs else told,
        seconds=process_time() - started,
        different=told if differs else (),
        asked=tuple(one.function for one in alike if not one.evidence["identical"]),
        assumptions=tuple(dict.fromkeys(name for one in alike for name in one.assumptions)),
    )


@dataclass(frozen=True)
class _Pair:
    """A contract and a mutant of it; `seconds` is what each query may take."""

    unchanged: Unchanged
    mutated: Artifact
    seconds: float

    @property
    def _spec(self) -> Spec[Any]:
        return self.unchanged.target.spec

    @property
    def _anytime(self) -> Spec[Any]:
        """The specification without what holds only between calls: it is not known of who calls back."""
        spec = self._spec
        return replace(spec, invariants=tuple(one for one in spec.invariants if not one.between_calls))

    @cached_property
    def _duel(self) -> Duel | None:
        return duel(self.unchanged.target, self.mutated, Budget(glance=2 * self.seconds, depth=0))

    def ways(self, changed: frozenset[bytes] | None) -> Iterator[str]:
        """Yield the deployment and every way in, first those with the selectors that may have `changed`."""
        subject = Subject(self._spec, self.unchanged.artifact)
        selectors = {name: one.selector for name, one in subject.abi.functions.items()}
        first = {name for name in subject.entries if changed is not None and selectors.get(name) in changed}
        yield DEPLOYMENT
        yield from sorted(subject.entries, key=lambda name: name not in first)

    def verdict(self, way: str) -> Verdict:
        """Return whether both do the same there."""
        one, other = self.unchanged.executed(way), self.unchanged.of(self.mutated, way)
        if one.digest and one.digest == other.digest:
            granted, evidence = tuple(sorted(one.assumptions)), {"identical": True}
            return Verdict(self._spec.name, CHECK, SAME, way, Outcome.PROVED, 0.0, "", granted, evidence)
        if way == DEPLOYMENT:
            detail = "the terms are others, or not all supported"
            return Verdict(self._spec.name, CHECK, SAME, way, Outcome.UNKNOWN, 0.0, detail)
        mutant = Other("the mutant", self.mutated, self._duel)
        limits = Limits(seconds=self.seconds)
        [verdict] = compare_way(
            Task(self._anytime, self.unchanged.artifact, (mutant,), way, limits, reentry=True)
        )
        if verdict.outcome is Outcome.PROVED and NO_REENTRY in verdict.assumptions:
            return replace(verdict, outcome=Outcome.UNKNOWN, detail=REENTERED)
        return verdict
