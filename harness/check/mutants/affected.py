"""Which external functions a change of the sources can change: those that reach a changed line.

An over-approximation by the syntax tree of the unchanged sources: who is not named behaves as before, and
need not be proved again. A change outside functions (a constant, a variable, a new function) can change all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from harness.compiler.ast import Node, walk
from harness.compiler.tree import CompiledTree

_BODIES = frozenset({"FunctionDefinition", "ModifierDefinition"})


@dataclass(frozen=True, slots=True)
class _Body:
    """A function or modifier: its AST id, its lines (counted from 0, both included), its selector if any."""

    identifier: int
    unit: str
    first: int
    last: int
    selector: bytes | None


class Reach:
    """Who reaches whom in one tree."""

    def __init__(self, tree: CompiledTree) -> None:
        self._texts = {unit: source.text.split("\n") for unit, source in tree.sources.items()}
        self._bodies: list[_Body] = []
        self._users: dict[int, set[int]] = defaultdict(set)
        for unit in tree.sources:
            code = tree.sources[unit].text.encode()
            for node in walk(tree.ast(unit)):
                if node["nodeType"] in _BODIES:
                    self._bodies.append(_body(node, unit, code))
                    self._add_uses(node)

    def functions(self, changed: Iterable[tuple[str, str]]) -> frozenset[bytes] | None:
        """Return the selectors of the functions that new texts (unit, text) can change; None for all.

        None is also the answer where no external function reaches the change: a constructor's, say.
        """
        touched: set[int] = set()
        for unit, text in changed:
            for first, last in _changed_lines(self._texts[unit], text.split("\n")):
                around = self._around(unit, first, last)
                if not around:
                    return None
                touched |= around
        reaching = self._reaching(touched)
        selectors = {one.selector for one in self._bodies if one.identifier in reaching}
        return frozenset(one for one in selectors if one is not None) or None

    def _add_uses(self, node: Node) -> None:
        for inner in walk(node):
            used = inner.get("referencedDeclaration")
            if isinstance(used, int):
                self._users[used].add(node["id"])
        for base in (*node.get("baseFunctions", ()), *node.get("baseModifiers", ())):
            self._users[node["id"]].add(base)  # whoever calls the base function may be calling this one

    def _around(self, unit: str, first: int, last: int) -> set[int]:
        """Return the bodies that lines lie in; what is inserted must have lines of it on both sides."""
        return {
            one.identifier
            for one in self._bodies
            if one.unit == unit
            and (
                one.first < first <= one.last
                if first == last
                else one.first <= first and last - 1 <= one.last
            )
        }

    def _reaching(self, touched: set[int]) -> set[int]:
        """Return the ids from which one of `touched` is reached."""
        found: set[int] = set()
        waiting = list(touched)
        while waiting:
            identifier = waiting.pop()
            if identifier not in found:
                found.add(identifier)
                waiting.extend(self._users.get(identifier, ()))
        return found


def _body(node: Node, unit: str, code: bytes) -> _Body:
    start, length, _ = (int(part) for part in node["src"].split(":"))
    selector = bytes.fromhex(node["functionSelector"]) if "functionSelector" in node else None
    first = code[:start].count(b"\n")
    return _Body(node["id"], unit, first, first + code[start : start + length].count(b"\n"), selector)


def _changed_lines(old: list[str], new: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the changed ranges of lines of `old`, counted from 0; an insertion is an empty range."""
    for tag, first, last, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield first, last
