"""What came of a trial of a mutant; the ways to notice it: its layout, random calls, proofs of properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time
from typing import Literal

from harness.check.campaign import Options as CampaignOptions
from harness.check.campaign import run_campaign
from harness.check.campaign.ground import parts
from harness.check.mutants.mutant import LAYOUT
from harness.check.mutants.options import Options
from harness.check.mutants.variant import Variant
from harness.check.prove.deployment import DEPLOYMENT
from harness.check.prove.prover import Limits, Prover
from harness.check.prove.subject import Subject
from harness.check.prove.tasks import Piece, pieces
from harness.check.reach.examiner import Budget, Examiner
from harness.check.target import Target
from harness.check.triage.confirm import STAGED
from harness.check.upgrade import check_upgrade
from harness.check.verdict import BROKEN, HOLDING, Outcome, Verdict
from harness.compiler import Artifact, compile_contract
from harness.evm.abi import Abi
from harness.evm.deployment import PROXY
from harness.evm.errors import DeploymentError

Means = Literal["layout", "campaign", "comparison", "proof"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one means had to say of a mutant.

    `noticed` names the properties that broke (the campaign's ``model`` is the model's agreement), each
    with its outcome; `held` those that were decided and held; `undecided` says of a property why it was
    not decided. `staged` are those noticed only where other contracts answer as no deployed one does.
    `seconds` are of the processor.

    A comparison speaks of ways in, not of properties, and notices nothing: `held` are those in which the
    mutant does what the unchanged contract does, `asked` those of them about which a solver was, and
    `different` says of one how it does something else; what was proved of them rests on `assumptions`.
    """

    by: Means
    noticed: tuple[tuple[str, Outcome], ...]
    held: tuple[str, ...]
    undecided: tuple[tuple[str, str], ...]
    seconds: float
    calls: int = 0
    staged: tuple[str, ...] = ()
    different: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def killed(self) -> bool:
        """Whether anything broke."""
        return bool(self.noticed)

    @property
    def equal(self) -> bool:
        """Whether the mutant was shown to do what the unchanged contract does, whichever way one comes in."""
        return self.by == "comparison" and not (self.undecided or self.different)


def compare_layouts(target: Target, original: Artifact, mutated: Artifact) -> Trial:
    """Return whether an upgrade from the original to the mutant would move a field."""
    started = process_time()
    moved = any(one.outcome in BROKEN for one in check_upgrade(target.name, original.layout, mutated.layout))
    noticed = ((LAYOUT, Outcome.FOUND),) if moved else ()
    return Trial("layout", noticed, () if moved else (LAYOUT,), (), process_time() - started)


def execute(target: Target, options: Options) -> Trial:
    """Run a campaign on the mutant, up to the first defect; one is that it cannot be deployed.

    Raises:
        CampaignError: if the specification cannot be executed beside it.
        KeyboardInterrupt: after Ctrl-C, as half a campaign says nothing.
    """
    started = process_time()
    campaign = CampaignOptions(steps=options.steps, seed=options.seed, shrink=False, follow=False)
    try:
        result = run_campaign(target, campaign)
    except DeploymentError:
        return Trial("campaign", ((DEPLOYMENT, Outcome.FOUND),), (), (), process_time() - started)
    if result.interrupted:
        raise KeyboardInterrupt
    return _trial("campaign", result.verdicts, started, result.statistics.steps)


def decide(target: Target, variant: Variant, mutated: Artifact, options: Options) -> Trial:
    """Prove the properties that are to notice the mutant; all of them, where those hold or none is named.

    `target` is the one with the mutant in it. Only what the mutant can change is looked at, up to where
    each named property (or, if none is named, any) has broken, unless `options` ask for every one: that
    one call breaks it from a state that obeys the invariants, as the EVM confirms.
    """
    started = process_time()
    known = {one.name for one in target.spec.properties}
    named = tuple(name for name in variant.kills if name in known)
    verdicts = list(_verdicts(target, variant, mutated, options, () if options.every_property else named))
    if named and not options.every_property and all(one.outcome in HOLDING for one in verdicts):
        verdicts += _verdicts(target, variant, mutated, options, ())
    return _trial("proof", verdicts, started)


def _verdicts(
    target: Target, variant: Variant, mutated: Artifact, options: Options, wanted: tuple[str, ...]
) -> Iterator[Verdict]:
    """Yield what is proved of the `wanted` properties (all, if none is), where the mutant can change it."""
    limits = Limits(seconds=options.timeout)
    budget = Budget(glance=2 * options.timeout, depth=0)
    examiner = Examiner(target.name, target.contract, parts(target), budget=budget, replayable=False)
    proxy = compile_contract(target.home, PROXY, target.settings)
    left = wanted
    for piece in _pieces(target, variant, mutated, wanted):
        prover = Prover(Subject.fresh(target.spec, mutated), limits, examiner)
        for verdict in prover.piece(piece, left, proxy):
            yield verdict
            if verdict.outcome in BROKEN and not options.every_property:
                left = tuple(name for name in left if name != verdict.property)
                if not left:
                    return


def _pieces(target: Target, variant: Variant, mutated: Artifact, wanted: tuple[str, ...]) -> list[Piece]:
    """Return the tasks of the proof that the mutant can make a difference to."""
    subject = Subject(target.spec, mutated)
    subject.shapes  # noqa: B018  # complains now about what the layout lacks
    functions = _functions(target, variant, mutated)
    found = pieces(subject, wanted, functions)
    scenarios = tuple(one.name for one in target.spec.scenarios if not wanted or one.name in wanted)
    if functions and scenarios:  # sequences of calls are about no function alone
        found += pieces(subject, scenarios, ())
    return found


def _functions(target: Target, variant: Variant, mutated: Artifact) -> tuple[str, ...]:
    """Return the signatures of what the mutant can change; none if that is everything, the deployment too."""
    if variant.functions is None:
        return ()
    changed = {
        name: one for name, one in Abi(mutated.abi).functions.items() if one.selector in variant.functions
    }
    recipe = target.spec.deployment
    starts = {one.init[0] for one in recipe.contracts if one.source is None and one.init} if recipe else set()
    return () if any(one.name in starts for one in changed.values()) else tuple(changed)


def _trial(by: Means, verdicts: list[Verdict], started: float, calls: int = 0) -> Trial:
    noticed: dict[str, Outcome] = {}
    real: set[str] = set()
    undecided: dict[str, str] = {}
    for one in verdicts:
        if one.outcome in BROKEN:
            noticed.setdefault(one.property, one.outcome)
            real |= set() if one.evidence.get(STAGED) else {one.property}
        elif one.outcome not in HOLDING:
            undecided.setdefault(one.property, one.detail or one.outcome.value)
    decided = {one.property for one in verdicts} - noticed.keys() - undecided.keys()
    return Trial(
        by=by,
        noticed=tuple(noticed.items()),
        held=tuple(sorted(decided)),
        undecided=tuple((name, why) for name, why in undecided.items() if name not in noticed),
        seconds=process_time() - started,
        calls=calls,
        staged=tuple(name for name in noticed if name not in real),
    )
