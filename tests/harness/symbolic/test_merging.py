from __future__ import annotations

import pytest

from tests.harness.symbolic.programs import ARGUMENTS, Writer
from tests.harness.symbolic.ring import agree


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_do_what_revm_does(seed):
    outcomes = agree(Writer(seed).program(), ARGUMENTS, 25, seed)

    assert outcomes.total() == 25


@pytest.mark.parametrize("seed", range(40))
def test_stores_near_a_choice_of_addresses_do_what_revm_does(seed):
    outcomes = agree(Writer(seed).chosen_stores(), ARGUMENTS, 12, seed)

    assert outcomes["success"] == 12
