"""The models' own tests run on the EVM alike."""

from __future__ import annotations

import pytest

from tests.specs import bench
from tests.specs.twin import twin_of


@pytest.fixture(autouse=True)
def alike(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a model's own tests, let every call of a bench be made on the EVM too, and compared."""
    if request.node.path.name == "test_model.py":
        monkeypatch.setattr(bench.Bench, "twin", staticmethod(twin_of))
