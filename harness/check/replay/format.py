"""The replay file: its typed form, and JSON to and fro (`replay.schema.json` describes it)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema

from harness.errors import PoolproofError, trouble

FORMAT, VERSION = "poolproof-replay", 1
MODEL = "model"
"""Stands for a property's name where model and contract differ."""

Json = dict[str, Any]
Value = str | bool | list[Any]


class ReplayError(PoolproofError):
    """A replay file that cannot be read, or is not about what is there."""


@dataclass(frozen=True, slots=True)
class ReplayCall:
    """One call. `function` is "" where nothing is selected, `arguments` None where nothing decodes.

    `sender` is a role, a contract of the deployment or an address in hex; `data` is None where it is the
    plain encoding of the arguments.
    """

    sender: str
    time: int
    block: int
    function: str = ""
    arguments: Mapping[str, Value] | None = None
    value: int = 0
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class ReplayStart:
    """The deployment with values written over it: storage by layout path, ledgers, code by address."""

    storage: Mapping[str, int] = field(default_factory=dict)
    ledgers: Mapping[str, int] = field(default_factory=dict)
    code: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def is_deployment(self) -> bool:
        """Whether nothing was written."""
        return not (self.storage or self.ledgers or self.code)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be seen after the last call: the property `property` broken at `keys`."""

    property: str
    aspect: str = ""
    keys: Mapping[str, int] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """A whole replay file."""

    target: str
    contract: str
    input_hash: str
    origin: str
    start: ReplayStart
    calls: tuple[ReplayCall, ...]
    expectation: Expectation


def schema() -> Json:
    """Return the JSON Schema of replay files."""
    text = resources.files("harness.check.replay").joinpath("replay.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def to_json(replay: Replay) -> str:
    """Return a replay as the text of its file."""
    start = replay.start
    document: Json = {
        "format": FORMAT,
        "version": VERSION,
        "target": replay.target,
        "contract": replay.contract,
        "input_hash": replay.input_hash,
        "origin": replay.origin,
        "start": _without_empty(
            storage=_numbers(start.storage),
            ledgers=_numbers(start.ledgers),
            code={address: _hex(code) for address, code in start.code.items()},
        ),
        "calls": [_call_to_json(call) for call in replay.calls],
        "expectation": _without_empty(
            property=replay.expectation.property,
            aspect=replay.expectation.aspect,
            keys=_numbers(replay.expectation.keys),
            text=replay.expectation.text,
        ),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def save_replay(replay: Replay, path: Path) -> None:
    """Write a replay file, its folder too; raises ReplayError if that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_json(replay), encoding="utf-8")
    except OSError as error:
        raise ReplayError(f"{path} cannot be written: {error}.") from error


def load_replay(path: Path) -> Replay:
    """Read a replay file.

    Raises:
        ReplayError: if it cannot be read, is no JSON, or not what the schema says; names the place.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ReplayError(f"{path} cannot be read ({trouble(error)}): name a replay file.") from error
    except json.JSONDecodeError as error:
        raise ReplayError(f"{path} is no JSON: line {error.lineno}: {error.msg}.") from error
    _check(path, document)
    start = document["start"]
    expectation = document["expectation"]
    return Replay(
        document["target"],
        document["contract"],
        document["input_hash"],
        document["origin"],
        ReplayStart(
            _ints(start.get("storage", {})),
            _ints(start.get("ledgers", {})),
            {address: bytes.fromhex(code[2:]) for address, code in start.get("code", {}).items()},
        ),
        tuple(_call_from_json(call) for call in document["calls"]),
        Expectation(
            expectation["property"],
            expectation.get("aspect", ""),
            _ints(expectation.get("keys", {})),
            expectation.get("text", ""),
        ),
    )


def _check(path: Path, document: Any) -> None:
    """Complain about a document that the schema does not allow, in one sentence."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ReplayError(f'{path} is no replay file: its "format" is not "{FORMAT}".')
    if document.get("version") != VERSION:
        raise ReplayError(
            f"{path} is of version {document.get('version')}, and this poolproof reads version {VERSION}:"
            " use the one that wrote it."
        )
    error = next(iter(sorted(jsonschema.Draft202012Validator(schema()).iter_errors(document), key=str)), None)
    if error is not None:
        place = "".join(f"[{part!r}]" for part in error.absolute_path) or "the top"
        raise ReplayError(
            f"{path} is not a replay file as replay.schema.json says: at {place}, {error.message}."
        )


def _call_to_json(call: ReplayCall) -> Json:
    result: Json = {"function": call.function} if call.function else {}
    if call.arguments is not None:
        result["arguments"] = dict(call.arguments)
    result |= {"sender": call.sender, "time": str(call.time), "block": str(call.block)}
    if call.value:
        result["value"] = str(call.value)
    if call.data is not None:
        result["data"] = _hex(call.data)
    return result


def _call_from_json(document: Json) -> ReplayCall:
    data = document.get("data")
    return ReplayCall(
        document["sender"],
        int(document["time"]),
        int(document["block"]),
        document.get("function", ""),
        document.get("arguments"),
        int(document.get("value", "0")),
        None if data is None else bytes.fromhex(data[2:]),
    )


def _without_empty(**values: Any) -> Json:
    return {name: value for name, value in values.items() if value not in ("", {})}


def _numbers(values: Mapping[str, int]) -> dict[str, str]:
    return {name: str(int(value)) for name, value in values.items()}


def _ints(values: Mapping[str, str]) -> dict[str, int]:
    return {name: int(value) for name, value in values.items()}


def _hex(data: bytes) -> str:
    return f"0x{data.hex()}"
