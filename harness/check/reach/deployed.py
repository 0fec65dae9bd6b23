"""The deployment's storage as the ground that a search starts from: real words, zero elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from harness.check.triage.errors import Unrealisable
from harness.check.triage.scene import SMALL_KEYS, Scene
from harness.evm.errors import EvmError
from harness.symbolic.log import Keys, Log, equal_keys
from harness.symbolic.regions import Region
from harness.symbolic.slots import labels_of
from harness.symbolic.storage import Storage
from harness.term.core import ZERO, Term, const, ite

LARGEST = 4096
"""Of a region with more combinations of known keys, the entries are taken to be zero."""


class _Held:
    """What one region holds after deployment."""

    def __init__(self, region: Region, scene: Scene) -> None:
        self._region = region
        self._scene = scene
        self.entries = list(self._known()) if region.arity else []

    def read(self, keys: Keys) -> Term:
        """The word at `keys`: a constant where they are, else a choice between the known entries and zero."""
        if all(key.op == "const" for key in keys):
            return const(self._word(tuple(key.data for key in keys)))
        word = ZERO
        for there, value in self.entries:
            word = ite(equal_keys(there, keys), value, word)
        return word

    def _known(self) -> Iterator[tuple[Keys, Term]]:
        """Yield the entries that are not zero."""
        keys = dict.fromkeys((*range(SMALL_KEYS), *self._scene.addresses))
        if len(keys) ** self._region.arity > LARGEST:
            return
        for chosen in product(keys, repeat=self._region.arity):
            word = self._word(chosen)
            if word:
                yield tuple(map(const, chosen)), const(word)

    def _word(self, keys: tuple[int, ...]) -> int:
        try:
            return self._scene.word(self._scene.places.word(self._region, keys))
        except (EvmError, OverflowError, Unrealisable):  # outside an array, or nowhere: nobody wrote there
            return 0


class Deployed:
    """Storage as the deployment left it. Entries at keys that nobody knows are taken to be zero."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._logs: dict[Region, Log] = {}

    def log(self, region: Region) -> Log:
        """The region's content, the same object each time."""
        found = self._logs.get(region)
        if found is None:
            found = self._logs[region] = Log(_Held(region, self._scene))
        return found


def deployed_storage(scene: Scene) -> Storage:
    """Return the target's storage after deployment, as terms."""
    return Storage(labels_of(scene.layout), Deployed(scene))
