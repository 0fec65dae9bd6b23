"""A replay as a Foundry test: deploys as the recipe says, makes the calls, holds each to the model's word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.check.campaign.ground import Parts
from harness.check.replay.expected import Expected, ExpectedCall, expected
from harness.check.replay.export import rendered
from harness.check.replay.format import Replay
from harness.check.replay.names import Names
from harness.check.replay.wording import Wording
from harness.evm.abi import Abi, Parameter
from harness.evm.codec import AbiType, ArrayType, BlobType, WordType
from harness.evm.deployment import PROXY
from harness.lang.deployment import Contract, Ref

_PROXY_ALIAS = "Proxy"


def foundry_test(replay: Replay, material: Parts) -> str:
    """Return the Solidity of a test that fails as long as the contract has the defect.

    Raises:
        ReplayError: if the replay does not fit the contract, or the model breaks the property too.
    """
    found = expected(replay, material)
    return rendered("replay.t.sol.j2", **_Rendering(found, material).values())


class _Rendering:
    """Puts one expected replay into Solidity."""

    def __init__(self, found: Expected, material: Parts) -> None:
        self._found = found
        self._material = material
        self._ground = found.ground
        self._names = Names(found.ground.site)
        self._wording = Wording(found.ground)
        recipe = material.spec.deployment
        assert recipe is not None, "a ground has a recipe"
        self._recipe = recipe
        self._target = found.ground.site.target

    def values(self) -> dict[str, Any]:
        """Return what the template asks for."""
        replay, ground, recipe = self._found.replay, self._ground, self._recipe
        claims = {one.name: one for one in ground.spec.claims}
        claim = claims.get(replay.expectation.property)
        calls = [self._call(number, one) for number, one in enumerate(self._found.calls, 1)]
        setup = list(self._setup())
        contracts = [{"name": one.name, "lines": list(self._deployed(one))} for one in recipe.contracts]
        words = list(self._words())
        deployer = next(iter(ground.site.roles))
        return {
            "name": _camel(replay.expectation.property),
            "property": replay.expectation.property,
            "sentence": claim.sentence if claim else "Contract and model agree.",
            "reason": claim.reason.splitlines() if claim else [],
            "imports": list(self._imports()),
            "roles": self._roles(deployer, repr((calls, setup, contracts))),
            "deployer": deployer,
            "contracts": contracts,
            "target": self._target,
            "chain_id": recipe.chain_id,
            "start_number": ground.start_number,
            "start_time": ground.start_time,
            "setup": setup,
            "codes": [
                {"where": self._place(at), "code": code.hex()} for at, code in replay.start.code.items()
            ],
            "words": words,
            "calls": calls,
        }  # fmt: skip

    def _setup(self) -> Iterator[dict[str, str]]:
        """Yield the recipe's calls after deployment."""
        for step in self._recipe.setup:
            abi = self._ground.site.contract(step.contract).abi
            data = self._encoded(abi, step.function, step.arguments)
            yield {"sender": step.sender, "contract": step.contract, "data": data}

    def _roles(self, deployer: str, text: str) -> list[dict[str, str]]:
        """Return the deployer, and the roles that the rest of the test, `text`, names."""
        roles = self._ground.site.roles
        return [
            {"name": role, "address": f"uint160(0x00{at:040x})"}
            for role, at in roles.items()
            if role == deployer or role in text
        ]

    def _place(self, name: str) -> str:
        return name if name in self._ground.site.contracts else _address(name)

    # -- deployment ------------------------------------------------------------------------------------

    def _source(self, contract: Contract) -> tuple[str, str]:
        unit, _, name = (contract.source or self._found.replay.contract).rpartition(":")
        return unit, name

    def _imports(self) -> Iterator[dict[str, str]]:
        sources = [(self._source(one), _alias(one.name)) for one in self._recipe.contracts]
        if any(one.init is not None for one in self._recipe.contracts):
            unit, _, name = PROXY.rpartition(":")
            sources.append(((unit, name), _PROXY_ALIAS))
        for (unit, name), alias in sources:
            yield {"unit": unit, "contract": f" {name}", "alias": f"{alias} "}

    def _deployed(self, contract: Contract) -> Iterator[str]:
        """Yield the lines that deploy one contract."""
        abi = self._ground.site.contract(contract.name).abi
        code = f"type({_alias(contract.name)}).creationCode"
        lines, arguments = self._arguments(_constructor(abi), contract.arguments)
        yield from lines
        created = f"_create({_joined(code, arguments)})"
        if contract.init is None:
            yield f"{contract.name} = {created};"
            return
        function, given = contract.init
        yield f"address implementation = {created};"
        called = abi.function(function)
        lines, arguments = self._arguments(called.inputs, given)
        yield from lines
        data = ", ".join([f'"{called.signature}"', *arguments])
        proxy = _joined(
            f"type({_PROXY_ALIAS}).creationCode", ["implementation", f"abi.encodeWithSignature({data})"]
        )
        yield f"{contract.name} = _create({proxy});"

    def _arguments(
        self, inputs: tuple[Parameter, ...], given: tuple[Any, ...]
    ) -> tuple[list[str], list[str]]:
        """Return lines that make arrays, and the arguments as expressions."""
        lines: list[str] = []
        expressions = []
        for place, (one, value) in enumerate(zip(inputs, given, strict=True)):
            if isinstance(one.type, ArrayType):
                name = f"list_{place}"
                lines.append(
                    f"{one.type.element.name}[] memory {name} = new {one.type.element.name}[]({len(value)});"
                )
                lines += [
                    f"{name}[{index}] = {self._literal(one.type.element, item)};"
                    for index, item in enumerate(value)
                ]
                expressions.append(name)
            else:
                expressions.append(self._literal(one.type, value))
        return lines, expressions

    def _encoded(self, abi: Abi, function: str, given: tuple[Any, ...]) -> str:
        called = abi.function(function)
        literals = [self._literal(one.type, value) for one, value in zip(called.inputs, given, strict=True)]
        return f"abi.encodeWithSignature({', '.join([_quoted(called.signature), *literals])})"

    def _literal(self, kind: AbiType, value: Any) -> str:
        """Return a value as a Solidity expression of its type."""
        if isinstance(value, Ref):
            return value.name
        if isinstance(kind, WordType):
            return self._word(kind, value)
        if isinstance(kind, BlobType):
            return _quoted(value) if isinstance(value, str) else f'bytes(hex"{bytes(value).hex()}")'
        raise NotImplementedError(kind.name)

    def _word(self, kind: WordType, value: Any) -> str:
        if kind.kind == "bool":
            return str(bool(value)).lower()
        if kind.kind == "address":
            name = self._names.name(value)
            return name if not name.startswith("0x") else _address(name)
        if kind.kind in ("bytes", "function"):
            word = kind.to_word(value) >> kind.shift
            return f"{kind.name}(uint{kind.bits}(0x{word:0{kind.bits // 4}x}))"
        return f"{kind.name}({value})"

    # -- start and calls -------------------------------------------------------------------------------

    def _words(self) -> Iterator[dict[str, str]]:
        """Yield the words of storage that the replay writes at its start."""
        storage = self._ground.site.storage()
        places: dict[int, list[str]] = {}
        for path in self._found.replay.start.storage:
            places.setdefault(storage.paths.place(path).slot, []).append(path)
        with self._ground.chain.rolled_back():
            storage.load(self._found.replay.start.storage)
            for slot, paths in places.items():
                word = self._ground.chain.read(self._ground.address, slot)
                yield {"slot": _number(slot), "word": _number(word), "paths": ", ".join(paths)}

    def _call(self, number: int, one: ExpectedCall) -> Mapping[str, Any]:
        call = one.call
        sender = self._names.name(call.sender)
        return {
            "number": number,
            "told": f"{sender} calls {self._wording.call(call)}",
            "block": call.number,
            "time": call.time,
            "sender": sender if not sender.startswith("0x") else _address(sender),
            "value": call.value,
            "data": self._data(one),
            "success": str(one.success).lower(),
            "output": f'hex"{one.output.hex()}"',
            "events": f"bytes32(uint256(0x{one.events.hex()}))" if one.success else "",
            "fields": [
                {
                    "contract": field.contract,
                    "path": field.path,
                    "slot": _number(field.slot),
                    "shift": field.shift,
                    "mask": _mask(field.mask),
                    "value": _number(field.value),
                }
                for field in one.fields
            ],
        }

    def _data(self, one: ExpectedCall) -> str:
        """Return the calldata: encoded from words where it is that, in hexadecimal where not."""
        call = one.call
        if call.operation is not None and call.arguments is not None:
            function = call.operation.function
            plain = all(isinstance(part.type, WordType) for part in function.inputs)
            if plain and call.data == function.encode(*call.arguments):
                values = zip(function.inputs, call.arguments, strict=True)
                literals = [self._literal(part.type, value) for part, value in values]
                return f"abi.encodeWithSignature({', '.join([_quoted(function.signature), *literals])})"
        return f'hex"{call.data.hex()}"'


def _constructor(abi: Abi) -> tuple[Parameter, ...]:
    entries = [one for one in abi.entries if one["type"] == "constructor"]
    if not entries:
        return ()
    [function] = Abi([{**entries[0], "type": "function", "name": "constructor"}]).functions.values()
    return function.inputs


def _joined(code: str, arguments: list[str]) -> str:
    return f"abi.encodePacked({code}, abi.encode({', '.join(arguments)}))" if arguments else code


def _alias(name: str) -> str:
    return f"Code_{name}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]", name)) + "Test"


def _address(digits: str) -> str:
    """Return an address as an expression: of 40 digits, a literal would have to carry a checksum."""
    return f"address(uint160(0x00{digits.removeprefix('0x')}))"


def _number(value: int) -> str:
    """Return a number as a literal; a long one with all digits, so that it is not taken for an address."""
    return f"0x{value:064x}" if value >> 96 else str(value)


def _mask(mask: int) -> str:
    """Return a mask as a literal, by its width where it is of ones only."""
    return _number(mask) if mask & (mask + 1) else f"2 ** {mask.bit_length()} - 1"
