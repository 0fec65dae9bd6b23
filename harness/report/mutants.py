"""What became of mutants: results that are kept in a file, and Markdown made from it.

The file has one line a mutant, so that a change can be read: see `recorded`. A Markdown file marks where its
tables belong, and what stands between the two marks is replaced::

    <!-- mutants: by-hand v3 -->
    <!-- end -->

Besides ``by-hand TARGET`` there are ``automatic TARGET`` and ``scores``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from harness.check.verdict import Verdict
from harness.report.errors import ReportError
from harness.report.runs import Json, Runs, RunsFile
from harness.report.tables import renew, table

CHECK = "mutants"
FILE = RunsFile("poolproof-mutants", "mutants", "poolproof mutants --record")
"""Its runs are called ``MAKER TARGET``."""

SCORES, BY_HAND, AUTOMATIC = "scores", "by-hand", "automatic"

NONE = "No run is recorded.\n"
NOT_RUN = "not recorded yet"
_TOLD = ("sentence", "reason", "names", "unreached")
_KEPT = ("noticed", "undecided", "calls", "different", "asked", "assumptions")
KILLED, EQUAL, EXPLAINED = "killed", "proved equal", "equivalent"
_STATES = (KILLED, EQUAL, EXPLAINED, "survived", "undecided")


def recorded(runs: Runs, verdicts: Iterable[Verdict], about: Mapping[str, Json]) -> Runs:
    """Return `runs` with those that `verdicts` are from in the place of older ones.

    `about` says of each target under which circumstances they were made.
    """
    fresh: Runs = {}
    for one in sorted(verdicts, key=lambda one: one.property):
        if one.check == CHECK and "state" in one.evidence:
            maker = AUTOMATIC if one.evidence["automatic"] else BY_HAND
            run = fresh.setdefault(f"{maker} {one.target}", {"about": about[one.target], "mutants": {}})
            run["mutants"][one.property] = _row(one.evidence)
    return dict(sorted((runs | fresh).items()))


def _row(evidence: Json) -> Json:
    """Return what is kept of a mutant: of an automatic one that was noticed, only by whom."""
    row: Json = {"state": evidence["state"]}
    if not evidence["automatic"] or row["state"] != KILLED:
        row |= {name: evidence[name] for name in _TOLD if evidence[name]}
    for trial in evidence["trials"]:
        found = {name: trial[name] for name in _KEPT} | {"noticed": [*trial["noticed"]]}
        if found["noticed"] or trial["by"] != "layout":
            row[trial["by"]] = {name: value for name, value in found.items() if value}
            row[trial["by"]]["seconds"] = trial["seconds"]
    return row


def renew_mutants(text: str, runs: Runs) -> str:
    """Return the Markdown `text` with its marked tables written anew.

    Raises:
        ReportError: if a mark names a kind of table that there is not.
    """

    def made(words: str) -> str:
        kind, _, target = words.partition(" ")
        if words == SCORES:
            return _scores(runs)
        if kind not in (BY_HAND, AUTOMATIC) or not target:
            kinds = f"{SCORES}, {BY_HAND} TARGET, {AUTOMATIC} TARGET"
            raise ReportError(f"A table of mutants is marked '{words}': the kinds are {kinds}.")
        run = runs.get(words)
        if run is None:
            return NONE
        rows: dict[str, Json] = run["mutants"]
        return _by_hand(rows) if kind == BY_HAND else _automatic(rows, run["about"])

    return renew(text, "mutants", made)


def _scores(runs: Runs) -> str:
    """Return the table of scores: a row for each target."""
    if not runs:
        return NONE
    targets = sorted({name.partition(" ")[2] for name in runs})
    rows = []
    for target in targets:
        known = _rows(runs, BY_HAND, target)
        made = _rows(runs, AUTOMATIC, target)
        tally = Counter(row["state"] for row in made)
        counted = len(made) - tally[EQUAL] - tally[EXPLAINED]
        rows.append(
            (
                target,
                _share(_count(known, "proof", "layout"), known),
                _share(_count(known, "campaign"), known),
                f"{tally[KILLED]} of {counted}" if made else NOT_RUN,
                str(tally[EQUAL]) if made else NOT_RUN,
                str(tally[EXPLAINED]) if made else NOT_RUN,
            )
        )
    headings = ("contract", "known bugs proved wrong", "and met by a campaign", "automatic mutants noticed")
    return table((*headings, "proved equal", "equivalent, as explained"), rows)


def _share(noticed: int, rows: Sequence[Json]) -> str:
    return f"{noticed} of {len(rows)}" if rows else NOT_RUN


def _rows(runs: Runs, maker: str, target: str) -> list[Json]:
    run = runs.get(f"{maker} {target}")
    return list(run["mutants"].values()) if run is not None else []


def _count(rows: Iterable[Json], *means: str) -> int:
    return sum(any(_noticed(row, by) for by in means) for row in rows)


def _noticed(row: Json, by: str) -> list[str]:
    """Return the properties that noticed a mutant by some means."""
    return list(row.get(by, {}).get("noticed", ()))


def _by_hand(mutants: Mapping[str, Json]) -> str:
    """Return the matrix of known bugs: what is proved wrong, and what a campaign took; survivors below."""
    rows = []
    for name, row in mutants.items():
        by = "layout" if "layout" in row else "proof"
        campaign = row.get("campaign", {})
        met = f"{campaign.get('calls', 0):,}, {campaign.get('seconds', 0):.1f} s"
        rows.append(
            (
                f"`{name}`",
                row["sentence"],
                ", ".join(f"`{one}`" for one in _noticed(row, by)) or "nothing",
                f"{row.get(by, {}).get('seconds', 0):.1f} s",
                met if campaign.get("noticed") else "no" if campaign else "",
            )
        )
    left = [(f"`{name}`", row["unreached"]) for name, row in mutants.items() if row.get("unreached")]
    headings = ("mutant", "what it does", "proved wrong", "in", "met by a campaign after")
    below = "\n" + table(("not met by a campaign", "why"), left) if left else ""
    return table(headings, rows) + below


def _automatic(mutants: Mapping[str, Json], about: Json) -> str:
    """Return how many of each kind came to what, how they were noticed, and those that were not."""
    tally = Counter((_operator(name), row["state"]) for name, row in mutants.items())
    counts = (
        (kind, *(str(tally[kind, state]) for state in _STATES))
        for kind in sorted({kind for kind, _ in tally})
    )
    means = Counter(_means(row, about) for row in mutants.values() if row["state"] == KILLED)
    left = [
        (f"`{name}`", row["sentence"], row["state"], row.get("reason", "") or _compared(row))
        for name, row in mutants.items()
        if row["state"] != KILLED
    ]
    tables = [
        table(("what was changed", *_STATES), counts),
        table(("noticed by", "mutants"), ((name, str(count)) for name, count in means.most_common())),
    ]
    if left:
        tables.append(table(("mutant", "change", "state", "reason"), left))
    return "\n".join(tables)


def _means(row: Json, about: Json) -> str:
    """Return what noticed an automatic mutant, the first that did, and so the cheapest."""
    by = next(by for by in ("layout", "proof", "campaign") if _noticed(row, by))
    if by != "campaign":
        return f"the {by}"
    steps = about["quick"] if row["campaign"].get("calls", 0) <= about["quick"] else about["steps"]
    return f"a campaign of {steps:,} calls"


def _compared(row: Json) -> str:
    """Return what a comparison with the unchanged contract came to, for readers; "" where there was none."""
    found = row.get("comparison", {})
    if row["state"] != EQUAL:
        return f"It differs in {_listed(found['different'])}." if found.get("different") else ""
    if not found.get("asked"):
        return "Each way in comes to the same terms."
    return f"Proved of {_listed(found['asked'])}; each other way in comes to the same terms."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _operator(name: str) -> str:
    """Return the name of the operator that made an automatic mutant: the middle of its name."""
    return name.split(":")[1].replace("_", " ")
