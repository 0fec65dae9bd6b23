"""Puts a recipe's contracts on a fresh chain, as users would: implementation, proxy, registry, token.

What to deploy is data (`harness.lang.deployment`) and compiled artefacts; no contract is known here by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.compiler.artifact import Artifact
from harness.compiler.link import require_linked
from harness.evm.abi import Abi, Function
from harness.evm.errors import DeploymentError, EvmError
from harness.evm.outcome import Outcome
from harness.evm.raw import RawOutcome
from harness.evm.storage import Storage
from harness.evm.vm import DEFAULT_GAS, Chain
from harness.lang.deployment import Contract, Deployment, Ref

PROXY = "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol:ERC1967Proxy"
"""The proxy that initialised contracts are put behind."""

IMPLEMENTATION_SLOT = 0x360894A13BA1A3210667C828492DB98DCA3E2076CC3735A920A3CA505D382BBC
"""Where an ERC-1967 proxy keeps its implementation."""

FIRST_ROLE = 0xACC0_0000_0000_0000_0000_0000_0000_0000_0000_0001
"""The first role's address; the others follow."""

START_NUMBER, START_TIME = 1_000, 1_700_000_000
"""The block in which everything is deployed (seconds since 1970)."""


@dataclass(frozen=True)
class Artifacts:
    """The compiled contracts of one recipe: the contracts by name, and the proxy."""

    contracts: Mapping[str, Artifact]
    proxy: Artifact

    @classmethod
    def compiled(cls, recipe: Deployment, target: str, compiler: Compiler) -> Artifacts:
        """Compile what the recipe needs; `target` is the source of the contract whose source is left open.

        `compiler` is given the sources (``FILE.sol:Contract``) and returns their artefacts.
        """
        sources = {one.name: one.source or target for one in recipe.contracts}
        artifacts = compiler([*dict.fromkeys(sources.values()), PROXY])
        return cls({name: artifacts[source] for name, source in sources.items()}, artifacts[PROXY])


Compiler = Callable[[list[str]], Mapping[str, Artifact]]


@dataclass(frozen=True)
class Instance:
    """A deployed contract.

    `address` is the proxy where there is one, and `implementation` what it
    points at. `decoder` knows the events and errors of its companions too.
    """

    name: str
    address: int
    implementation: int | None
    artifact: Artifact
    abi: Abi
    decoder: Abi


@dataclass
class Site:
    """A chain with a recipe's contracts on it.

    `roles` are the named accounts; `target` names the contract whose source the recipe leaves open.
    """

    chain: Chain
    roles: Mapping[str, int]
    target: str
    contracts: dict[str, Instance] = field(default_factory=dict)

    @property
    def names(self) -> dict[int, str]:
        """What to call an address: every role and contract by address."""
        named = {one.address: name for name, one in self.contracts.items()}
        return {address: role for role, address in self.roles.items()} | named

    def address(self, name: str) -> int:
        """Return the address of a role or contract; raises EvmError if there is none."""
        if name in self.contracts:
            return self.contracts[name].address
        if name in self.roles:
            return self.roles[name]
        known = ", ".join([*self.roles, *self.contracts])
        raise EvmError(f"the deployment has no role or contract `{name}`; it has {known}")

    def contract(self, name: str | None = None) -> Instance:
        """Return a contract by name, the target if none is given; raises EvmError if there is none."""
        found = self.contracts.get(name or self.target)
        if found is None:
            raise EvmError(f"the deployment has no contract `{name}`; it has {', '.join(self.contracts)}")
        return found

    def call(
        self,
        sender: int,
        function: str,
        *arguments: Any,
        to: str | None = None,
        value: int = 0,
        gas: int = DEFAULT_GAS,
    ) -> Outcome:
        """Call a function (name or signature) of the contract `to`, by default the target, and decode."""
        instance = self.contract(to)
        called = instance.abi.function(function)
        raw = self.chain.call(sender, instance.address, called.encode(*arguments), value, gas)
        return Outcome(raw, instance.decoder, called)

    def view(self, function: str, *arguments: Any, to: str | None = None, sender: int = 0) -> Any:
        """Return what a view returns (the value itself if it is one); raises EvmError if it fails."""
        instance = self.contract(to)
        called = instance.abi.function(function)
        raw = self.chain.call(sender, instance.address, called.encode(*arguments), static=True)
        outcome = Outcome(raw, instance.decoder, called)
        if not outcome.success:
            raise EvmError(f"{called.signature} of `{instance.name}` failed: {outcome.reverted}")
        return outcome.returned[0] if len(outcome.returned) == 1 else outcome.returned

    def decoded(self, raw: RawOutcome, function: Function | None = None, to: str | None = None) -> Outcome:
        """Return a raw outcome of a call to `to`, by default the target, with decoding."""
        return Outcome(raw, self.contract(to).decoder, function)

    def storage(self, name: str | None = None) -> Storage:
        """Return a contract's storage, by default the target's; roles and contracts can be keys in paths."""
        instance = self.contract(name)
        names = {known: one.address for known, one in self.contracts.items()} | dict(self.roles)
        return Storage(self.chain, instance.address, instance.artifact.layout, names)


def deploy(recipe: Deployment, artifacts: Artifacts) -> Site:
    """Make a chain and carry the recipe out on it; the first role deploys.

    Raises DeploymentError, naming the contract or call that failed and why.
    """
    chain = Chain(chain_id=recipe.chain_id)
    chain.set_block(START_NUMBER, START_TIME)
    roles = {role: FIRST_ROLE + place for place, role in enumerate(recipe.roles)}
    target = next((one.name for one in recipe.contracts if one.source is None), recipe.contracts[-1].name)
    site = Site(chain, roles, target)
    abis = {one.name: Abi(artifacts.contracts[one.name].abi) for one in recipe.contracts}
    for contract in recipe.contracts:
        others = [abi for name, abi in abis.items() if name != contract.name]
        _place(site, contract, artifacts, abis[contract.name], abis[contract.name].joined(*others))
    for step in recipe.setup:
        sender, arguments = site.address(step.sender), resolved(step.arguments, site)
        outcome = site.call(sender, step.function, *arguments, to=step.contract)
        if not outcome.success:
            raise DeploymentError(
                f"setting up, {step.contract}.{step.function} by {step.sender} failed: {outcome.reverted}"
            )
    return site


def resolved(arguments: Any, site: Site) -> Any:
    """Return arguments with every `Ref` replaced by the address it names."""
    if isinstance(arguments, Ref):
        return site.address(arguments.name)
    if isinstance(arguments, tuple | list):
        return tuple(resolved(one, site) for one in arguments)
    return arguments


def _place(site: Site, contract: Contract, artifacts: Artifacts, abi: Abi, decoder: Abi) -> None:
    """Deploy one contract, behind a proxy if it has an initialiser."""
    artifact = artifacts.contracts[contract.name]
    constructor = abi.encode_constructor(*resolved(contract.arguments, site))
    address = _create(site, contract.name, require_linked(artifact.creation) + constructor, decoder)
    implementation = None
    if contract.init is not None:
        function, arguments = contract.init
        call = abi.function(function).encode(*resolved(arguments, site))
        proxy = require_linked(artifacts.proxy.creation)
        proxy += Abi(artifacts.proxy.abi).encode_constructor(address, call)
        implementation = address
        address = _create(site, f"{contract.name} (proxy and {function})", proxy, decoder)
    site.contracts[contract.name] = Instance(contract.name, address, implementation, artifact, abi, decoder)


def _create(site: Site, what: str, code: bytes, decoder: Abi) -> int:
    raw = site.chain.create(next(iter(site.roles.values())), code)
    if raw.created is None:
        raise DeploymentError(f"deploying {what} failed: {Outcome(raw, decoder, None).reverted}")
    return raw.created
