"""`poolproof equiv`: the reference model is the contract, function by function."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.check.campaign.ground import Parts, parts
from harness.check.equiv.builds import builds, title
from harness.check.equiv.run import CHECK, Options, equivalence
from harness.check.equiv.same import UNSPECIFIED, Other, same
from harness.check.equiv.twin import duel
from harness.check.kept import Keeping
from harness.check.prove.prover import Limits
from harness.check.prove.settle import settled
from harness.check.target import Progress, Target
from harness.check.triage.scene import with_deployment
from harness.check.verdict import Verdict
from harness.cli.config import Config, load_config
from harness.cli.equal import file_of, record
from harness.cli.errors import UsageError
from harness.cli.options import REPLAYS, Names, NoCache, Output, Replays, Timeout, Tree, Workers, grouped
from harness.cli.prove import examiner, kept_with
from harness.cli.session import Check, Session
from harness.cli.targets import load_implementation, load_targets
from harness.compiler import Settings, compile_contract

if TYPE_CHECKING:
    from harness.check.equiv.difference import Differences


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared in place of model and contract."""

    a: Annotated[
        str | None, typer.Option(metavar="[ROOT:]FILE.sol:Contract", help="Compare this implementation ...")
    ] = None
    b: Annotated[str | None, typer.Option(metavar="[ROOT:]FILE.sol:Contract", help="... with this one.")] = (
        None
    )
    builds: Annotated[
        bool, typer.Option("--builds", help="Compare each target with its other builds, on bytecode.")
    ] = False
    also_solc: Annotated[
        list[str] | None,
        typer.Option(metavar="VERSION", help="With --builds: builds of this solc, too. Repeatable."),
    ] = None
    function: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this function, by name or signature. Repeatable."),
    ] = None


@dataclass(frozen=True, slots=True)
class Effort:
    """What a comparison may take: for each query, of processors, and for which functions (all, if none).

    With `keeping`, what was decided of model and contract is kept.
    """

    limits: Limits
    workers: int
    functions: tuple[str, ...] = ()
    keeping: Keeping | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a comparison may take, and what is kept of it."""

    timeout: Timeout = 10.0
    workers: Workers = 0
    no_cache: NoCache = False
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Put what came of it into the file of comparisons, for `poolproof tables`."
        ),
    ] = False

    def effort(self, sides: Sides) -> Effort:
        """Return these as a comparison of what is named."""
        processes, keeping = self.workers or os.cpu_count() or 1, Keeping(read=not self.no_cache)
        return Effort(Limits(self.timeout), processes, tuple(sides.function or ()), keeping)


@grouped
def equiv(
    names: Names = None,
    tree: Tree = Tree(),
    sides: Sides = Sides(),
    work: Work = Work(),
    replays: Replays = REPLAYS,
    output: Output = Output(),
) -> None:
    """Prove that the targets' reference models do what the contracts do.

    For each function, from any state that has the invariants, for any caller, arguments and
    block: model and contract agree on success, on the exact revert data, on what is returned,
    announced and asked of other contracts, and on every storage field; malformed calls fail.
    What is then proved of the model is proved of the contract. A difference is executed on
    both before it is reported, and leaves a replay file. What was decided of the same function,
    specification and version before is not decided again.

    With --a and --b, two implementations are compared instead: their storages are related
    field by field, by the names in their layouts; a target's name lends its invariants. With
    --builds, a target is compared with what other compiler settings make of it.

    \b
    Examples:
      poolproof equiv v3
      poolproof equiv v3 --function slashProver
      poolproof equiv v3 --a v3 --b ../mine:src/Pool.sol:Pool
      poolproof equiv v3 --builds
      poolproof equiv --record && poolproof tables README.md docs/equivalence.md

    Exit codes: 0 all is the same, 1 model and contract differ, 2 wrong usage or the sources do
    not compile, 3 something was not decided.
    """
    targets = load_targets(names or (), tree) if names or sides.a is None else []
    checks = _checks(targets, sides, tree, work.effort(sides), replays)
    config = _to_record(sides, tree) if work.record else None
    with Session(targets, output) as session:
        for name, check in checks:
            session.run(name, CHECK, check)
        if config is not None:
            record(config, session.verdicts)


def _to_record(sides: Sides, tree: Tree) -> Config:
    """Return the configuration that says where comparisons are recorded.

    Raises:
        UsageError: if it does not, or what is compared is not the whole of targets.
    """
    if sides.a or sides.builds or sides.function or tree.source is not None:
        raise UsageError("--record is for whole targets: leave out --function, --a, --builds and --source.")
    config = load_config(tree.config)
    file_of(config)
    return config


def _checks(
    targets: Sequence[Target], sides: Sides, tree: Tree, effort: Effort, replays: Path
) -> list[tuple[str, Check]]:
    """Return what is to be compared, each by the name under which it is shown."""
    if (sides.a is None) != (sides.b is None):
        raise UsageError("--a and --b go together: name two implementations.")
    if sides.a is not None and sides.b is not None:
        if sides.builds or len(targets) > 1:
            raise UsageError("--a and --b compare two implementations: no --builds, and one target at most.")
        target = targets[0] if targets else None
        check = partial(compare_sides, sides.a, sides.b, tree, target, effort)
        return [(target.name if target else UNSPECIFIED.name, check)]
    if sides.also_solc and not sides.builds:
        raise UsageError("--also-solc needs --builds.")
    if sides.builds:
        others = sides.also_solc or ()
        return [
            (target.name, partial(compare_builds, target, builds(target.settings, others), effort))
            for target in targets
        ]
    return [(target.name, partial(compare_target, target, effort, replays)) for target in targets]


def compare_sides(
    a: str, b: str, tree: Tree, target: Target | None, effort: Effort, progress: Progress
) -> Iterator[Verdict]:
    """Yield the verdicts about two implementations; with a target, in its surroundings."""
    one, other = load_implementation(a, tree), load_implementation(b, tree)
    left = compile_contract(one.project, one.contract, one.settings)
    right = compile_contract(other.project, other.contract, other.settings)
    spec = with_deployment(UNSPECIFIED if target is None else target.spec)
    home = one.project if target is None else target.home
    known = Target(spec.name, spec, one.contract, one.project, one.settings, home)
    others = [Other(b, right, duel(known, right))]
    yield from same(spec, left, others, effort.limits, effort.workers, progress, effort.functions)


def compare_builds(
    target: Target, others: list[Settings], effort: Effort, progress: Progress
) -> Iterator[Verdict]:
    """Yield the verdicts about a target and its other builds."""
    left = compile_contract(target.project, target.contract, target.settings)
    built = []
    for settings in others:
        artifact = compile_contract(target.project, target.contract, settings)
        built.append(Other(title(settings), artifact, duel(target, artifact)))
    yield from same(target.spec, left, built, effort.limits, effort.workers, progress, effort.functions)


def compare_target(
    target: Target,
    effort: Effort,
    replays: Path,
    progress: Progress,
    proofs: Sequence[Verdict] = (),
) -> Iterator[Verdict]:
    """Yield the verdicts about `target`; what differs is executed where there is a deployment to do it on.

    With `proofs`, the verdicts of a whole proof of the target, nothing is PROVED that rests on an invariant
    which is not.
    """
    compiled = compile_contract(target.project, target.contract, target.settings)
    options = Options(effort.limits, effort.workers, effort.functions, keeping=effort.keeping)
    if target.spec.deployment is not None:
        material = parts(target)
        options = replace(options, triage=partial(differences, target, material, replays))
        if options.keeping is not None:
            options = replace(options, keeping=kept_with(options.keeping, material, replays))
    for verdict in equivalence(target.spec, compiled, options, progress):
        known = settled([*proofs, verdict], target.spec, whole=bool(proofs))[-1]
        yield replace(known, target=target.name)


def differences(target: Target, material: Parts, replays: Path) -> Differences:
    """Return who executes what differs."""
    from harness.check.equiv.difference import Differences  # as in `examiner`

    return Differences(examiner(target, material, replays))
