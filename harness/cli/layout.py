"""`poolproof layout`: whether a proxy can be upgraded without moving a field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from harness.check.target import Progress
from harness.check.upgrade import CHECK, check_upgrade
from harness.check.verdict import Verdict
from harness.cli.options import Output, Tree, grouped
from harness.cli.session import Session
from harness.cli.targets import Implementation, load_implementation
from harness.compiler import compile_contract
from harness.compiler.layout import Layout

_WHICH = "A target's name, or [ROOT:]FILE.sol:Contract."


@grouped
def layout(
    old: Annotated[str, typer.Argument(metavar="OLD", help=_WHICH)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=_WHICH)],
    tree: Tree = Tree(),
    output: Output = Output(),
) -> None:
    """Say whether a proxy can move from the implementation OLD to NEW without moving a field.

    Every state variable of OLD must keep its place and its type in NEW, or be gone with
    nothing in its bytes. New variables may take a gap's place or come after the end; a
    struct may grow as a mapping's value.

    \b
    Examples:
      poolproof layout v2 v3
      poolproof layout v3 src/PoolV4.sol:PoolV4
      poolproof layout ../released:src/Pool.sol:Pool src/Pool.sol:Pool

    Exit codes: 0 every field keeps its place, 1 one does not, 2 wrong usage or the
    sources do not compile.
    """
    before, after = load_implementation(old, tree), load_implementation(new, tree)

    def compare(progress: Progress) -> Iterator[Verdict]:
        progress(0, 2, old)
        first = _layout(before)
        progress(1, 2, new)
        yield from check_upgrade(old, first, _layout(after))

    with Session([], output) as session:
        session.run(old, CHECK, compare)


def _layout(implementation: Implementation) -> Layout:
    return compile_contract(implementation.project, implementation.contract, implementation.settings).layout
