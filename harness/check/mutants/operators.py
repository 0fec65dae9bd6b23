"""Mutation operators: each turns one AST node into the small mistakes an engineer might make there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces the bytes ``[start, start + length)`` of a source file by `text`."""

    start: int
    length: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source file's bytes, as solc's ``src`` attributes count them."""

    code: bytes

    def span(self, node: Node) -> tuple[int, int]:
        """Return (start, length) of a node, in bytes."""
        start, length, _ = node["src"].split(":")
        return int(start), int(length)

    def text(self, node: Node) -> str:
        """Return a node's source text."""
        start, length = self.span(node)
        return self.code[start : start + length].decode()

    def replace(self, node: Node, text: str) -> Edit:
        """Return the edit that puts `text` in a node's place."""
        return Edit(*self.span(node), text)

    def replace_between(self, left: Node, right: Node, old: str, new: str) -> Edit | None:
        """Return the edit that replaces `old` between two nodes, or None if a comment hides it."""
        start = sum(self.span(left))
        gap = self.code[start : self.span(right)[0]].decode()
        if gap.count(old) != 1 or "/*" in gap or "//" in gap:
            return None
        return Edit(start + len(gap[: gap.index(old)].encode()), len(old), new)


Operator = Callable[[Node, Source], Iterator[Edit | None]]

_ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "**": "*", "<<": ">>", ">>": "<<"}
_COMPARISON = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
}
_LOGIC = {"&&": "||", "||": "&&"}


def arithmetic(node: Node, source: Source) -> Iterator[Edit | None]:
    """``a + b`` becomes ``a - b`` and so on; ``a += b`` becomes ``a -= b``."""
    match node:
        case {"nodeType": "BinaryOperation", "operator": str(found)} if found in _ARITHMETIC:
            left, right = node["leftExpression"], node["rightExpression"]
            yield source.replace_between(left, right, found, _ARITHMETIC[found])
        case {"nodeType": "Assignment", "operator": str(found)} if found[:-1] in _ARITHMETIC:
            swapped = _ARITHMETIC[found[:-1]] + "="
            yield source.replace_between(node["leftHandSide"], node["rightHandSide"], found, swapped)


def comparison(node: Node, source: Source) -> Iterator[Edit | None]:
    """Each comparison becomes its neighbour in strictness and its opposite."""
    if node["nodeType"] == "BinaryOperation":
        for other in _COMPARISON.get(node["operator"], ()):
            yield source.replace_between(
                node["leftExpression"], node["rightExpression"], node["operator"], other
            )


def logic(node: Node, source: Source) -> Iterator[Edit | None]:
    """``&&`` becomes ``||`` and back; a negation is dropped."""
    if node["nodeType"] == "BinaryOperation" and node["operator"] in _LOGIC:
        found = node["operator"]
        yield source.replace_between(node["leftExpression"], node["rightExpression"], found, _LOGIC[found])
    if node["nodeType"] == "UnaryOperation" and node["operator"] == "!":
        yield source.replace(node, source.text(node["subExpression"]))


def constant(node: Node, source: Source) -> Iterator[Edit | None]:
    """A number becomes its successor, and zero; a boolean its opposite."""
    if node["nodeType"] != "Literal":
        return
    if node["kind"] == "number" and "." not in node["value"] and "e" not in node["value"].lower():
        value = int(node["value"].replace("_", ""), 0)
        unit = f" {node['subdenomination']}" if node.get("subdenomination") else ""
        yield source.replace(node, f"{value + 1}{unit}")
        if value:
            yield source.replace(node, f"0{unit}")
    elif node["kind"] == "bool":
        yield source.replace(node, "false" if node["value"] == "true" else "true")


def deleted_statement(node: Node, source: Source) -> Iterator[Edit | None]:
    """A statement that does something is dropped."""
    if node["nodeType"] in {"ExpressionStatement", "EmitStatement"}:
        start, length = source.span(node)
        semicolon = source.code[start + length : start + length + 1] == b";"
        yield Edit(start, length + semicolon, "{ }")


def deleted_guard(node: Node, source: Source) -> Iterator[Edit | None]:
    """A condition is taken for never, and for always, true; a modifier is dropped."""
    if node["nodeType"] == "IfStatement":
        yield source.replace(node["condition"], "false")
        yield source.replace(node["condition"], "true")
    elif node["nodeType"] == "ModifierInvocation" and node.get("kind") == "modifierInvocation":
        yield source.replace(node, "")


def swapped_argument(node: Node, source: Source) -> Iterator[Edit | None]:
    """Two neighbouring arguments of one type are exchanged; so are the arms of a conditional."""
    if node["nodeType"] == "FunctionCall" and node["kind"] == "functionCall":
        for left, right in pairwise(node["arguments"]):
            if left["typeDescriptions"] == right["typeDescriptions"]:
                yield _exchanged(left, right, source)
    elif node["nodeType"] == "Conditional":
        yield _exchanged(node["trueExpression"], node["falseExpression"], source)


def step_direction(node: Node, source: Source) -> Iterator[Edit | None]:
    """``++`` becomes ``--`` and back, outside loop headers' own steps too."""
    if node["nodeType"] == "UnaryOperation" and node["operator"] in {"++", "--"}:
        other = "--" if node["operator"] == "++" else "++"
        operand = source.text(node["subExpression"])
        yield source.replace(node, other + operand if node["prefix"] else operand + other)


def _exchanged(left: Node, right: Node, source: Source) -> Edit | None:
    if source.text(left) == source.text(right):
        return None
    start, _ = source.span(left)
    end = sum(source.span(right))
    between = source.code[sum(source.span(left)) : source.span(right)[0]].decode()
    return Edit(start, end - start, source.text(right) + between + source.text(left))


OPERATORS: tuple[Operator, ...] = (
    arithmetic,
    comparison,
    logic,
    constant,
    deleted_statement,
    deleted_guard,
    swapped_argument,
    step_direction,
)
