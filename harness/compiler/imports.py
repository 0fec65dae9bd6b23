"""Which files a Solidity source imports, and what solc would call them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname

from harness.compiler.errors import CompilerError

# Comments and strings first, so that an import inside either is not taken for one.
_TOKENS = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*.*?\*/ )
    | (?P<string> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    | (?P<word> [A-Za-z_$][\w$]* )
    | (?P<end> ; )
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Import:
    """One import directive: the path as written, and its line (from 1)."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Remapping:
    """``context:prefix=target``, as solc knows it."""

    context: str
    prefix: str
    target: str

    @classmethod
    def parse(cls, text: str, place: str) -> Remapping:
        """Read ``[context:]prefix=target``; `place` says in an error where it was written.

        Raises:
            CompilerError: if there is no ``=`` or no prefix.
        """
        left, equals, target = text.strip().partition("=")
        context, colon, prefix = left.partition(":")
        if not colon:
            context, prefix = "", left
        if not equals or not prefix:
            raise CompilerError(f"{place}: '{text.strip()}' is not a remapping: write prefix=target.")
        return cls(context, prefix, target)

    def __str__(self) -> str:
        context = f"{self.context}:" if self.context else ""
        return f"{context}{self.prefix}={self.target}"


@lru_cache(maxsize=1024)
def imports_of(text: str) -> tuple[Import, ...]:
    """Return the import directives of a source, in order.

    The path of ``import`` is the first string up to the next semicolon.
    """
    found: list[Import] = []
    pending = 0
    for token in _TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "word" and token.group() == "import":
            pending = text.count("\n", 0, token.start()) + 1
        elif kind == "string" and pending:
            found.append(Import(token.group()[1:-1], pending))
            pending = 0
        elif kind == "end":
            pending = 0
    return tuple(found)


def unit_of(path: str, importer: str, remappings: tuple[Remapping, ...]) -> str:
    """Return the source unit name of import `path` written in the unit `importer`, by solc's rules."""
    name = _relative(path, importer) if path.startswith(("./", "../")) else path
    best = (-1, -1)
    result = name
    for remapping in remappings:
        weight = (len(remapping.context), len(remapping.prefix))
        # As in solc: the longest context wins, then the longest prefix, then the last one given.
        if importer.startswith(remapping.context) and name.startswith(remapping.prefix) and weight >= best:
            best = weight
            result = remapping.target + name[len(remapping.prefix) :]
    return result


def _relative(path: str, importer: str) -> str:
    folder = dirname(importer)
    parts = path.split("/")
    while parts and parts[0] in {".", ".."}:
        if parts.pop(0) == "..":
            folder = dirname(folder)
    while parts and parts[0] == "":
        parts.pop(0)
    joined = "/".join([folder, *parts])
    return joined if importer.startswith("/") else joined.lstrip("/")
