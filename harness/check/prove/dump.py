"""The questions of a proof as SMT-LIB 2, for other solvers to read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from harness.solver import Query, encode
from harness.term.core import Term, not_

LIGHT = "light"
"""Ends the name of a question that is asked first, without what is seldom needed."""

POSSIBLE = "possible"
"""Is in the name of a question whether something can happen: it can where the text is satisfiable."""


class Dump:
    """Writes each question to a file of its own in a folder, if there is one."""

    def __init__(self, folder: Path | None, target: str) -> None:
        """Begin with nothing written; names of files begin with the target's."""
        self._folder = folder
        self._target = target
        self._written: Counter[str] = Counter()

    def write(self, query: Query, *parts: str) -> None:
        """Write a question, named by its parts; one that is asked again has the number behind its name."""
        if self._folder is None:
            return
        text = "-".join((self._target, *filter(None, parts)))
        name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in text)
        self._written[name] += 1
        number = f"-{self._written[name]}" if self._written[name] > 1 else ""
        (self._folder / f"{name}{number}.smt2").write_text(encode(query).smt(), encoding="utf-8")

    def write_possible(self, function: str, name: str, claim: Term) -> None:
        """Write the question whether a claim can hold."""
        self.write(Query((), not_(claim)), function, POSSIBLE, name)
