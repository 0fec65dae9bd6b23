"""What the verdicts on one piece of a proof depend on of the contract: what is executed, not where it stands.

Two contracts of which a piece has one behaviour get the same verdicts on it, under one specification, from
one version of poolproof and its solver. A change of one function leaves the behaviour of every other as it
was, wherever the compiler now puts their code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.check.prove.build import Steps
from harness.check.prove.deployment import Base
from harness.check.prove.obligation import Obligation
from harness.check.prove.reentry import moments
from harness.check.prove.sequences import relation, scenario
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece
from harness.compiler.artifact import Artifact
from harness.compiler.cache import content_hash
from harness.lang import Scenario
from harness.symbolic.digest import digest_of
from harness.symbolic.errors import Unsupported
from harness.symbolic.result import PostState
from harness.term.core import TermError


def behaviour(subject: Subject, piece: Piece, proxy: Artifact | None) -> str:
    """Return the hash of the layout, the ABI and what is executed for `piece`; "" where that is unsupported.

    For a way in it is what the prover executes: any call, a regular one, and one that may be re-entered. For
    anything else it is what the solver would be asked. A prover of the same subject does not execute it anew.
    """
    artifact = subject.artifact
    try:
        executed = digest_of(list(_executed(subject, piece, proxy)))
    except (Unsupported, TermError):
        return ""
    return content_hash(repr(artifact.layout), artifact.abi, executed)


def begun(subject: Subject, proxy: Artifact | None) -> list[PostState]:
    """Execute all that deployment does, whatever is claimed of it. Raises Unsupported.

    That is the creation of the contract and of an implementation behind a proxy, and what the initialiser
    does to the latter.
    """
    base = Base(subject, proxy)
    executed = [base.execution(), *(base.behind([]) if base.initialiser is not None else ())]
    return [one.result for one in executed]


def beginning(subject: Subject, executed: Iterable[PostState]) -> str:
    """Return the hash of what was executed of a deployment (see `begun`).

    That is the storage that it leaves and what it announces. Which code is deployed does not count.
    """
    done = digest_of([_done(one) for one in executed])
    return content_hash(repr(subject.artifact.layout), subject.artifact.abi, done)


def _done(result: PostState) -> tuple[object, ...]:
    """Return what counts of an execution for everybody but its caller."""
    effects = result.success, result.storage, result.transient, result.trace
    return *effects, result.obligations, result.assumptions


def _executed(subject: Subject, piece: Piece, proxy: Artifact | None) -> Iterator[object]:
    spec = subject.spec
    match piece.kind:
        case "entry":
            yield from _ways(subject, piece.name)
        case "limitation":
            yield from _ways(subject, piece.function)
        case "deployment":
            base = Base(subject, proxy)
            execution = base.execution()
            yield execution.result.assumptions
            for claim in spec.invariants:
                yield from _asked(base.obligations(execution, claim))
            if base.initialiser is not None:
                yield from _asked(base.locked())
        case "relation":
            related = next(one for one in spec.relations if one.name == piece.name)
            yield from _asked(relation(subject, piece.function, related))
        case "scenario":
            story = next(one for one in spec.claims if one.name == piece.name)
            assert isinstance(story, Scenario)
            yield from _asked(scenario(subject, story))


def _ways(subject: Subject, name: str) -> Iterator[object]:
    """Yield what the prover executes of a way in."""
    regular = subject.way(name, regular=True)
    yield from (subject.way(name).result, regular.result)
    if moments(Steps(regular)):
        yield subject.way(name, regular=True, reentry=True).result


def _asked(obligations: Iterable[Obligation]) -> Iterator[object]:
    """Yield what counts of obligations: all but the property itself, and the storage to replay on."""
    for one in obligations:
        yield one.property, one.function, one.case, one.hypotheses, one.goal, one.keys
        yield one.assumptions, one.premises
