"""The prover's storage functions lead to the very bits that the EVM's layout paths name."""

from __future__ import annotations

import pytest

from harness.check.target import Target
from harness.check.triage.places import Places
from harness.compiler import compile_contract
from harness.evm.places import Paths
from harness.symbolic.path import Path as Conditions
from harness.symbolic.slots import labels_of
from harness.term.core import const

WHO = 0xACC0_0000_0000_0000_0000_0000_0000_0000_0000_0003


@pytest.mark.parametrize(
    ("function", "arguments", "path"),
    [
        ("total", (), "total"),
        ("keeper", (), "keeper"),
        ("accounts.amount", (WHO,), f"accounts[0x{WHO:040x}].amount"),
        ("accounts.since", (WHO,), f"accounts[0x{WHO:040x}].since"),
        ("visits", (0,), "visits[0]"),
        ("visits", (17,), "visits[17]"),
    ],
)
def test_an_application_means_the_bits_of_its_path(
    vault: Target, function: str, arguments: tuple[int, ...], path: str
) -> None:
    layout = compile_contract(vault.project, vault.contract, vault.settings).layout
    place = Paths(layout).place(path)
    labels_of(layout).meaning(const(place.slot), Conditions())  # regions are known once somebody read them
    for at in (f"accounts[0x{WHO:040x}]", "visits"):
        slot = Paths(layout).place(at).slot
        labels_of(layout).learn(slot, (WHO, Paths(layout).place("accounts").slot))
        labels_of(layout).meaning(const(slot), Conditions())
    places = Places(layout)

    found = places.field(f"storage.{function}")
    assert found is not None
    bits = places.bits(*found, arguments)

    assert (bits.slot, bits.shift, bits.path) == (place.slot, place.shift, path)


def test_a_function_that_is_no_storage_has_no_place(vault: Target) -> None:
    layout = compile_contract(vault.project, vault.contract, vault.settings).layout
    assert Places(layout).field("answer:getAddress(uint256,bytes32)") is None
