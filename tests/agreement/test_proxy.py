"""What the proxy adds: nothing, term for term; and what its deployment does, on both sides."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode

from harness.compiler import Project, Settings, compile_contract
from harness.evm.vm import Chain
from harness.symbolic import Blank, Fresh, PostState, Storage, World, execute, function, raw, selector_of
from harness.symbolic.data import Data, Known
from harness.symbolic.path import Path
from harness.symbolic.pieces import Piece
from harness.symbolic.slots import labels_of
from harness.term.core import FALSE, Term, const, var
from harness.term.evaluate import evaluate
from harness.term.substitute import substitute
from tests.agreement.builds import ROOT, compiled
from tests.agreement.places import slot_of
from tests.agreement.stage import Summaries

IMPLEMENTATION = 0xC0FFEE0009
SLOT = 0x360894A13BA1A3210667C828492DB98DCA3E2076CC3735A920A3CA505D382BBC
PROXY = "node_modules/@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol:ERC1967Proxy"
PIPELINES = ("legacy", "via-ir")


def proxy(pipeline):
    return compile_contract(Project.open(ROOT), PROXY, Settings(solc="0.8.30", pipeline=pipeline))


def terms_of(post: PostState) -> list[Term]:
    """Everything that a call does, as terms; equal lists are equal calls."""
    found = [post.success, *words_of(post.returndata)]
    for failure in post.failures:
        found += [failure.condition, *words_of(failure.data)]
    for entry in post.trace:
        found += [entry.condition, *words_of(entry.data)]
    for region, log in sorted(post.storage.written().items(), key=lambda item: repr(item[0])):
        found += [term for keys, value in log.writes for term in (*keys, value)] if region.labelled else []
    return found


def words_of(data: Data) -> list[Term]:
    return [data.size, *(data.word(at) for at in range(0, 128, 32))]


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_call_through_the_proxy_is_the_call_itself(pipeline):
    pool = compiled("v3", pipeline)
    world = World(codes={IMPLEMENTATION: pool.runtime.bytecode})
    storage = Storage(labels_of(pool.layout), Fresh())
    storage.write(storage.labels.meaning(const(SLOT), Path()), const(IMPLEMENTATION))

    for item in (item for item in pool.abi if item["type"] == "function"):
        there, here = (
            execute(code, pool.layout, function(item), world=world, environment=Summaries(), storage=storage)
            for code in (proxy(pipeline).runtime.bytecode, pool.runtime.bytecode)
        )

        assert terms_of(there) == terms_of(here), item["name"]


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_deployment_and_initialisation_do_what_revm_does(pipeline):
    pool, behind = compiled("v3", pipeline), proxy(pipeline)
    manager = var("manager", 0, (1 << 160) - 1)
    call: list[Piece] = [(4, const(selector_of("init(address)")), 28), (32, manager, 0), (28, const(0), 0)]
    head: list[Piece] = [(32, const(word), 0) for word in (IMPLEMENTATION, 64, 36)]
    post = execute(
        behind.creation.bytecode,
        pool.layout,
        raw("deployment", []),
        world=World(codes={IMPLEMENTATION: pool.runtime.bytecode}, constructing=True),
        storage=Storage(labels_of(pool.layout), Blank()),
        arguments=Known([*head, *call]),
    )
    caller, chosen = 0xAAA1, 0xBBB2
    chain = Chain()
    chain.set_code(IMPLEMENTATION, pool.runtime.bytecode)
    data = selector_of("init(address)").to_bytes(4, "big") + encode(["address"], [f"0x{chosen:040x}"])
    arguments = encode(["address", "bytes"], [f"0x{IMPLEMENTATION:040x}", data])
    address = chain.deploy(caller, behind.creation.bytecode + arguments)

    values = {"caller": caller, "callvalue": 0, "manager": chosen, "this": address}
    assert evaluate([post.success], values) == [True]
    assert isinstance(post.returndata, Known)
    assert post.returndata.constant() == chain.code(address)
    assert len(post.storage.written()) == 5
    for region, log in post.storage.written().items():
        ((keys, value),) = log.writes
        assert evaluate([value], values) == [chain.read(address, slot_of(pool.layout, region, keys))]


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_nobody_initialises_the_implementation_itself(pipeline):
    pool = compiled("v3", pipeline)
    blank = Storage(labels_of(pool.layout), Blank())
    deployed = execute(
        pool.creation.bytecode,
        pool.layout,
        raw("deployment", []),
        world=World(constructing=True),
        storage=blank,
    )
    item = next(item for item in pool.abi if item.get("name") == "init")
    code = pool.runtime.bytecode

    assert isinstance(deployed.returndata, Known)
    assert deployed.returndata.constant() == code
    initialised = execute(code, pool.layout, function(item), storage=deployed.storage)
    without_value = substitute([initialised.success], {var("callvalue"): const(0)})
    assert without_value == [FALSE]
