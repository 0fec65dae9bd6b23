"""A contract in outline."""

from __future__ import annotations

import pytest

from harness.audit.engine import analyse
from harness.audit.errors import AuditError
from harness.audit.outline import Access, Base, Call, outline

FILES = {
    "Base.sol": """
        interface IToken { function mint(address to, uint256 amount) external; }
        abstract contract Base {
            address owner = msg.sender;
            modifier onlyOwner() { require(msg.sender == owner, "NO"); _; }
            function setOwner(address to) external onlyOwner { owner = to; }
        }
    """,
    "Pool.sol": """
        import {Base, IToken} from "./Base.sol";
        contract Pool is Base {
            struct Staker { uint64 amount; }
            IToken token;
            mapping(address => Staker) stakers;
            function withdraw() external { token.mint(msg.sender, _close()); }
            function staked(address who) external view returns (uint64) { return stakers[who].amount; }
            function _close() private returns (uint64 paid) {
                Staker storage staker = stakers[msg.sender];
                paid = staker.amount;
                staker.amount = 0;
            }
        }
    """,
}


def test_inheritance_access_and_calls_are_told(tree):
    seen = outline(analyse(tree(FILES)), "Pool.sol", "Pool")

    assert seen.bases == (
        Base("Pool", "Pool.sol", ("Base",), False),
        Base("Base", "Base.sol", (), False),
    )
    assert seen.access == (
        Access(
            "setOwner(address)",
            "Base",
            "",
            ("onlyOwner",),
            ("require(bool,string)(msg.sender == owner,NO)",),
            ("owner",),
            ("owner",),
        ),
        Access("staked(address)", "Pool", "view", (), (), ("stakers",), ()),
        Access("withdraw()", "Pool", "", (), (), ("stakers", "token"), ("stakers",)),
    )
    assert Call("Pool.withdraw", "IToken.mint", True) in seen.calls
    assert Call("Pool.withdraw", "Pool._close", False) in seen.calls


def test_a_contract_that_is_not_there_is_a_clear_error(tree):
    with pytest.raises(AuditError, match=r"Base\.sol declares no contract Pool"):
        outline(analyse(tree(FILES)), "Base.sol", "Pool")
