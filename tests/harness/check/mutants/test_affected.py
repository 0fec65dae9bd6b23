"""Which functions a change can reach."""

from __future__ import annotations

import pytest

from harness.check.mutants.affected import Reach
from harness.compiler import Project, Settings
from harness.compiler.tree import compile_tree
from harness.evm.keccak import keccak

SOURCE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

abstract contract Base {
    modifier guarded() {
        require(msg.sender != address(this));
        _;
    }

    function hook() internal virtual returns (uint256) {
        return 1;
    }

    function viaBase() external returns (uint256) {
        return hook();
    }
}

contract Top is Base {
    uint256 public limit = 3;

    constructor() {
        limit = 4;
    }

    function hook() internal override returns (uint256) {
        return helper() + 2;
    }

    function helper() internal view returns (uint256) {
        return limit;
    }

    function direct() external view returns (uint256) {
        return helper();
    }

    function closed() external guarded {
        limit = 5;
    }

    function apart() external pure returns (uint256) {
        return 6;
    }
}
"""


@pytest.fixture(scope="module")
def reach(tmp_path_factory: pytest.TempPathFactory) -> Reach:
    root = tmp_path_factory.mktemp("tree")
    (root / "T.sol").write_text(SOURCE)
    return Reach(compile_tree(Project.open(root), ["T.sol"], Settings("0.8.30")))


def functions(reach: Reach, old: str, new: str) -> set[str] | None:
    assert SOURCE.count(old) == 1
    selectors = reach.functions([("T.sol", SOURCE.replace(old, new))])
    names = {
        keccak(f"{name}()".encode())[:4]: name for name in ("viaBase", "direct", "closed", "apart", "limit")
    }
    return None if selectors is None else {names[selector] for selector in selectors}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("return 6;", "return 7;", {"apart"}),
        ("limit = 5;", "limit = 6;", {"closed"}),
        ("return limit;", "return limit + 1;", {"direct", "viaBase"}),
        ("return helper() + 2;", "return helper() + 3;", {"viaBase"}),
        ("require(msg.sender != address(this));", "", {"closed"}),
        ("        return 6;\n", "        // more\n        return 6;\n", {"apart"}),
    ],
)
def test_a_change_concerns_the_functions_that_reach_it(reach: Reach, old: str, new: str, expected: set[str]):
    assert functions(reach, old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("limit = 3;", "limit = 2;"),
        ("limit = 4;", "limit = 2;"),
        ("    function apart()", "    function added() external {}\n\n    function apart()"),
    ],
)
def test_a_change_outside_functions_or_in_a_constructor_concerns_everything(reach: Reach, old: str, new: str):
    assert functions(reach, old, new) is None
