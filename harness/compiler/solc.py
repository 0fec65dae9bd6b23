"""Running solc: standard JSON in, standard JSON out.

solc-js takes a second to load and gets faster with use, so one Node process a version is kept for
the life of this process. A native solc starts at once and is run per request.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import threading
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Protocol

from harness.compiler.errors import CompilerError
from harness.compiler.toolchain import NativeSolc, PackagedSolc, find_native, find_node, find_packaged

Json = dict[str, Any]
_SERVER = Path(__file__).with_name("serve.js")


class Compiler(Protocol):
    """A solc of one version."""

    @property
    def identity(self) -> str:
        """Version and build; equal identities compile equally."""
        ...

    def compile(self, request: Json) -> Json:
        """Return the standard JSON answer to the standard JSON `request`."""
        ...


class NativeCompiler:
    """A native solc, one process a request."""

    def __init__(self, tool: NativeSolc) -> None:
        self._tool = tool
        self.identity = tool.identity

    def compile(self, request: Json) -> Json:
        """Return solc's answer; raises CompilerError if it gives none."""
        done = subprocess.run(
            [str(self._tool.path), "--standard-json"],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            check=False,
        )
        return _parsed(done.stdout, f"{self._tool.path} (exit {done.returncode})", done.stderr)


class ResidentCompiler:
    """solc-js in a Node process that starts with the first request and ends with this process."""

    def __init__(self, tool: PackagedSolc) -> None:
        self._tool = tool
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0
        self._lock = threading.Lock()
        self.identity = tool.identity

    def compile(self, request: Json) -> Json:
        """Return solc's answer; raises CompilerError if the process dies (the next call starts another)."""
        with self._lock:
            process = self._running()
            stdin, stdout = _pipes(process)
            try:
                stdin.write(json.dumps(request) + "\n")
                stdin.flush()
                line = stdout.readline()
            except (BrokenPipeError, OSError):
                line = ""
            except BaseException:  # else an interrupted request's answer would be read as the next one's
                self._stop()
                raise
            if not line.endswith("\n"):
                said = self._stop()
                raise CompilerError(
                    f"solc's Node process ended without answering{said}: run the command again."
                )
        return _parsed(line, "solc-js", "")

    def close(self) -> None:
        """End the Node process, if this process started one."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        # After a fork the pipes belong to the parent's conversation: leave them alone, start our own.
        self._owner = os.getpid()
        self._process = subprocess.Popen(
            [str(find_node()), str(_SERVER), str(self._tool.path.resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self._process

    def _stop(self) -> str:
        """End the process and return what it said last, as `` (words)``, or nothing."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return ""
        process.kill()
        _, errors = process.communicate()
        words = [line.strip() for line in errors.splitlines() if "Error" in line]
        return f" ({words[0]})" if words else ""


def find_compiler(version: str, given: Path | None = None) -> Compiler:
    """Return the solc of exactly `version`: a native one if named or found, else npm's.

    `given` is a native binary that the user named. One resident process is kept per version.

    Raises:
        CompilerError: if there is none, or the named one is of another version.
    """
    native = find_native(version, given)
    if native is not None:
        return NativeCompiler(native)
    return _resident(find_packaged(version))


@lru_cache(maxsize=8)
def _resident(tool: PackagedSolc) -> ResidentCompiler:
    compiler = ResidentCompiler(tool)
    atexit.register(compiler.close)
    return compiler


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise CompilerError("solc's Node process has no pipes; run the command again.")
    return process.stdin, process.stdout


def _parsed(text: str, source: str, errors: str) -> Json:
    try:
        answer = json.loads(text)
    except json.JSONDecodeError as error:
        reason = errors.strip().splitlines()[-1:] or ["no reason given"]
        raise CompilerError(f"{source} gave no JSON answer: {reason[0]}") from error
    if not isinstance(answer, dict):
        raise CompilerError(f"{source} gave an answer that is not an object: {text[:80]}")
    return answer
