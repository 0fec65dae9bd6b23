"""The chain: a real EVM with deployment, calls, snapshots and storage by layout."""

from harness.evm.abi import Abi, Event, Function
from harness.evm.decoded import EmittedEvent, Reverted
from harness.evm.deployment import Artifacts, Instance, Site, deploy
from harness.evm.errors import EvmDefect, EvmError
from harness.evm.outcome import Outcome
from harness.evm.places import Paths
from harness.evm.raw import RawLog, RawOutcome
from harness.evm.storage import Storage
from harness.evm.vm import DEFAULT_GAS, Chain, Snapshot
from harness.evm.watch import Change, Field, WatchSet

__all__ = [
    "DEFAULT_GAS",
    "Abi",
    "Artifacts",
    "Chain",
    "Change",
    "EmittedEvent",
    "Event",
    "EvmDefect",
    "EvmError",
    "Field",
    "Function",
    "Instance",
    "Outcome",
    "Paths",
    "RawLog",
    "RawOutcome",
    "Reverted",
    "Site",
    "Snapshot",
    "Storage",
    "WatchSet",
    "deploy",
]
