"""What a model writes, entry by entry, and how to have an entry as the deployment left it instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.check.triage.scene import Scene
from harness.solver import Model
from harness.term.core import Term, apply, const, eq
from harness.term.walk import postorder


def entries(model: Model, scene: Scene) -> Iterator[tuple[int, ...]]:
    """Yield the keys at which a model has something else than the deployment."""
    for name, table in model.functions.items():
        place = scene.places.field(name)
        for keys, value in table.entries.items() if place is not None else ():
            if keys and place is not None and value != scene.held(place, keys):
                yield keys


def as_deployed(model: Model, keys: tuple[int, ...], scene: Scene, terms: Iterable[Term]) -> Iterator[Term]:
    """Yield that all fields of the entries at `keys` are as the deployment left them."""
    nodes = {node.data.name: node.data for node in postorder(terms) if node.op == "apply"}
    for name, table in model.functions.items():
        place = scene.places.field(name)
        if place is not None and keys in table.entries and name in nodes:
            yield eq(apply(nodes[name], *map(const, keys)), const(scene.held(place, keys)))
