"""Records: immutable values with named fields, as the structs of a contract are to its model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, TypeVar, cast, dataclass_transform

C = TypeVar("C")

_COPIERS: dict[type[Any], Callable[..., Any]] = {}

__all__ = ["record", "replace"]


@dataclass_transform(frozen_default=True)
def record(cls: type[C]) -> type[C]:
    """Make `cls` an immutable value compared field by field."""
    made = dataclass(frozen=True, slots=True)(cls)
    members = fields(cast(Any, made))
    if all(field.init and not field.kw_only and field.default_factory is MISSING for field in members):
        cast(Any, made).__init__ = _initialiser(made, members)
    return made


def replace(old: C, /, **changes: Any) -> C:
    """Return a copy of the record `old` with other values of the fields that `changes` names.

    A class that only shows another record's fields says in `COPIED_AS` which record the copy is.
    """
    cls = type(old)
    copier = _COPIERS.get(cls)
    if copier is None:
        copier = _COPIERS[cls] = _copier(cls)
    return cast(C, copier(old, **changes))


def _initialiser(cls: type[Any], members: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Return an `__init__` that fills the slots directly: models make records all the time."""
    scope: dict[str, Any] = {}
    for field in members:
        scope[f"_set_{field.name}"] = getattr(cls, field.name).__set__
        scope[f"_default_{field.name}"] = field.default
    parameters = ", ".join(
        field.name if field.default is MISSING else f"{field.name}=_default_{field.name}" for field in members
    )
    body = "\n    ".join(f"_set_{field.name}(self, {field.name})" for field in members) or "pass"
    post = "\n    self.__post_init__()" if hasattr(cls, "__post_init__") else ""
    exec(f"def __init__(self, {parameters}):\n    {body}{post}", scope)
    return cast(Callable[..., None], scope["__init__"])


def _copier(cls: type[Any]) -> Callable[..., Any]:
    """Return what copies a record of `cls`, written out field by field for the same reason."""
    cls = getattr(cls, "COPIED_AS", cls)
    names = [field.name for field in fields(cls)]
    scope: dict[str, Any] = {"_make": cls, "_same": object(), "_new": object.__new__}
    parameters = ", ".join(f"{name}=_same" for name in names)
    values = [f"_old.{name} if {name} is _same else {name}" for name in names]
    if hasattr(cls, "__post_init__"):
        body = f"return _make({', '.join(values)})"
    else:
        scope |= {f"_set_{name}": getattr(cls, name).__set__ for name in names}
        filled = [f"_set_{name}(_copy, {value})" for name, value in zip(names, values, strict=True)]
        body = "\n    ".join(["_copy = _new(_make)", *filled, "return _copy"])
    exec(f"def copy(_old, *, {parameters}):\n    {body}", scope)
    return cast(Callable[..., Any], scope["copy"])
