"""The compiled contracts have the interface that the tables say, no more and no less."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from harness.compiler import Artifact, Project, Settings
from harness.compiler.tree import compile_tree
from harness.evm.abi import Abi
from harness.evm.vm import Chain
from tests.contracts import describe
from tests.contracts.conftest import INTERFACES, SOLC, Table

POOLS = ("v1", "v2", "v3")
DEPLOYED = (*POOLS, "address_manager", "taiko_token")
CALLER = 0xCA11E4

Compiled = Callable[..., Artifact]
Interface = Callable[[str], Table]


def test_every_table_is_compared() -> None:
    assert {path.stem for path in INTERFACES.glob("*.json")} == {*DEPLOYED, "essential"}


@pytest.mark.parametrize("name", DEPLOYED)
def test_functions_are_those_of_the_table(name: str, interface: Interface, compiled: Compiled) -> None:
    table = interface(name)

    assert describe.functions(compiled(table["deployed"])) == table["functions"]


@pytest.mark.parametrize("name", DEPLOYED)
def test_events_are_those_of_the_table(name: str, interface: Interface, compiled: Compiled) -> None:
    table = interface(name)

    assert describe.events(compiled(table["deployed"])) == table["events"]


@pytest.mark.parametrize("name", DEPLOYED)
def test_errors_are_those_of_the_table(name: str, interface: Interface, compiled: Compiled) -> None:
    table = interface(name)

    assert describe.errors(compiled(table["deployed"])) == table["errors"]


@pytest.mark.parametrize("name", DEPLOYED)
def test_nothing_else_can_be_called(name: str, interface: Interface, compiled: Compiled) -> None:
    assert describe.others(compiled(interface(name)["deployed"])) == []


@pytest.mark.parametrize("name", DEPLOYED)
def test_variables_are_those_of_the_table(name: str, interface: Interface, compiled: Compiled) -> None:
    table = interface(name)

    found = describe.storage(compiled(table["deployed"]), table["contract"])

    assert list(found.items()) == list(table.get("storage", {}).items())


@pytest.mark.parametrize("name", POOLS)
def test_struct_fields_are_those_of_the_table(name: str, interface: Interface, compiled: Compiled) -> None:
    table = interface(name)
    variables = compiled(table["deployed"]).layout.variables

    found = describe.structs(variable for variable in variables if variable.contract == table["contract"])

    fields = {struct: [line.split(" @ ")[0] for line in lines] for struct, lines in found.items()}
    assert fields == table["structs"]


@pytest.mark.parametrize("name", POOLS)
def test_constants_have_the_values_of_the_table(name: str, interface: Interface, compiled: Compiled) -> None:
    table = interface(name)
    artifact = compiled(table["deployed"])
    chain, abi = Chain(), Abi(artifact.abi)
    pool = chain.deploy(CALLER, artifact.creation.bytecode)

    values = {
        constant: abi.function(constant).decode_returned(
            chain.call(CALLER, pool, abi.function(constant).encode()).output
        )
        for constant in table["constants"]
    }

    assert values == {constant: (value,) for constant, (_, value) in table["constants"].items()}


@pytest.mark.parametrize("name", ["v1", "v3"])
def test_the_pool_has_the_functions_of_its_protocol_interface(
    name: str, project: Project, interface: Interface, compiled: Compiled
) -> None:
    unit = f"contracts/{name}/IProverPool.sol"
    tree = compile_tree(project, [unit], Settings(SOLC))

    protocol = Abi(tree.output["contracts"][unit]["IProverPool"]["abi"])
    pool = Abi(compiled(interface(name)["deployed"]).abi)

    assert protocol.functions
    assert protocol.functions.keys() <= pool.functions.keys()


@pytest.mark.parametrize("name", ["essential", *DEPLOYED])
def test_tables_say_nothing_twice(name: str) -> None:
    table = json.loads((INTERFACES / f"{name}.json").read_text(encoding="utf-8"))

    for kind in ("functions", "events", "errors"):
        assert len(set(table.get(kind, []))) == len(table.get(kind, []))
