"""A second EVM: Foundry's anvil, to which a deployment is copied and on which calls are made again.

Anvil is an optional tool (`make foundry`, or any installation on the PATH). It runs in a process of its own
and is asked over JSON-RPC. It also shows calls between contracts, which our own EVM does not.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from harness.check.replay.format import ReplayError
from harness.evm import Chain, Site
from harness.evm.raw import hex_address
from harness.evm.vm import DEFAULT_GAS

PATIENCE = 20.0
"""Seconds that anvil may take to start, or to answer."""

LONGEST_LEAP = 50_000
"""So many empty blocks are mined to come to a block's number."""

_BESIDE = Path(".foundry/node_modules/.bin/anvil")


def find_anvil() -> str:
    """Return the anvil to run; raises ReplayError if there is none."""
    found = shutil.which("anvil")
    if found is None and _BESIDE.is_file():
        return str(_BESIDE.resolve())
    if found is None:
        raise ReplayError("anvil is not installed: run `make foundry`, or put Foundry's anvil on the PATH.")
    return found


class Anvil:
    """A running anvil."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def ask(self, method: str, *parameters: Any) -> Any:
        """Return the result of an RPC; raises ReplayError where anvil refuses or does not answer."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        try:
            with self._open(request, timeout=PATIENCE) as answer:
                found = json.load(answer)
        except (urllib.error.URLError, OSError, ValueError) as error:
            raise ReplayError(f"anvil does not answer to {method}: {error}.") from error
        if "error" in found:
            raise ReplayError(f"anvil refuses {method}: {found['error'].get('message', found['error'])}.")
        return found["result"]

    def copy(self, site: Site) -> None:
        """Make the contracts of a site, with all storage that was ever written there, as they are now."""
        chain = site.chain
        [written] = chain.history([0, chain.frames])
        for one in site.contracts.values():
            for account in (one.address, one.implementation):
                if account is not None:
                    self.set_code(account, chain.code(account))
        for account, slot in written:
            self.store(account, slot, chain.read(account, slot))

    def set_code(self, address: int, code: bytes) -> None:
        """Put code at an address."""
        self.ask("anvil_setCode", hex_address(address), f"0x{code.hex()}")

    def store(self, address: int, slot: int, word: int) -> None:
        """Write a word of storage."""
        self.ask("anvil_setStorageAt", hex_address(address), f"0x{slot:064x}", f"0x{word:064x}")

    def read(self, address: int, slot: int) -> int:
        """Return a word of storage."""
        return int(self.ask("eth_getStorageAt", hex_address(address), f"0x{slot:064x}", "latest"), 16)

    def call(self, sender: int, to: int, data: bytes, value: int, number: int, time: int) -> dict[str, Any]:
        """Make a transaction in block `number` at `time`; return its outermost call frame, callees inside."""
        gap = number - int(self.ask("eth_blockNumber"), 16) - 1
        if gap > LONGEST_LEAP:
            raise ReplayError(f"anvil would have to mine {gap} empty blocks to come to block {number}.")
        if gap > 0:
            self.ask("anvil_mine", hex(gap), "0x0")
        who = hex_address(sender)
        self.ask("anvil_impersonateAccount", who)
        self.ask("anvil_setBalance", who, hex(10**24))
        self.ask("evm_setNextBlockTimestamp", time)
        transaction = {"from": who, "to": hex_address(to), "data": f"0x{data.hex()}", "value": hex(value)}
        fees = {"gas": hex(DEFAULT_GAS), "gasPrice": "0x0"}
        made = self.ask("eth_sendTransaction", transaction | fees)
        deadline = monotonic() + PATIENCE
        while self.ask("eth_getTransactionReceipt", made) is None:
            if monotonic() > deadline:
                raise ReplayError("anvil does not mine a transaction.")
            sleep(0.005)
        return dict(self.ask("debug_traceTransaction", made, {"tracer": "callTracer"}))


@contextmanager
def running(chain: Chain) -> Iterator[Anvil]:
    """Start an anvil with the chain's id, block and time; it ends with the block of code."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "--port": port, "--chain-id": chain.chain_id,
        "--number": chain.number, "--timestamp": chain.timestamp,
        "--hardfork": "cancun", "--gas-limit": 10 * DEFAULT_GAS, "--base-fee": 0, "--accounts": 1,
    }  # fmt: skip
    given = [str(part) for option in options.items() for part in option]
    command = [find_anvil(), "--silent", "--no-priority-fee", *given]
    # npm's anvil is a script that starts the real one: all that it starts is ended with it.
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        anvil = Anvil(port)
        _wait(anvil, process)
        yield anvil
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait(anvil: Anvil, process: subprocess.Popen[bytes]) -> None:
    """Wait until anvil answers."""
    deadline = monotonic() + PATIENCE
    while True:
        try:
            anvil.ask("eth_blockNumber")
            return
        except ReplayError:
            if process.poll() is not None or monotonic() > deadline:
                raise ReplayError("anvil does not start: does `anvil --version` work?") from None
            sleep(0.02)
