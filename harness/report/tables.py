"""Tables in Markdown files, written from what the specifications say.

A file marks the place of a table, and what stands between the two marks is replaced::

    <!-- table: properties v3 -->
    <!-- end -->

The kinds are ``properties TARGET``, ``assumptions TARGET``, and ``summary all``, a row for each target.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from harness.report.errors import ReportError

Json = dict[str, Any]


def renew(text: str, kind: str, make: Callable[[str], str]) -> str:
    """Return the Markdown `text` with what stands between ``<!-- kind: words -->`` and the end made anew."""
    marked = re.compile(rf"(<!-- {kind}: ([^\n]+?) -->\n).*?(<!-- end -->)", re.DOTALL)
    return marked.sub(lambda match: f"{match[1]}{make(match[2])}{match[3]}", text)


def renew_tables(text: str, targets: Mapping[str, Json], name: str) -> str:
    """Return the Markdown `text` with its marked tables written anew.

    Args:
        text: the file's text.
        targets: what a report says of each target (`harness.report.document.describe`).
        name: what errors call the file.

    Raises:
        ReportError: if a mark names a kind of table or a target that there is not.
    """

    def made(words: str) -> str:
        if words == _SUMMARY:
            return _summary(targets)
        kind, _, target = words.partition(" ")
        if kind not in _TABLES or target not in targets:
            raise ReportError(
                f"{name} marks a table '{words}': the kinds are {', '.join(_TABLES)}, "
                f"the targets {', '.join(targets)}."
            )
        return _TABLES[kind](targets[target])

    return renew(text, "table", made)


def _properties(target: Json) -> str:
    rows = (
        (
            f"`{entry['name']}`",
            entry["kind"],
            entry["sentence"] + (" (a known limitation)" if entry["limitation"] else ""),
        )
        for entry in target["properties"]
    )
    return table(("property", "kind", "what it says"), rows)


def _assumptions(target: Json) -> str:
    rows = (
        (f"`{entry['name']}`", entry["sentence"], entry["reason"], entry["discharged_by"])
        for entry in target["assumptions"]
    )
    return table(("assumption", "what is assumed", "why", "who discharges it"), rows)


def _summary(targets: Mapping[str, Json]) -> str:
    """Return how many claims of each kind there are about each target."""
    rows = []
    for name, target in targets.items():
        claimed = Counter(entry["kind"] for entry in target["properties"] if not entry["limitation"])
        known = sum(entry["limitation"] for entry in target["properties"])
        counts = [str(claimed[kind]) for kind in _CLAIMED]
        rows.append((name, target["title"], *counts, str(known), str(len(target["assumptions"]))))
    kinds = [f"{kind}s" for kind in _CLAIMED]
    return table(("target", "contract", *kinds, "known limitations", "assumptions"), rows)


_SUMMARY = "summary all"
_CLAIMED = ("invariant", "rule", "relation", "scenario")
_TABLES: dict[str, Callable[[Json], str]] = {"properties": _properties, "assumptions": _assumptions}


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; cells are made fit for one line."""
    titles = list(headings)
    lines = [titles, ["---"] * len(titles), *([_cell(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
