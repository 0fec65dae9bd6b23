"""What every run of a campaign stands on: the deployed contracts, bound to the models of their states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.check.campaign.atlas import Atlas
from harness.check.campaign.errors import CampaignError
from harness.check.campaign.surface import Surface, surface
from harness.check.campaign.wire import Events, Refusals
from harness.check.campaign.world import Answers, CallWorld
from harness.check.target import Target
from harness.check.views import Shape, bind
from harness.check.views.packing import Packer, materialise
from harness.check.views.stored import Memory, viewer
from harness.compiler import compile_many
from harness.compiler.artifact import Artifact
from harness.evm import Artifacts, Chain, Instance, Site, deploy
from harness.evm.deployment import START_NUMBER, START_TIME, resolved
from harness.lang import Env, Spec

RICH = 10**24
"""The wei that every person has, so that value can be sent."""


@dataclass(frozen=True)
class Parts:
    """What a ground is built from, fit to be sent to another process."""

    spec: Spec[Any]
    artifacts: Artifacts

    @property
    def target(self) -> Artifact:
        """The artefact of the contract that is looked at."""
        return self.artifacts.contracts[target_name(self.spec)]


def parts(target: Target) -> Parts:
    """Compile what the target's deployment needs.

    Raises:
        CampaignError: if the specification has no deployment.
        CompilerError: if something does not compile.
    """
    recipe = target.spec.deployment
    if recipe is None:
        raise CampaignError(f"The specification {target.spec.name} has no deployment: give its Spec one.")

    def compiler(sources: list[str]) -> Mapping[str, Artifact]:
        ours = [source for source in sources if source != target.contract]
        compiled = compile_many(target.home, ours, target.settings)
        return compiled | compile_many(target.project, [target.contract], target.settings)

    return Parts(target.spec, Artifacts.compiled(recipe, target.contract, compiler))


def target_name(spec: Spec[Any]) -> str:
    """Return the name that the deployment gives to the target."""
    contracts = spec.deployment.contracts if spec.deployment else ()
    return next((one.name for one in contracts if one.source is None), contracts[-1].name)


SMALL_KEYS = 66
"""The numbers below this are looked at as keys of mappings, besides the addresses."""


class Bound:
    """A deployed contract with the model of its storage."""

    def __init__(
        self, ground: Ground, instance: Instance, state: type[Any], ghosts: tuple[str, ...] = ()
    ) -> None:
        self.instance = instance
        self.address = instance.address
        self.layout = instance.artifact.layout
        self.shapes: Mapping[str, Shape] = bind(state, self.layout, ghosts)
        self.packer = Packer(self.shapes)
        self.see = viewer(state, self.shapes)
        self._ground = ground
        self._atlas: Atlas | None = None
        self.memory = self.fresh_memory()

    def fresh_memory(self) -> Memory:
        """Return a view's memory that begins with what storage holds now."""
        chain, address = self._ground.chain, self.address
        return Memory(lambda slot: chain.read(address, slot), self._ground.keys)

    def atlas(self, keys: Iterable[int] = (), slots: Iterable[int] | None = None) -> Atlas:
        """Return names for words of storage, at the known keys and (where `slots` need them) at `keys`."""
        if self._atlas is None:
            self._atlas = Atlas(self.layout, self.shapes, self._ground.keys(""))
        known = set(self._ground.keys(""))
        unnamed = slots is None or any(not self._atlas.fields(slot) for slot in slots)
        if unnamed and (more := [key for key in keys if key not in known]):
            return Atlas(self.layout, self.shapes, [*self._ground.keys(""), *more])
        return self._atlas

    def stored(self, memory: Memory | None = None) -> dict[str, Any]:
        """Return what storage holds now as the model's values.

        The EVM forgets that it was asked: it would keep, and dump with its journal, every word for ever.
        """
        seen = self.see(memory or self.fresh_memory(), {})
        with self._ground.chain.rolled_back():
            return materialise(seen, self.shapes, self._ground.keys)


class Ground:
    """A chain with the target, its companions and people on it; one for each process."""

    def __init__(self, parts: Parts) -> None:
        spec = parts.spec
        if spec.deployment is None:
            raise CampaignError(f"The specification {spec.name} has no deployment: give its Spec one.")
        self.spec = spec
        self.parts = parts
        self.site: Site = deploy(spec.deployment, parts.artifacts)
        self.chain: Chain = self.site.chain
        instance = self.site.contract()
        self.abi, self.decoder = instance.abi, instance.decoder
        self.people = tuple(self.site.roles.values())
        for person in self.people:
            self.chain.set_balance(person, RICH)
        contracts = [one.address for one in self.site.contracts.values()]
        self.addresses = tuple(dict.fromkeys([0, *self.people, *contracts]))
        """Every address worth looking at: nobody, people, contracts."""
        self._keys = tuple(dict.fromkeys([*self.addresses, *range(SMALL_KEYS)]))
        self.start_number, self.start_time = self.chain.number, self.chain.timestamp
        self.answers = Answers(self.chain, self.decoder)
        self.target = Bound(self, instance, spec.model.state, spec.model.ghosts)
        self.address = self.target.address
        self.companions = {
            self.site.address(one.contract): (one, Bound(self, self.site.contract(one.contract), one.state))
            for one in spec.companions
        }
        self.surface: Surface = surface(spec, self.abi, self.target.shapes)
        self.refusals = Refusals(self.decoder)
        self.events = Events(self.decoder, spec)

    def know(self, numbers: Iterable[int]) -> None:
        """Look at these numbers too, as addresses and as keys; for use before anything is bound to them."""
        found = [number for number in numbers if 0 <= number < 2**256]
        people = [number for number in found if number < 2**160]
        self.addresses = tuple(dict.fromkeys([*self.addresses, *people]))
        self._keys = tuple(dict.fromkeys([*self._keys, *found]))

    def keys(self, table: str) -> Iterable[int]:
        """Return the keys of a mapping that are looked at where all are meant."""
        return self._keys

    def env(self, sender: int, time: int, number: int) -> Env:
        """Return the surroundings of a call."""
        world = CallWorld(self.answers, number)
        return Env(sender, time, number, self.chain.chain_id, self.address, world)

    def begin(self) -> Any:
        """Return the model's state after deployment, as it is stored; ledgers are the model's first."""
        initial = self.spec.model.initial
        ghosts = {name: getattr(initial, name) for name in self.spec.model.ghosts}
        return self.spec.model.state(**self.target.stored(), **ghosts)

    def initialised(self) -> Any | None:
        """Return the model's state after the recipe's initialiser, None where the model says nothing of that.

        Raises:
            Revert: where the model refuses.
        """
        recipe = self.spec.deployment
        assert recipe is not None
        target = next(one for one in recipe.contracts if one.name == self.site.target)
        if target.init is None or any(one.contract == target.name for one in recipe.setup):
            return None
        name, arguments = target.init
        operation = self.surface.operation(self.abi.function(name).signature)
        if operation is None:
            return None
        env = self.env(self.people[0], START_TIME, START_NUMBER)
        return operation.model(self.spec.model.initial, env, *resolved(arguments, self.site)).pool

    def can_initialise_implementation(self) -> bool:
        """Say whether a stranger can initialise the implementation behind the proxy, if there is one."""
        recipe, implementation = self.spec.deployment, self.site.contract().implementation
        target = next(one for one in recipe.contracts if one.name == self.site.target) if recipe else None
        if target is None or target.init is None or implementation is None:
            return False
        name, arguments = target.init
        asked = self.abi.function(name).encode(*resolved(arguments, self.site))
        with self.chain.rolled_back():
            return self.chain.call(self.people[-1], implementation, asked).success

    def companion_states(self) -> dict[int, Any]:
        """Return the models of the companions' states, from what their storage holds, by address."""
        return {
            address: companion.state(**bound.stored())
            for address, (companion, bound) in self.companions.items()
        }
