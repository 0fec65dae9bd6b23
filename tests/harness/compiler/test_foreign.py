"""Projects that are built by their own tools."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from harness.compiler.artifact import Settings
from harness.compiler.errors import CompilerError
from harness.compiler.project import Project
from harness.compiler.service import compile_contract
from harness.compiler.solc import find_compiler
from harness.compiler.toolchain import find_node, find_packaged

HEADER = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n"
POOL = """contract Pool {
    uint64 public immutable limit;
    uint256 public total;
    /// @custom:storage-location erc7201:pool.main
    struct Main { address owner; }
    constructor(uint64 limit_) { limit = limit_; }
    function add(uint256 x) external { require(x < limit); total += x; }
}
"""
CONFIG = '[profile.default]\nsrc = "src"\nsolc = "./solc"\noptimizer = true\noptimizer_runs = 777\n'
HARDHAT_PATHS = 'config = {"artifacts": "artifacts", "root": "."}'
FORGE = shutil.which("forge")


def recorded(units: dict[str, str], names: dict[str, str], extra: list[str]) -> dict[str, object]:
    """What a tool writes as its build info after compiling `units`, under the names it gives them."""
    request = {
        "language": "Solidity",
        "sources": {names.get(unit, unit): {"content": HEADER + text} for unit, text in units.items()},
        "settings": {
            "optimizer": {"enabled": True, "runs": 777},
            "viaIR": True,
            "evmVersion": "cancun",
            "outputSelection": {
                "*": {"": ["ast"], "*": ["abi", "evm.bytecode", "evm.deployedBytecode", *extra]}
            },
        },
    }
    return {"solcVersion": "0.8.30", "input": request, "output": find_compiler("0.8.30").compile(request)}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A tree with stand-ins for forge and npx on the PATH that write a recorded build info, or fail."""

    def make(config: dict[str, str], info: object, target: str, failure: str = "") -> Project:
        root, tools = tmp_path / "root", tmp_path / "tools"
        tools.mkdir()
        for name, text in ({"src/Pool.sol": HEADER + POOL} | config).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        (tmp_path / "info.json").write_text(json.dumps(info))
        script = f"""#!{sys.executable}
import json, pathlib, shutil, sys
if "--json" in sys.argv:
    print(json.dumps({{"out": "out", "test": "test", "script": "script"}}))
elif "console" in sys.argv:
    print("{{}}")
elif {failure!r}:
    sys.stderr.write({failure!r})
    sys.exit(1)
elif "build" in sys.argv or "compile" in sys.argv:
    folder = pathlib.Path({str(root / target)!r})
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile({str(tmp_path / "info.json")!r}, folder / "1.json")
"""
        for name in ("forge", "npx"):
            (tools / name).write_text(script)
            (tools / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tools), prepend=":")
        return Project.open(root)

    return make


def is_the_pool(made):
    assert made.settings == Settings("0.8.30", "via-ir", True, 777, "cancun")
    assert {name for name, _, _ in made.runtime.immutables} == {"limit"}
    assert [(each.label, each.namespace) for each in made.layout.variables] == [
        ("total", None),
        ("owner", "pool.main"),
    ]
    assert made.sources[0][1] == HEADER + POOL
    assert made.runtime.bytecode


def test_a_foundry_project_is_built_by_forge_as_it_is_configured(project):
    info = recorded({"src/Pool.sol": POOL}, {}, ["storageLayout"])
    opened = project({"foundry.toml": CONFIG}, info, "out/build-info")

    assert opened.platform == "foundry"
    is_the_pool(compile_contract(opened, "src/Pool.sol:Pool", Settings("0.8.30")))


@pytest.mark.parametrize("unit", ["src/Pool.sol", "project/src/Pool.sol"])
def test_a_hardhat_project_is_built_by_hardhat_whose_output_lacks_the_layout(project, unit):
    info = recorded({"src/Pool.sol": POOL}, {"src/Pool.sol": unit}, [])
    config = {"hardhat.config.js": "", "node_modules/.bin/hardhat": ""}
    opened = project(config, info, "artifacts/build-info")

    assert opened.platform == "hardhat"
    is_the_pool(compile_contract(opened, "src/Pool.sol:Pool", Settings("0.8.30")))


def test_our_own_solc_can_be_chosen_instead(project, cache):
    opened = project({"foundry.toml": CONFIG}, {}, "out/build-info")
    own = Project.open(opened.root, build="solc")

    assert own.platform is None
    assert compile_contract(own, "src/Pool.sol:Pool", Settings("0.8.30"), cache).settings.runs == 200


def test_a_build_that_fails_says_what_the_tool_said_and_old_results_are_not_taken(project):
    info = recorded({"src/Pool.sol": POOL}, {}, [])
    opened = project({"foundry.toml": CONFIG}, info, "out/build-info", "Error: one\nError: two")
    folder = opened.root / "out" / "build-info"
    folder.mkdir(parents=True)
    (folder / "1.json").write_text(json.dumps(info))

    with pytest.raises(CompilerError, match=r"foundry could not build .*root: (.|\n)*Error: one\nError: two"):
        compile_contract(opened, "src/Pool.sol:Pool", Settings("0.8.30"))


def test_a_contract_that_the_tool_did_not_build_is_a_clear_error(project):
    info = recorded({"src/Pool.sol": POOL}, {}, [])
    opened = project({"foundry.toml": CONFIG, "test/T.sol": HEADER}, info, "out/build-info")

    with pytest.raises(CompilerError, match=r"Pool\.sol declares no contract Nothing; it declares: Pool\."):
        compile_contract(opened, "src/Pool.sol:Nothing", Settings("0.8.30"))
    with pytest.raises(CompilerError, match=r"foundry built nothing from test/T\.sol"):
        compile_contract(opened, "test/T.sol:T", Settings("0.8.30"))


@pytest.mark.forge
@pytest.mark.skipif(FORGE is None, reason="forge is not installed")
def test_the_real_forge_builds_a_project(tmp_path):
    """With a shim of one line around solc-js as its solc, so that it needs no network."""
    shim = f"""#!{find_node()}
const solc = require({str(find_packaged("0.8.30").path)!r});
if (process.argv.includes("--version")) console.log("Version: " + solc.version());
else process.stdout.write(solc.compile(require("fs").readFileSync(0, "utf8")));
"""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Pool.sol").write_text(HEADER + POOL)
    (tmp_path / "foundry.toml").write_text(CONFIG + 'via_ir = true\nevm_version = "cancun"\noffline = true\n')
    (tmp_path / "solc").write_text(shim)
    Path(tmp_path / "solc").chmod(0o755)

    opened = Project.open(tmp_path)

    assert opened.platform == "foundry"
    is_the_pool(compile_contract(opened, "src/Pool.sol:Pool", Settings("0.8.30")))
