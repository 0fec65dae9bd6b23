"""What came of a mutant, and the verdict on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from harness.check.mutants.equivalent import Equivalent
from harness.check.mutants.mutant import LAYOUT
from harness.check.mutants.options import STEPS
from harness.check.mutants.trial import Trial
from harness.check.mutants.variant import Variant
from harness.check.target import Target
from harness.check.verdict import Outcome, Verdict

CHECK = "mutants"


class State(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    """A property, the model or the layout noticed it."""
    EQUAL = "proved equal"
    """It is no mutant: whichever way one comes in, it does what the unchanged contract does."""
    SURVIVED = "survived"
    """Everything was decided, and nothing noticed it."""
    EXPLAINED = "equivalent"
    """Nothing noticed it, and the committed list says why nothing can."""
    UNDECIDED = "undecided"
    """Nothing noticed it, and something was not decided."""
    STILLBORN = "does not compile"
    """It is no contract; of an automatic mutant that counts for nothing."""
    SAME = "same bytecode"
    """It compiles to what it was made of, or to what another mutant compiles to."""


_NOT_COUNTED = (State.STILLBORN, State.SAME)


@dataclass(frozen=True, slots=True)
class Row:
    """One mutant and what was tried on it; `note` says why it was not tried, or why it is equivalent.

    `claimed` are the names of the target's properties.
    """

    variant: Variant
    state: State
    trials: tuple[Trial, ...] = ()
    note: str = ""
    claimed: frozenset[str] = frozenset()

    @property
    def seconds(self) -> float:
        """How long the trials took."""
        return sum(trial.seconds for trial in self.trials)

    @property
    def counts(self) -> bool:
        """Whether it is a mutant at all: an automatic one that changes nothing is not."""
        return not (self.variant.automatic and self.state in _NOT_COUNTED)

    def trial(self, by: str) -> Trial | None:
        """Return the trial by some means, if there was one."""
        return next((one for one in self.trials if one.by == by), None)

    @property
    def noticed(self) -> list[str]:
        """Which properties noticed it, by any means, each once."""
        return list(dict.fromkeys(name for trial in self.trials for name, _ in trial.noticed))

    @property
    def names(self) -> list[str]:
        """Which killers it names, of those that its target has."""
        return [name for name in self.variant.kills if name in self.claimed or name == LAYOUT]

    @property
    def missed(self) -> list[str]:
        """Which of the properties that it names for its killers were proved to hold of it."""
        held = {name for trial in self.trials if trial.by != "campaign" for name in trial.held}
        return [name for name in self.names if name in held]

    @property
    def open(self) -> bool:
        """Whether the proof was asked, and none of the properties that it names was proved wrong."""
        proof = self.trial("proof")
        found = {name for trial in self.trials if trial.by != "campaign" for name, _ in trial.noticed}
        return proof is not None and bool(self.names) and not found.intersection(self.names)

    @property
    def unreached(self) -> str:
        """What is wrong with what a known bug says of campaigns, if anything."""
        campaign = self.trial("campaign")
        if campaign is None or self.variant.automatic or self.names == [LAYOUT]:
            return ""
        if campaign.killed and self.variant.unreached:
            return f"A campaign notices it after {campaign.calls:,} calls: take out the line `Unreached:`."
        if campaign.calls >= STEPS and not campaign.killed and not self.variant.unreached:
            return f"No campaign of {STEPS:,} calls notices it: say why in a line `Unreached:`."
        proof = self.trial("proof")
        near = [name for name, _ in proof.noticed if name not in proof.staged] if proof else []
        if self.variant.unreached and near:
            return f"It is said to be out of reach, but `{near[0]}` breaks among the deployment's contracts."
        return ""

    def verdict(self, target: str) -> Verdict:
        """Return the verdict: HELD where the specification would have noticed, or need not."""
        outcome = {
            State.KILLED: Outcome.HELD,
            State.EQUAL: Outcome.HELD,
            State.EXPLAINED: Outcome.HELD,
            State.UNDECIDED: Outcome.UNKNOWN,
        }.get(self.state, Outcome.FOUND)
        if self.open and outcome is Outcome.HELD:
            outcome = Outcome.UNKNOWN
        if self.missed or self.unreached:
            outcome = Outcome.FOUND
        return Verdict(
            target, CHECK, self.variant.name, "", outcome, self.seconds, self._detail(), (), self._evidence()
        )

    def _detail(self) -> str:
        if self.state is State.KILLED and not (self.missed or self.open or self.unreached):
            return ""
        lines = [f"{self.variant.sentence} ({self.variant.place})"]
        if self.state is State.SURVIVED:
            lines.append("Nothing notices it: add a property, or explain it in the list of equivalents.")
        elif self.state is not State.KILLED and self.note:
            lines.append(self.note)
        lines += [f"`{name}` should notice it, and holds." for name in self.missed]
        lines += [self.unreached] if self.unreached else []
        lines += [f"It differs in {way}: {how}" for trial in self.trials for way, how in trial.different]
        undecided = [pair for trial in self.trials for pair in trial.undecided]
        lines += [f"{name}: {why}" for name, why in undecided[:4]]
        return "\n".join(lines)

    def _evidence(self) -> dict[str, object]:
        """Return the mutant's row of the matrix, fit for JSON."""
        return {
            "state": self.state.value,
            "automatic": self.variant.automatic,
            "sentence": self.variant.sentence,
            "place": self.variant.place,
            "reason": self.note if self.state is State.EXPLAINED else "",
            "names": self.names,
            "unreached": self.variant.unreached,
            "trials": [_told(trial) for trial in self.trials],
        }


def _told(trial: Trial) -> dict[str, object]:
    """Return what a trial came to, fit for JSON."""
    return {
        "by": trial.by,
        "noticed": {name: outcome.value for name, outcome in trial.noticed},
        "held": list(trial.held),
        "undecided": [name for name, _ in trial.undecided],
        "different": [way for way, _ in trial.different],
        "asked": list(trial.asked),
        "assumptions": list(trial.assumptions),
        "seconds": round(trial.seconds, 2),
        "calls": trial.calls,
    }


def stale(
    equivalents: Iterable[Equivalent], target: Target, rows: Sequence[Row], whole: bool
) -> Iterator[Verdict]:
    """Yield a verdict for each explanation that is out of date.

    It is if something notices a mutant that it explains; or, where `rows` are the `whole` of a target's
    automatic mutants, if it is about that target and explains none.
    """
    for one in equivalents:
        about = [
            row for row in rows if row.variant.automatic and one.explains(target.spec.name, row.variant.name)
        ]
        killed = [row.variant.name for row in about if row.state is State.KILLED]
        idle = whole and one.target == target.spec.name and not about
        if killed or idle:
            what = f"something notices {killed[0]}" if killed else "no mutant has such a name"
            detail = f"It is explained as equivalent, but {what}: mend the entry ({one.reason})"
            yield Verdict(target.name, CHECK, one.pattern, "", Outcome.FOUND, 0.0, detail)
