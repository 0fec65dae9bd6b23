"""What models and contracts have in common: kept in a file, and told in Markdown and in the report.

The file has one line a function (see `recorded`). A Markdown file marks where a table belongs, and what
stands between the two marks is replaced: a row for each function of one target, or one for each target::

    <!-- equal: v3 -->
    <!-- end -->
    <!-- equal: all -->
    <!-- end -->
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from harness.check.verdict import Outcome, Verdict
from harness.report.runs import Json, Runs, RunsFile
from harness.report.tables import renew, table

CHECK = "equiv"
FILE = RunsFile("poolproof-equivalence", "functions", "poolproof equiv --record")
"""Its runs are called as their targets."""

NONE = "No comparison is recorded.\n"


@dataclass(frozen=True, slots=True)
class Compared:
    """One way in: how many claims there are, of how many it is proved, what they rest on, what they took."""

    claims: int
    proved: int
    seconds: float
    assumptions: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether model and contract are proved to do the same."""
        return self.proved == self.claims


@dataclass(frozen=True, slots=True)
class Equality:
    """What came of one target: its ways in, and the assumptions that all of them rest on."""

    functions: Mapping[str, Compared]

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Equality:
        """Return what `verdicts` say, those of other checks left out."""
        groups: dict[str, list[Verdict]] = {}
        for one in verdicts:
            if one.check == CHECK:
                groups.setdefault(one.function, []).append(one)
        return cls({name: _compared(group) for name, group in groups.items()})

    @classmethod
    def from_json(cls, functions: Json) -> Equality:
        """Return what a file of results holds of one target."""
        return cls(
            {
                name: Compared(**{**row, "assumptions": tuple(row["assumptions"])})
                for name, row in functions.items()
            }
        )

    @property
    def equal(self) -> int:
        """How many ways in are proved equal."""
        return sum(one.is_equal for one in self.functions.values())

    @property
    def claims(self) -> int:
        """How many claims there are."""
        return sum(one.claims for one in self.functions.values())

    @property
    def seconds(self) -> float:
        """What they took together."""
        return sum(one.seconds for one in self.functions.values())

    @property
    def shared(self) -> list[str]:
        """The assumptions of every way in that the model knows; of the others only a refusal is claimed."""
        full = [one for one in self.functions.values() if one.claims > 1]
        names = dict.fromkeys(name for one in full for name in one.assumptions)
        return [name for name in names if all(name in one.assumptions for one in full)]

    def besides(self, name: str) -> list[str]:
        """Return the assumptions of one way in that are not `shared`."""
        return [one for one in self.functions[name].assumptions if one not in self.shared]


def _compared(group: list[Verdict]) -> Compared:
    names = dict.fromkeys(name for one in group for name in one.assumptions)
    proved = sum(one.outcome is Outcome.PROVED for one in group)
    return Compared(len(group), proved, round(sum(one.seconds for one in group), 2), tuple(names))


def recorded(runs: Runs, verdicts: Iterable[Verdict]) -> Runs:
    """Return `runs` with what `verdicts` say of their targets in the place of what was said before."""
    mine: dict[str, list[Verdict]] = {}
    for one in verdicts:
        if one.check == CHECK:
            mine.setdefault(one.target, []).append(one)
    fresh = {target: {"about": _about(group), "functions": _rows(group)} for target, group in mine.items()}
    return dict(sorted((runs | fresh).items()))


def _about(verdicts: Iterable[Verdict]) -> Json:
    """Return what all verdicts on one target depend on, as their receipts say."""
    receipt: Json = next((one.evidence["receipt"] for one in verdicts if "receipt" in one.evidence), {})
    return {name: receipt[name] for name in ("contract", "specification", "poolproof", "tools") if receipt}


def _rows(verdicts: Iterable[Verdict]) -> Json:
    return {name: asdict(one) for name, one in sorted(Equality.of(verdicts).functions.items())}


def renew_equal(text: str, runs: Runs) -> str:
    """Return the Markdown `text` with its marked tables written anew."""

    def made(target: str) -> str:
        if target == "all":
            return _summary(runs)
        return _functions(Equality.from_json(runs[target]["functions"])) if target in runs else NONE

    return renew(text, "equal", made)


def _summary(runs: Runs) -> str:
    if not runs:
        return NONE
    rows = []
    for target, run in runs.items():
        found = Equality.from_json(run["functions"])
        equal = f"{found.equal} of {len(found.functions)}"
        rows.append((target, equal, str(found.claims), f"{found.seconds:.0f} s", _names(found.shared)))
    return table(("contract", "ways in proved equal to the model", "claims", "in", "all under"), rows)


def _functions(found: Equality) -> str:
    rows = (
        (f"`{name}`", f"{one.proved} of {one.claims}", f"{one.seconds:.1f} s", _names(found.besides(name)))
        for name, one in found.functions.items()
    )
    made = table(("way in", "claims proved", "in", "under, besides"), rows)
    return f"{made}\nEach that the model knows rests on {_names(found.shared) or 'nothing'}.\n"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
