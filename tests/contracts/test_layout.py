"""Where each pool keeps what, against golden files: a field that moves is seen in review.

After a change that is meant, run ``UPDATE_GOLDEN=1 make test ARGS=tests/contracts`` and review the
difference.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.compiler import Artifact, Project, Settings
from harness.compiler.tree import compile_tree
from tests.contracts import describe
from tests.contracts.conftest import SOLC, Table

GOLDEN = Path(__file__).parent / "golden"
POOLS = ("v1", "v2", "v3")
DEPLOYED = (*POOLS, "address_manager", "taiko_token")
SIZE = re.compile(r"@custom:storage-size (\d+)")
CODE_LIMIT = 24_576

Compiled = Callable[..., Artifact]
Interface = Callable[[str], Table]


@pytest.mark.parametrize("name", DEPLOYED)
def test_layout_is_the_golden_one(name: str, interface: Interface, compiled: Compiled) -> None:
    artifact = compiled(interface(name)["deployed"])
    golden = GOLDEN / f"layout_{name}.json"
    found = {"variables": describe.rows(artifact), "structs": describe.structs(artifact.layout.variables)}

    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")

    assert found == json.loads(golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", POOLS)
def test_both_pipelines_lay_storage_out_alike(name: str, interface: Interface, compiled: Compiled) -> None:
    deployed = interface(name)["deployed"]

    assert describe.rows(compiled(deployed, "via-ir")) == describe.rows(compiled(deployed, "legacy"))


@pytest.mark.parametrize("name", POOLS)
def test_mixing_in_proxied_moves_no_field(name: str, interface: Interface, compiled: Compiled) -> None:
    table = interface(name)

    assert describe.rows(compiled(table["deployed"])) == describe.rows(compiled(table["contract"]))


@pytest.mark.parametrize("name", POOLS)
def test_a_staker_and_a_slot_take_one_word_each(name: str, interface: Interface, compiled: Compiled) -> None:
    structs = describe.structs(compiled(interface(name)["deployed"]).layout.variables)

    for struct in interface(name)["structs"]:
        assert all(" @ 0 +" in field for field in structs[struct])


@pytest.mark.parametrize("name", DEPLOYED)
def test_each_contract_takes_up_the_storage_that_it_declares(
    name: str, interface: Interface, compiled: Compiled, project: Project
) -> None:
    declared = dict(_declared_sizes(project))
    taken: dict[str, int] = {}
    for variable in compiled(interface(name)["deployed"]).layout.variables:
        if variable.namespace is None:
            size = describe.words(variable.type)
            taken[variable.contract] = taken.get(variable.contract, 0) + size

    assert taken == {contract: declared[contract] for contract in taken}


@pytest.mark.parametrize("pipeline", ["legacy", "via-ir"])
@pytest.mark.parametrize("name", DEPLOYED)
def test_the_code_can_be_deployed(name: str, pipeline: str, interface: Interface, compiled: Compiled) -> None:
    artifact = compiled(interface(name)["deployed"], pipeline)

    assert 0 < len(artifact.runtime.bytecode) <= CODE_LIMIT


def test_the_compiler_has_nothing_to_warn_of(project: Project) -> None:
    places = ["contracts/common", "contracts/v1", "contracts/v2", "contracts/v3"]

    assert compile_tree(project, places, Settings(SOLC)).warnings() == []


def _declared_sizes(project: Project) -> Iterator[tuple[str, int]]:
    tree = compile_tree(project, [f"contracts/{folder}" for folder in ("common", *POOLS)], Settings(SOLC))
    for unit in tree.own_units:
        for node in tree.ast(unit)["nodes"]:
            size = SIZE.search((node.get("documentation") or {}).get("text", ""))
            if size:
                yield f"{unit}:{node['name']}", int(size.group(1))
