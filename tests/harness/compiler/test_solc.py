"""The compilers themselves: the resident process and the native one."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

import pytest

from harness.compiler import toolchain
from harness.compiler.errors import CompilerError
from harness.compiler.solc import NativeCompiler, ResidentCompiler, find_compiler
from harness.compiler.toolchain import find_native, find_node, find_packaged

REQUEST = {
    "language": "Solidity",
    "sources": {
        "A.sol": {"content": "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0; contract A {}"}
    },
    "settings": {"outputSelection": {"*": {"*": ["abi"]}}},
}


@pytest.fixture(scope="module")
def resident():
    compiler = ResidentCompiler(find_packaged("0.8.30"))
    yield compiler
    compiler.close()


def native(folder: Path, version: str, answer: str = "{}") -> Path:
    """A stand-in for a native solc."""
    binary = folder / "solc"
    binary.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"print('Version: {version}' if '--version' in sys.argv else {answer!r})\n"
    )
    binary.chmod(0o755)
    return binary


def test_one_process_serves_many_requests(resident):
    first = resident.compile(REQUEST)
    process = resident._process
    second = resident.compile(REQUEST)

    assert first == second
    assert resident._process is process
    assert first["contracts"]["A.sol"]["A"]["abi"] == []


def test_a_crash_is_a_clear_error_and_the_next_request_starts_anew(resident):
    resident.compile(REQUEST)
    resident._tool = toolchain.PackagedSolc(Path("/nowhere"), "0.8.30", "")
    resident.close()

    with pytest.raises(CompilerError, match=r"Node process ended without answering \(.*Cannot find module"):
        resident.compile(REQUEST)

    resident._tool = find_packaged("0.8.30")
    assert "contracts" in resident.compile(REQUEST)


def test_a_process_that_was_killed_is_replaced(resident):
    resident.compile(REQUEST)
    resident._process.kill()
    resident._process.wait()

    assert "contracts" in resident.compile(REQUEST)


def _answer(compiler: ResidentCompiler, queue: multiprocessing.Queue) -> None:
    queue.put("contracts" in compiler.compile(REQUEST))
    compiler.close()


def test_a_forked_process_does_not_talk_into_its_parents_pipe(resident):
    resident.compile(REQUEST)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_answer, args=(resident, queue))
    child.start()

    assert queue.get(timeout=60)
    child.join()
    assert "contracts" in resident.compile(REQUEST)


def test_a_native_solc_of_the_right_version_is_used_instead(tmp_path, monkeypatch):
    monkeypatch.setenv(toolchain.NATIVE_VARIABLE, str(native(tmp_path, "0.8.30+commit.1.Linux", '{"ok": 1}')))

    compiler = find_compiler("0.8.30")

    assert isinstance(compiler, NativeCompiler)
    assert compiler.identity == "native 0.8.30+commit.1.Linux"
    assert compiler.compile(REQUEST) == {"ok": 1}


def test_a_named_native_solc_of_another_version_is_refused(tmp_path):
    with pytest.raises(CompilerError, match=r"is solc 0\.8\.3\+commit\.1, but solc 0\.8\.30 is asked for"):
        find_native("0.8.30", native(tmp_path, "0.8.3+commit.1"))


def test_what_solc_select_installed_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    folder = tmp_path / ".solc-select" / "artifacts" / "solc-0.8.19"
    folder.mkdir(parents=True)
    native(folder, "0.8.19+commit.1").rename(folder / "solc-0.8.19")

    found = find_native("0.8.19")

    assert found is not None
    assert found.path == folder / "solc-0.8.19"


def test_a_binary_that_is_not_solc_is_refused(tmp_path):
    with pytest.raises(CompilerError, match="does not say `Version:`"):
        find_native("0.8.30", Path("/bin/true"))
    with pytest.raises(CompilerError, match="does not run as solc"):
        find_native("0.8.30", tmp_path / "missing")


def test_a_native_solc_that_answers_nonsense_is_a_clear_error(tmp_path):
    compiler = find_compiler("0.8.30", native(tmp_path, "0.8.30+commit.2", "oops"))

    with pytest.raises(CompilerError, match="gave no JSON answer"):
        compiler.compile(REQUEST)


def test_without_any_solc_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(toolchain, "node_modules", lambda: iter(()))

    with pytest.raises(CompilerError, match=r"^solc is not installed: run `make setup`\.$"):
        find_packaged("0.8.30")


def test_without_node_on_the_path_the_one_from_the_virtual_environment_is_used(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert os.access(find_node(), os.X_OK)
    assert find_node().parent.name == "bin"
