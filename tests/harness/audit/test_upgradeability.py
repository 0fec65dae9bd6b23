"""What Slither says of an implementation behind a proxy becomes verdicts of the comparison of layouts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.audit.upgradeability import BY_SLITHER, check_implementation
from harness.check.target import Implementation
from harness.check.upgrade import CHECK
from harness.check.verdict import Outcome
from harness.compiler import Project, Settings

TREE = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

abstract contract Initializable {
    bool private initialized;

    modifier initializer() {
        require(!initialized);
        initialized = true;
        _;
    }
}

contract Fine is Initializable {
    address public keeper;

    function initialize() external initializer { keeper = msg.sender; }
}

contract OpenToAll is Initializable {
    address public keeper;

    function initialize() external { keeper = msg.sender; }
}

contract SetByTheConstructor is Initializable {
    uint256 public fee = 7;

    function initialize() external initializer { }
}

contract Hidden is Initializable {
    function admin() external pure returns (uint256) { return 1; }

    function initialize() external initializer { }
}

contract Proxy {
    fallback() external payable { }

    function admin() external pure returns (uint256) { return 2; }
}
"""

Found = Callable[[str], dict[str, Outcome]]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """Return what is found of a contract of the tree, by check."""
    (tmp_path / "Tree.sol").write_text(TREE, encoding="utf-8")
    project, settings = Project.open(tmp_path), Settings("0.8.30")

    def check(contract: str) -> dict[str, Outcome]:
        new, proxy = (Implementation(project, f"Tree.sol:{name}", settings) for name in (contract, "Proxy"))
        verdicts = list(check_implementation("toy", new, proxy))
        assert {one.check for one in verdicts} == {CHECK}
        return {one.property: one.outcome for one in verdicts}

    return check


def test_nothing_is_found_of_an_implementation_in_order(found: Found) -> None:
    assert found("Fine") == dict.fromkeys(BY_SLITHER, Outcome.HELD)


@pytest.mark.parametrize(
    ("contract", "check"),
    [
        ("OpenToAll", "missing-init-modifier"),
        ("SetByTheConstructor", "variables-initialized"),
        ("Hidden", "function-shadowing"),
    ],
)
def test_what_goes_wrong_behind_a_proxy_is_found_and_nothing_else(
    found: Found, contract: str, check: str
) -> None:
    assert [name for name, outcome in found(contract).items() if outcome is not Outcome.HELD] == [check]
