from __future__ import annotations

import pytest

from tests.agreement.stage import TOKEN
from tests.harness.symbolic.programs import ARGUMENTS, Writer
from tests.harness.symbolic.ring import agree

LIBRARY = 0xC0FFEE0004


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_do_what_revm_does(seed):
    outcomes = agree(Writer(seed).program(), ARGUMENTS, 25, seed)

    assert outcomes.total() == 25


@pytest.mark.parametrize("seed", range(40))
def test_stores_near_choices_of_addresses_do_what_revm_does(seed):
    outcomes = agree(Writer(seed).chosen_stores(), ARGUMENTS, 12, seed)

    assert outcomes["success"] == 12


@pytest.mark.parametrize("end", ["return", "revert"])
def test_an_empty_range_at_a_choice_of_addresses_is_empty(end):
    choose = "32 calldataload 1 and iszero 32 mul 0x200 add"
    inside_a_word = f"0 {choose} 4 add {end}"

    outcomes = agree(f"5 {choose} mstore 0 calldataload $other jumpi {inside_a_word} @other 0 0 {end}", 2, 20)

    assert outcomes.total() == 20


@pytest.mark.parametrize("kind", ["s", "t"])
def test_each_way_in_which_a_delegated_call_fails_leaves_a_storage_of_its_own(kind):
    library = (
        "0 calldataload 1 and $revert jumpi 0 calldataload 2 and $halt jumpi stop "
        "@revert 0 0 revert @halt invalid"
    )
    delegate = f"0 calldataload 0 mstore 0 0 32 0 {LIBRARY} gas delegatecall"
    count = f"0 {kind}load add 1 add dup1 0 {kind}store 0 mstore 32 0 return"

    assert agree(f"{delegate} {count}", 1, 40, libraries={LIBRARY: library})["success"] == 40


def test_what_a_delegated_call_logged_and_called_before_it_failed_is_undone():
    library = (
        f"0 0 log0 0 0 4 0 0 {TOKEN} gas call pop 0 calldataload 1 and $revert jumpi stop @revert 0 0 revert"
    )
    delegate = f"0 calldataload 0 mstore 0 0 32 0 {LIBRARY} gas delegatecall"

    outcomes = agree(f"32 0 log0 {delegate} 0 mstore 32 0 log0 stop", 1, 40, libraries={LIBRARY: library})

    assert outcomes["success"] == 40
