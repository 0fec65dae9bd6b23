"""`poolproof prove`: every property, for every state and every call."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from harness.check.campaign.ground import Parts, parts
from harness.check.kept import Keeping
from harness.check.prove.prover import CHECK, Limits
from harness.check.prove.run import Options
from harness.check.prove.run import prove as prove_all
from harness.check.receipt import deployment_hash
from harness.check.target import Progress, Target
from harness.check.verdict import Verdict
from harness.cli.durations import seconds
from harness.cli.errors import UsageError
from harness.cli.options import (
    REPLAYS,
    Names,
    NoCache,
    Output,
    Replays,
    Timeout,
    Tree,
    Workers,
    grouped,
)
from harness.cli.session import Session
from harness.cli.targets import load_targets
from harness.compiler import Artifact, compile_contract
from harness.compiler.loaded import load_artifact
from harness.errors import trouble
from harness.evm.deployment import PROXY
from harness.solver import second_solver_available

if TYPE_CHECKING:
    from harness.check.reach.examiner import Examiner


@dataclass(frozen=True, slots=True)
class Files:
    """A contract that was compiled elsewhere."""

    bytecode: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Runtime bytecode in hexadecimal, in place of a source."),
    ] = None
    layout: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The storageLayout that goes with --bytecode, as JSON."),
    ] = None
    abi: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The ABI that goes with --bytecode, as JSON.")
    ] = None

    def artifact(self) -> Artifact | None:
        """Return the contract that the files describe, or None if none is named.

        Raises:
            UsageError: if only some of the three are named.
            CompilerError: if one does not hold what it should.
        """
        if self.bytecode is None and self.layout is None and self.abi is None:
            return None
        if self.bytecode is None or self.layout is None or self.abi is None:
            raise UsageError("--bytecode, --layout and --abi go together: name all three.")
        return load_artifact(self.bytecode, self.layout, self.abi)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be proved, and with what."""

    property: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this property. Repeatable.")
    ] = None
    function: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this function, by name or signature. Repeatable."),
    ] = None
    timeout: Timeout = 10.0
    memory: Annotated[int, typer.Option(min=64, metavar="MB", help="The solver's memory for each query.")] = (
        1000
    )
    budget: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="The whole run's time (60s, 5m); what is left is UNKNOWN."),
    ] = None
    workers: Workers = 0
    no_cache: NoCache = False
    replays: Replays = REPLAYS
    dump_smt: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write every query to DIR as SMT-LIB 2.")
    ] = None
    cross_check: Annotated[
        bool, typer.Option("--cross-check", help="Ask a second solver (cvc5) about every proof, too.")
    ] = False

    def options(self) -> Options:
        """Return these as the prover's options; the folder for queries is made.

        Raises:
            UsageError: for a folder that can't be made, a second solver that isn't there, or no duration.
        """
        if self.cross_check and not second_solver_available():
            raise UsageError("--cross-check asks cvc5, which is not installed: `pip install cvc5`.")
        limits = Limits(self.timeout, self.memory, _folder(self.dump_smt), self.cross_check)
        workers = self.workers or os.cpu_count() or 1
        keeping = Keeping(read=not (self.no_cache or self.dump_smt or self.cross_check))
        until = monotonic() + seconds(self.budget) if self.budget is not None else inf
        chosen = tuple(self.property or ()), tuple(self.function or ())
        return Options(*chosen, limits, workers, keeping=keeping, until=until)


@grouped
def prove(
    names: Names = None,
    tree: Tree = Tree(),
    files: Files = Files(),
    choice: Choice = Choice(),
    output: Output = Output(),
) -> None:
    """Prove every property of the targets for every reachable state and every call.

    By induction, from the deployed bytecode: no bound on the number of calls, on
    addresses or on amounts. A verdict names what the proof used; what could not be
    decided within --timeout and --memory is UNKNOWN, never a pass. What fails is executed
    on a real EVM first, then looked for from deployment, and leaves a replay file. The verdicts do not
    depend on the number of workers. What was proved of the same contract, specification
    and version before is not proved again. With --cross-check, a proof that a second solver
    contradicts is UNKNOWN.

    \b
    Examples:
      poolproof prove v3
      poolproof prove v3 --function slashProver --property every_token_is_accounted_for
      poolproof prove v3 --root ../mine --source src/Pool.sol:Pool
      poolproof prove v3 --bytecode pool.hex --layout layout.json --abi abi.json

    Exit codes: 0 all is proved, 1 something is refuted or not inductive, 2 wrong usage
    or the sources do not compile, 3 something was not decided.
    """
    targets = load_targets(names or (), tree)
    artifact = files.artifact()
    if artifact is not None and (len(targets) != 1 or tree.source is not None):
        raise UsageError("--bytecode is about one target, and excludes --source: name that target alone.")
    options = choice.options()
    with Session(targets, output) as session:
        for target in targets:
            session.run(target.name, CHECK, partial(prove_target, target, options, artifact, choice.replays))


def prove_target(
    target: Target, options: Options, artifact: Artifact | None, replays: Path, progress: Progress
) -> Iterator[Verdict]:
    """Yield the verdicts about `target`: its own contract's, or those of an `artifact` made elsewhere.

    What fails is executed before it is reported, where the specification says how to deploy its contract;
    its replay file goes to the folder `replays`. Runtime code alone cannot be deployed.
    """
    if artifact is None and target.spec.deployment is not None:
        material = parts(target)
        options = replace(options, triage=partial(examiner, target, material, replays))
        if options.keeping is not None:
            options = replace(options, keeping=kept_with(options.keeping, material, replays))
    compiled = artifact or compile_contract(target.project, target.contract, target.settings)
    proxy = compile_contract(target.home, PROXY, target.settings)
    for verdict in prove_all(target.spec, compiled, options, progress, proxy):
        yield replace(verdict, target=target.name)


def kept_with(keeping: Keeping, material: Parts, replays: Path) -> Keeping:
    """Return `keeping` for what is deployed, with the folder of the replay files."""
    return replace(keeping, deployment=deployment_hash(material.artifacts), replays=replays)


def examiner(target: Target, material: Parts, replays: Path) -> Examiner:
    """Return who executes what fails."""
    # Imported here: where everything was proved before, nothing is executed.
    from harness.check.reach.examiner import Examiner

    return Examiner(target.name, target.contract, material, replays)


def _folder(path: Path | None) -> Path | None:
    """Return `path` as a folder that is there."""
    if path is not None:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{path} cannot be made ({trouble(error)}): name another folder.") from error
    return path
