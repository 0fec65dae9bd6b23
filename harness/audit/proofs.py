"""The prover's view of a finding: whether the properties that make it harmless are proved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.check.verdict import BROKEN, Outcome, Verdict

NOT_ASKED = "not asked"
"""What a property is that a run did not try to prove."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a run says of a target's properties: the `stated` ones, and their `outcomes` where it asked."""

    stated: frozenset[str] = frozenset()
    outcomes: dict[str, set[Outcome]] = field(default_factory=dict)

    @classmethod
    def of(cls, stated: Iterable[str], verdicts: Iterable[Verdict]) -> Proofs:
        """Return what a proof's `verdicts` say of the properties that are `stated`."""
        outcomes: dict[str, set[Outcome]] = {}
        for verdict in verdicts:
            outcomes.setdefault(verdict.property, set()).add(verdict.outcome)
        return cls(frozenset(stated), outcomes)

    def view(self, names: Iterable[str]) -> View:
        """Return what is known of the named properties together."""
        return View({name: self._standing(name) for name in names}, self.stated)

    def _standing(self, name: str) -> str:
        others = self.outcomes.get(name, set()) - {Outcome.PROVED}
        if name not in self.outcomes:
            return NOT_ASKED
        worst = sorted(others, key=lambda one: (one not in BROKEN, one.value))
        return worst[0].value if worst else Outcome.PROVED.value


@dataclass(frozen=True, slots=True)
class View:
    """The properties that are said to make a finding harmless, each with what became of it in this run."""

    standings: dict[str, str]
    stated: frozenset[str]

    @property
    def outcome(self) -> Outcome:
        """What the finding is: broken with a property of these, undecided with one, else accepted.

        A property that nobody states proves nothing.
        """
        found = set(self.standings.values()) - {Outcome.PROVED.value, NOT_ASKED}
        if found & {each.value for each in (*BROKEN, Outcome.LIMITATION)}:
            return Outcome.FOUND
        return Outcome.UNKNOWN if found or not self.stated >= set(self.standings) else Outcome.HELD

    @property
    def sentence(self) -> str:
        """What to say after the reason; "" where no property is named."""
        sentences = []
        for standing in dict.fromkeys(self.standings.values()):
            group = [name for name, its in self.standings.items() if its == standing]
            named, verb = ", ".join(f"`{name}`" for name in group), "are" if len(group) > 1 else "is"
            if standing == Outcome.PROVED.value:
                sentences.append(f"Flagged, and proved harmless by {named}.")
            elif not self.stated >= set(group):
                sentences.append(
                    f"{named} {verb} to prove it harmless, but no property of that name is stated."
                )
            elif standing == NOT_ASKED:
                sentences.append(f"{named} {verb} to prove it harmless; this run did not try.")
            else:
                sentences.append(
                    f"Not shown to be harmless: {named}, which {verb} to prove it, {verb} {standing}."
                )
        return " ".join(sentences)
