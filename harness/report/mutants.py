"""What became of mutants, as Markdown: a score and a table for each target, made from verdicts alone.

A file marks the places; what stands between the two marks is replaced by what the last run found::

    <!-- mutants: score by-hand v3 -->
    <!-- end -->

Besides ``score`` there is ``table``, besides ``by-hand`` there is ``automatic``. Seconds are left out, since
they differ from run to run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from harness.check.verdict import Verdict
from harness.report.tables import table

CHECK = "mutants"
BY_HAND, AUTOMATIC = "by-hand", "automatic"
Json = dict[str, Any]
_STATES = ("killed", "equivalent", "survived", "undecided")
_MARKED = re.compile(
    r"(<!-- mutants: (score|table) (by-hand|automatic) (\S+) -->\n)(.*?)(<!-- end -->)", re.DOTALL
)


def renew_mutants(text: str, verdicts: Iterable[Verdict]) -> str:
    """Return the Markdown `text` with its marked scores and tables written anew.

    Those of targets and makers that `verdicts` don't speak of stay as they are.
    """
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        if one.check == CHECK and "state" in one.evidence:
            groups.setdefault((_maker(one), one.target), []).append(one)

    def renewed(match: re.Match[str]) -> str:
        opening, kind, maker, target, _, closing = match.groups()
        group = groups.get((maker, target))
        return f"{opening}{_KINDS[kind, maker](target, group)}{closing}" if group else match.group(0)

    return _MARKED.sub(renewed, text)


def _maker(verdict: Verdict) -> str:
    return AUTOMATIC if verdict.evidence["automatic"] else BY_HAND


def _noticed(verdict: Verdict, by: str) -> list[str]:
    """Return the properties that noticed a mutant by some means."""
    trials: list[Json] = verdict.evidence["trials"]
    return [name for trial in trials if trial["by"] == by for name in trial["noticed"]]


def _state(verdict: Verdict) -> str:
    return str(verdict.evidence["state"])


def _count(verdicts: Iterable[Verdict], by: str) -> int:
    return sum(1 for one in verdicts if _noticed(one, by))


def _score_by_hand(target: str, verdicts: Sequence[Verdict]) -> str:
    killed = sum(1 for one in verdicts if _state(one) == "killed")
    proof, campaign = _count(verdicts, "proof"), _count(verdicts, "campaign")
    return (
        f"{target}: {killed} of {len(verdicts)} known bugs are noticed,"
        f" {proof} by proof and {campaign} by a campaign of random calls.\n"
    )


def _score_automatic(target: str, verdicts: Sequence[Verdict]) -> str:
    states = [_state(one) for one in verdicts]
    equivalent = states.count("equivalent")
    return (
        f"{target}: {states.count('killed')} of {len(verdicts) - equivalent} automatic mutants are noticed;"
        f" {equivalent} more are equivalent, as explained.\n"
    )


def _table_by_hand(target: str, verdicts: Sequence[Verdict]) -> str:
    rows = (
        (
            f"`{one.property}`",
            str(one.evidence["sentence"]),
            _names(_noticed(one, "proof") or _noticed(one, "layout")),
            "yes" if _noticed(one, "campaign") else "no",
        )
        for one in sorted(verdicts, key=lambda one: one.property)
    )
    return table(("mutant", "what it does", "proved wrong by", "campaign"), rows)


def _table_automatic(target: str, verdicts: Sequence[Verdict]) -> str:
    """Return how many of each kind came to what, and below it those that nothing noticed."""
    tally = Counter((_operator(one), _state(one)) for one in verdicts)
    counts = (
        (kind, *(str(tally[kind, state]) for state in _STATES))
        for kind in sorted({kind for kind, _ in tally})
    )
    left = [
        (f"`{one.property}`", str(one.evidence["sentence"]), _state(one), str(one.evidence["reason"]))
        for one in verdicts
        if _state(one) != "killed"
    ]
    summary = table(("what was changed", *_STATES), counts)
    return summary + ("\n" + table(("mutant", "change", "state", "reason"), left) if left else "")


def _operator(verdict: Verdict) -> str:
    """Return the name of the operator that made an automatic mutant: the middle of its name."""
    return verdict.property.split(":")[1].replace("_", " ")


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


_KINDS: dict[tuple[str, str], Callable[[str, Sequence[Verdict]], str]] = {
    ("score", BY_HAND): _score_by_hand,
    ("score", AUTOMATIC): _score_automatic,
    ("table", BY_HAND): _table_by_hand,
    ("table", AUTOMATIC): _table_automatic,
}
