"""Who is called has code, in whatever shape the address comes."""

from __future__ import annotations

import pytest

from harness.check.prove.build import have_code
from harness.symbolic.world import codesize
from harness.term.core import TRUE, apply, const, eq, ite, var
from harness.term.evaluate import evaluate

OTHER = ite(eq(var("flag", 0, 1), const(1)), var("callee"), const(5))
"""The callee's address in another shape, where the flag is set."""


@pytest.mark.parametrize(
    ("flag", "callee", "size", "granted"),
    [
        (1, 7, 1, True),
        (1, 7, 0, False),  # called, so it has code
        (0, 7, 0, True),  # 5 is asked about, and never called
    ],
)
def test_what_is_granted_of_callees_code(flag: int, callee: int, size: int, granted: bool) -> None:
    asked = apply(codesize(0, ""), OTHER)
    [(_, fact)] = have_code([eq(asked, const(3))], [(TRUE, var("callee"))])

    values = {"flag": flag, "callee": callee}
    assert evaluate([fact], values, {codesize(0, "").name: lambda _: size}) == [granted]
