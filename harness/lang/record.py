"""Records: immutable values with named fields, as the structs of a contract are to its model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar, dataclass_transform

C = TypeVar("C")

__all__ = ["record", "replace"]


@dataclass_transform(frozen_default=True)
def record(cls: type[C]) -> type[C]:
    """Make `cls` an immutable value compared field by field."""
    return dataclass(frozen=True, slots=True)(cls)
