"""The findings that a project has looked at and accepted, each with its reason.

A TOML file with a table ``[[accepted]]`` a finding::

    [[accepted]]
    detector = "timestamp"
    place = "Pool.withdraw()"
    file = "contracts/Pool.sol"
    fingerprint = "0123456789abcdef"
    reason = "A miner's few seconds do not matter against an exit period of a week."

`count` (1 where it is missing) says how many equal findings of one place are accepted; `proved_by` (a
list, optional) names properties whose proof shows that the finding is harmless: a run that tries to prove
one and cannot does not accept the finding.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.audit.errors import AuditError
from harness.audit.finding import Finding, without_places
from harness.errors import trouble

_KEYS = {
    "detector": str,
    "place": str,
    "file": str,
    "fingerprint": str,
    "reason": str,
    "count": int,
    "proved_by": list,
}
_OPTIONAL = {"count", "proved_by"}
_KIND_NAMES = {str: "text", int: "a number", list: "a list of texts"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """One entry: the finding it accepts, how many times, why, and by which properties it is harmless."""

    detector: str
    place: str
    file: str
    fingerprint: str
    reason: str
    count: int = 1
    proved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Triage:
    """Findings split by a baseline: accepted ones with their entries, new ones, entries without any."""

    accepted: tuple[tuple[Finding, Accepted], ...]
    new: tuple[Finding, ...]
    stale: tuple[Accepted, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted findings of a project."""

    entries: tuple[Accepted, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Read the baseline at `path`.

        Raises:
            AuditError: if there is none, it is not of the documented form, or an entry has no reason.
        """
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise AuditError(
                f"The audit baseline {path} cannot be read ({trouble(error)}): name another."
            ) from error
        except tomllib.TOMLDecodeError as error:
            raise AuditError(f"The audit baseline {path} is not valid TOML: {error}.") from error
        tables = document.get("accepted", [])
        if set(document) - {"accepted"} or not isinstance(tables, list):
            raise AuditError(f"The audit baseline {path} may hold tables [[accepted]] only.")
        entries = tuple(_entry(table, f"{path}, entry {at}") for at, table in enumerate(tables, start=1))
        repeated = [key for key, times in Counter(each.fingerprint for each in entries).items() if times > 1]
        if repeated:
            raise AuditError(f"{path} accepts fingerprint {repeated[0]} twice: keep one entry, with a count.")
        return cls(entries)

    def triage(self, findings: Iterable[Finding], units: Iterable[str]) -> Triage:
        """Split the findings about `units`; an entry about another unit is neither used nor stale."""
        scope = set(units)
        left = {entry.fingerprint: entry.count for entry in self.entries}
        by_fingerprint = {entry.fingerprint: entry for entry in self.entries}
        accepted: list[tuple[Finding, Accepted]] = []
        new: list[Finding] = []
        for finding in findings:
            if finding.file and finding.file not in scope:
                continue  # one about no file at all is everybody's
            if left.get(finding.fingerprint, 0) > 0:
                left[finding.fingerprint] -= 1
                accepted.append((finding, by_fingerprint[finding.fingerprint]))
            else:
                new.append(finding)
        stale = [each for each in self.entries if each.file in scope and left[each.fingerprint] > 0]
        return Triage(tuple(accepted), tuple(new), tuple(stale))


def proposal(findings: Iterable[Finding]) -> str:
    """Return baseline entries for `findings`, their reasons left empty for a person to write."""
    counts: Counter[str] = Counter()
    first: dict[str, Finding] = {}
    for finding in findings:
        counts[finding.fingerprint] += 1
        first.setdefault(finding.fingerprint, finding)
    return "\n".join(_table(finding, counts[key]) for key, finding in first.items())


def _table(finding: Finding, count: int) -> str:
    # A TOML basic string is written as a JSON string is.
    fields = {
        "detector": finding.detector,
        "place": finding.place,
        "file": finding.file,
        "fingerprint": finding.fingerprint,
        **({"count": count} if count > 1 else {}),
        "reason": "",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    return "\n".join([f"# {without_places(finding.description)}", "[[accepted]]", *lines, ""])


def _entry(table: Any, place: str) -> Accepted:
    if not isinstance(table, dict):
        raise AuditError(f"{place}: not a table: write [[accepted]].")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise AuditError(f"{place}: unknown key '{unknown[0]}'; known are {', '.join(_KEYS)}.")
    for key, kind in _KEYS.items():
        if key in table and not isinstance(table[key], kind):
            raise AuditError(f"{place}: '{key}' must be {_KIND_NAMES[kind]}.")
        if key not in table and key not in _OPTIONAL:
            raise AuditError(f"{place}: '{key}' is missing.")
    if not table["reason"].strip():
        raise AuditError(
            f"{place} ({table['detector']} in {table['place']}): give the reason why it is accepted."
        )
    if table.get("count", 1) < 1:
        raise AuditError(f"{place}: 'count' must be at least 1.")
    proofs = table.get("proved_by", [])
    if not all(isinstance(name, str) for name in proofs):
        raise AuditError(f"{place}: 'proved_by' must be {_KIND_NAMES[list]}.")
    return Accepted(**{**table, "proved_by": tuple(proofs)})
