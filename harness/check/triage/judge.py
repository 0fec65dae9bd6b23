"""Whether an executed call breaks a property."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product

from harness.check.prove.build import CALLDATA_IS_CHECKED
from harness.check.prove.obligation import Obligation
from harness.check.replay.format import MODEL
from harness.check.triage.scene import Act, Scene
from harness.lang import Invariant, Rule

_MOMENT = re.compile(r"call \d+ at pc (\d+)")


def pause_of(obligation: Obligation) -> int | None:
    """Return the pc at which an obligation speaks of the state, None where it is the state after the call."""
    found = _MOMENT.fullmatch(obligation.case)
    return int(found[1]) if found else None


def breaks(scene: Scene, obligation: Obligation, act: Act, keys: Mapping[str, int]) -> bool:
    """Say whether a call that was made breaks the property of a failed obligation at particular keys."""
    source = obligation.source
    if isinstance(source, Invariant):
        values = [keys[name] for name, _ in source.quantified]
        return act.call.raw.success and not source.predicate(act.after, *values)
    if isinstance(source, Rule):
        return not scene.obeys(source, act, keys)
    return obligation.property == CALLDATA_IS_CHECKED and act.call.raw.success and not act.call.is_regular


def shows_all(scene: Scene, obligation: Obligation) -> bool:
    """Say whether a call that breaks a property shows that it does.

    What failing calls ordered, transient storage, and words of storage that nothing names show nowhere, and
    codes that are compared may differ in them; nor does it show where an access is beyond its array.
    """
    seen = obligation.source is not None or obligation.property == CALLDATA_IS_CHECKED
    return seen and obligation.property != MODEL and not scene.compares


def breaking_keys(
    scene: Scene, obligation: Obligation, act: Act, likely: Mapping[str, int]
) -> dict[str, int] | None:
    """Return keys at which a call breaks the property, `likely` ones first; None if it breaks it nowhere."""
    source = obligation.source
    names = [name for name, _ in source.quantified] if source is not None else []
    if all(name in likely for name in names) and breaks(scene, obligation, act, likely):
        return dict(likely)
    if isinstance(source, Invariant) and act.call.raw.success:
        broken = scene.broken([source], act.after, likely.values())
        return dict(broken[0].keys) if broken else None
    if isinstance(source, Rule) and names:
        for values in product(*(scene.values(domain, likely.values()) for _, domain in source.quantified)):
            keys = dict(zip(names, values, strict=True))
            if not scene.obeys(source, act, keys):
                return keys
    return None
