"""What there is to prove, cut into tasks that share no work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from harness.check.prove.build import applies
from harness.check.prove.deployment import DEPLOYMENT, LOCKED, Base
from harness.check.prove.subject import Subject
from harness.check.views.arguments import require_arguments
from harness.errors import PoolproofError, instead_of
from harness.lang import EVERY_FUNCTION, Relation, Rule, Spec

Kind = Literal["entry", "deployment", "relation", "scenario", "limitation"]


class ProveError(PoolproofError):
    """The command line names a property or a function that there is not."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One task: a way in with everything about it, the deployment, one relation or scenario, or one rule
    that is a known limitation.

    `name` is the way in, or the property; `function` is a relation's or a limitation's.
    """

    kind: Kind
    name: str
    function: str = ""

    def __str__(self) -> str:
        return self.name


def pieces(subject: Subject, properties: tuple[str, ...], functions: tuple[str, ...]) -> list[Piece]:
    """Return the tasks that the named properties and functions (all, where none is named) call for.

    Raises:
        ProveError: for a name that there is not, be it one that a rule or relation speaks about, and for one
            that two claims have.
        UnknownName: for an argument that there is not.
    """
    _require_names(subject.spec)
    _require_functions(subject)
    require_arguments(subject.spec, subject.abi.functions.values())
    _require(properties, [*(one.name for one in subject.spec.claims), LOCKED], "property")
    entries = entries_of(subject, functions)
    found = [Piece("entry", name) for name in entries if _concerned(subject, name, properties)]
    spec = subject.spec
    if not functions and (not properties or {LOCKED, *(one.name for one in spec.invariants)} & {*properties}):
        found.append(Piece("deployment", DEPLOYMENT))
    for relation in spec.relations:
        if not properties or relation.name in properties:
            found += [
                Piece("relation", relation.name, one) for one in entries if _related(subject, relation, one)
            ]
    if not functions:
        chosen = [one.name for one in spec.scenarios if not properties or one.name in properties]
        found += [Piece("scenario", name) for name in chosen]
    return found


def claims_of(subject: Subject, piece: Piece) -> list[str]:
    """Return the properties, by name, that a task decides, but for those that are proved of any contract."""
    spec = subject.spec
    invariants = [one.name for one in spec.invariants]
    match piece.kind:
        case "entry":
            return invariants + [one.name for one in spec.rules if _speaks_of(one, subject, piece.name)]
        case "deployment":
            return invariants + ([LOCKED] if Base(subject, None).initialiser is not None else [])
    return [piece.name]


def limits(subject: Subject, properties: tuple[str, ...], functions: tuple[str, ...]) -> list[Piece]:
    """Return the tasks about known limitations, among the named properties and functions (see `pieces`)."""
    found: list[Piece] = []
    for claim in subject.spec.limitations:
        if properties and claim.name not in properties:
            continue
        if isinstance(claim, Rule):
            entries = [name for name in entries_of(subject, functions) if _speaks_of(claim, subject, name)]
            found += [Piece("limitation", claim.name, name) for name in entries]
        elif not functions:
            found.append(Piece("scenario", claim.name))
    return found


def piece_of(spec: Spec[Any], property_: str, function: str) -> Piece:
    """Return the task that decides a property about a function ("" for a scenario)."""
    if not function:
        return Piece("scenario", property_)
    if any(one.name == property_ for one in spec.limitations):
        return Piece("limitation", property_, function)
    if any(one.name == property_ for one in spec.relations):
        return Piece("relation", property_, function)
    return Piece("deployment" if function == DEPLOYMENT else "entry", function)


def entries_of(subject: Subject, functions: tuple[str, ...]) -> list[str]:
    """Return the ways in that are named: by signature, or by a function's bare name."""
    if not functions:
        return list(subject.entries)
    chosen: list[str] = []
    for wanted in functions:
        matching = [name for name in subject.entries if wanted in (name, name.partition("(")[0])]
        if not matching:
            raise ProveError(f"There is no function `{wanted}`: {instead_of(wanted, subject.entries)}")
        chosen += matching
    return list(dict.fromkeys(chosen))


def _concerned(subject: Subject, name: str, properties: tuple[str, ...]) -> bool:
    """Say whether a wanted property speaks about a way in."""
    if not properties:
        return True
    rules = [rule for rule in subject.spec.rules if _speaks_of(rule, subject, name)]
    return any(one.name in properties for one in (*subject.spec.invariants, *rules))


def _speaks_of(rule: Rule, subject: Subject, name: str) -> bool:
    function = subject.abi.functions.get(name)
    return applies(rule, name, function.name if function else None)


def _related(subject: Subject, claim: Relation | Rule, name: str) -> bool:
    function = subject.abi.functions.get(name)
    return function is not None and bool({name, function.name} & {*claim.functions})


def _require_names(spec: Spec[Any]) -> None:
    """Refuse two claims of one name: what is said of one would count for the other."""
    names = [one.name for one in spec.claims]
    for name in names:
        if names.count(name) > 1:
            raise ProveError(f"Two claims of {spec.name} are called `{name}`: rename one.")


def _require_functions(subject: Subject) -> None:
    """Refuse a claim about a function that is not there: of that one it would say nothing."""
    spec = subject.spec
    functions = [*subject.abi.functions, *(one.name for one in subject.abi.functions.values())]
    entries = [EVERY_FUNCTION, *subject.entries, *functions]
    rules = [*spec.rules, *(one for one in spec.limitations if isinstance(one, Rule))]
    spoken = [(one.name, one.functions, entries) for one in rules]
    spoken += [(one.name, one.functions, functions) for one in spec.relations]
    for claim, names, known in spoken:
        missing = [name for name in names if name not in known]
        if missing:
            raise ProveError(
                f"`{claim}` speaks about {', '.join(missing)}, and the contract has no such function:"
                f" {instead_of(missing[0], subject.entries)}"
            )


def _require(wanted: tuple[str, ...], known: list[str], what: str) -> None:
    for name in wanted:
        if name not in known:
            raise ProveError(f"There is no {what} `{name}`: {instead_of(name, known)}")
