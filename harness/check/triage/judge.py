"""Whether an executed call breaks a property."""

from __future__ import annotations

from collections.abc import Mapping

from harness.check.prove.build import CALLDATA_IS_CHECKED
from harness.check.prove.obligation import Obligation
from harness.check.triage.scene import Act, Scene
from harness.lang import Invariant, Rule


def breaks(scene: Scene, obligation: Obligation, act: Act, keys: Mapping[str, int]) -> bool:
    """Say whether a call that was made breaks the property of a failed obligation."""
    source = obligation.source
    if isinstance(source, Invariant):
        values = [keys[name] for name, _ in source.quantified]
        return act.call.raw.success and not source.predicate(act.after, *values)
    if isinstance(source, Rule):
        return not scene.obeys(source, act, keys)
    return obligation.property == CALLDATA_IS_CHECKED and act.call.raw.success
