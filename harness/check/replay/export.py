"""Replays as tests of their own: what the kinds share, and the one for pytest."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from harness.check.replay.format import Replay, to_json
from harness.lang import Spec


def rendered(template: str, **values: Any) -> str:
    """Return a template of this package with its values filled in."""
    environment = Environment(
        loader=PackageLoader("harness.check.replay"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # the output is code, not HTML
    )
    return environment.get_template(template).render(**values)


def pytest_test(replay: Replay, spec: Spec[Any]) -> str:
    """Return the Python of a test that fails as long as the replay shows its defect."""
    claims = {one.name: one for one in spec.claims}
    claim = claims.get(replay.expectation.property)
    return rendered(
        "test_replay.py.j2",
        property=replay.expectation.property,
        sentence=claim.sentence if claim else "Contract and model agree.",
        target=replay.target,
        text=to_json(replay).replace("\\", "\\\\"),
    )
