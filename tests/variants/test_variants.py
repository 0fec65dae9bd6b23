"""Somebody else's implementation of an interface is held against the same specifications, as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.check.campaign import Options as Campaign
from harness.check.campaign.ground import parts
from harness.check.fuzz import fuzz
from harness.check.prove.run import Options, prove
from harness.check.target import Target
from harness.check.verdict import HOLDING, Verdict
from harness.cli.options import Tree
from harness.cli.targets import load_targets
from harness.errors import PoolproofError

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCE = "Pool.sol:Pool"


def variant(root: Path) -> Target:
    """Return the third pool's target on another source tree."""
    [target] = load_targets(["v3"], Tree(root=root, source=SOURCE, config=ROOT / "pyproject.toml"))
    return target


def changed(folder: Path, old: str, new: str) -> Target:
    """Return the variant with a name replaced wherever it stands."""
    text = (HERE / "v3" / "Pool.sol").read_text(encoding="utf-8")
    assert old in text
    (folder / "Pool.sol").write_text(text.replace(old, new), encoding="utf-8")
    return variant(folder)


def proved(target: Target, *functions: str) -> list[Verdict]:
    material = parts(target)
    return list(prove(material.spec, material.target, Options(functions=functions)))


def test_another_packing_other_slots_and_other_helpers_are_proved_alike() -> None:
    verdicts = proved(variant(HERE / "v3"), "slashProver", "withdraw", "setAddressManager", "provers")

    assert len(verdicts) > 80
    assert [one for one in verdicts if one.outcome not in HOLDING] == []


def test_it_agrees_with_the_model_wherever_there_is_one() -> None:
    result = fuzz(variant(HERE / "v3"), Campaign(steps=6_000, seed=5))

    assert result.case is None
    assert [one.detail for one in result.verdicts if one.outcome not in HOLDING] == [
        "The specification has no model of entries(): never called."
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "_initialized",
            "_version",
            "needs the state variable `initialized`, which the storage layout",
        ),
        ("exitAmount", "exiting", "needs the member of struct `Staker` `exit_amount`, which the storage"),
        (
            "NO_MATURE_EXIT",
            "NOT_YET",
            "needs the error `NO_MATURE_EXIT` with 0 arguments, which the",
        ),
        ("Withdrawn", "Paid", "needs the event `Withdrawn` with 2 arguments, which the contract's ABI lacks"),
        ("withdraw()", "takeOut()", "speaks about withdraw, and the contract has no such function"),
    ],
)
def test_what_the_specification_needs_and_the_tree_lacks_is_said_by_name(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    target = changed(tmp_path, old, new)

    with pytest.raises(PoolproofError, match=sentence):
        proved(target, *(["withdraw"] if old in ("NO_MATURE_EXIT", "Withdrawn") else []))
