"""`poolproof layout`: whether a proxy can be upgraded without moving a field."""

# Slither takes half a second to import, so only who needs it does.
from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import typer

from harness.check.target import Implementation, Progress
from harness.check.upgrade import CHECK, check_upgrade
from harness.check.verdict import Verdict
from harness.cli.options import Output, Tree, grouped
from harness.cli.session import Session
from harness.cli.targets import load_implementation, load_proxy
from harness.compiler import compile_contract
from harness.compiler.layout import Layout
from harness.evm.deployment import PROXY

_WHICH = "A target's name, or [ROOT:]FILE.sol:Contract."


@grouped
def layout(
    old: Annotated[str, typer.Argument(metavar="OLD", help=_WHICH)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=_WHICH)],
    tree: Tree = Tree(),
    proxy: Annotated[
        str, typer.Option(metavar="WHICH", help="The proxy that NEW goes behind, if not OpenZeppelin's.")
    ] = PROXY,
    output: Output = Output(),
) -> None:
    """Say whether a proxy can move from the implementation OLD to NEW without moving a field.

    Every state variable of OLD must keep its place and its type in NEW, or be gone with
    nothing in its bytes. New variables may take a gap's place or come after the end; a
    struct may grow as a mapping's value. Slither then looks at what else goes wrong behind a
    proxy: initialisers of NEW that anybody may call again or that leave out a parent's,
    values that only the constructor would set, functions that the proxy hides.

    \b
    Examples:
      poolproof layout v2 v3
      poolproof layout v3 src/PoolV4.sol:PoolV4
      poolproof layout ../released:src/Pool.sol:Pool src/Pool.sol:Pool

    Exit codes: 0 every field keeps its place and Slither finds nothing, 1 something is
    wrong, 2 wrong usage or the sources do not compile, 3 a check of Slither's failed.
    """
    before, after = load_implementation(old, tree), load_implementation(new, tree)
    front = load_proxy(proxy, tree)
    with Session([], output) as session:
        session.run(old, CHECK, partial(_compare, old, before, after, front))


def _compare(
    old: str, before: Implementation, after: Implementation, proxy: Implementation, progress: Progress
) -> Iterator[Verdict]:
    from harness.audit.upgradeability import check_implementation

    progress(0, 3, before.contract)
    first = _layout(before)
    progress(1, 3, after.contract)
    yield from check_upgrade(old, first, _layout(after))
    progress(2, 3, "Slither")
    yield from check_implementation(old, after, proxy)


def _layout(implementation: Implementation) -> Layout:
    return compile_contract(implementation.project, implementation.contract, implementation.settings).layout
