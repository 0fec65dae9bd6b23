"""Mutants made from a contract's own syntax tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.check.mutants.operators import OPERATORS, Edit, Node, Source

# What is no behaviour: sizes of types belong to the layout, which is compared as a whole.
_SKIPPED = frozenset(
    {"PragmaDirective", "ImportDirective", "StructuredDocumentation", "ErrorDefinition", "ArrayTypeName"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One changed source file.

    `name` is stable while the function around the change stays as it is:
    ``Contract.function:operator:count``. `line` is 1-based, `original` and
    `changed` are the line before and after.
    """

    name: str
    operator: str
    unit: str
    line: int
    original: str
    changed: str
    code: str


def changes_of(unit: str, code: str, tree: Node) -> Iterator[Change]:
    """Yield the changes of source unit `unit`, in source order, each by one edit.

    Args:
        unit: the source unit's name.
        code: its text.
        tree: its AST (solc's compact JSON).
    """
    source = Source(code.encode())
    counts: dict[tuple[str, str], int] = {}
    seen: set[bytes] = set()
    for place, node in _nodes(tree, ""):
        for operator in OPERATORS:
            for edit in operator(node, source):
                if edit is None:
                    continue
                changed = _apply(source.code, edit)
                if changed in seen or changed == source.code:
                    continue
                seen.add(changed)
                kind = operator.__name__
                counts[place, kind] = counts.get((place, kind), 0) + 1
                yield _change(f"{place}:{kind}:{counts[place, kind]}", kind, unit, source, edit, changed)


def _nodes(node: Node, place: str) -> Iterator[tuple[str, Node]]:
    """Walk a tree in source order with the name of the definition around each node.

    A loop's step is walked as the expression that it is: a loop without its step would never end.
    """
    if node.get("nodeType") in _SKIPPED:
        return
    if node.get("nodeType") == "ForStatement" and node.get("loopExpression"):
        node = {**node, "loopExpression": node["loopExpression"]["expression"]}
    if node.get("nodeType") in {"ContractDefinition", "FunctionDefinition", "ModifierDefinition"}:
        name = node.get("name") or node.get("kind", "")
        place = f"{place}.{name}" if place else name
    if "nodeType" in node and "src" in node and place:
        yield place, node
    children = [
        child
        for value in node.values()
        for child in (value if isinstance(value, list) else [value])
        if isinstance(child, dict) and "src" in child
    ]
    for child in sorted(children, key=lambda child: int(child["src"].split(":")[0])):
        yield from _nodes(child, place)


def _apply(code: bytes, edit: Edit) -> bytes:
    return code[: edit.start] + edit.text.encode() + code[edit.start + edit.length :]


def _change(name: str, kind: str, unit: str, source: Source, edit: Edit, changed: bytes) -> Change:
    line = source.code[: edit.start].count(b"\n")
    return Change(
        name=name,
        operator=kind,
        unit=unit,
        line=line + 1,
        original=source.code.decode().splitlines()[line].strip(),
        changed=changed.decode().splitlines()[line].strip(),
        code=changed.decode(),
    )
