"""Records: immutable values with named fields, as the structs of a contract are to its model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, TypeVar, cast, dataclass_transform

C = TypeVar("C")

_COPIERS: dict[type[Any], Callable[[Any, dict[str, Any]], Any]] = {}

__all__ = ["record", "replace"]


@dataclass_transform(frozen_default=True)
def record(cls: type[C]) -> type[C]:
    """Make `cls` an immutable value compared field by field."""
    made = dataclass(frozen=True, slots=True)(cls)
    members = fields(cast(Any, made))
    if all(field.init and not field.kw_only and field.default_factory is MISSING for field in members):
        cast(Any, made).__init__ = _initialiser(made, members)
    if "__eq__" not in cls.__dict__:
        cast(Any, made).__eq__ = _equality(members)
    return made


def replace(old: C, /, **changes: Any) -> C:
    """Return a copy of the record `old` with other values of the fields that `changes` names.

    A class that only shows another record's fields says in `COPIED_AS` which record the copy is.
    """
    cls = old.__class__
    copier = _COPIERS.get(cls)
    if copier is None:
        copier = _COPIERS[cls] = _copier(cls)
    made: C = copier(old, changes)
    return made


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


def _equality(members: tuple[Field[Any], ...]) -> Callable[[Any, Any], Any]:
    """Return an `__eq__` that is over at the first field that differs: mostly that is the first one."""
    names = [field.name for field in members if field.compare]
    same = [f"(self.{name} is other.{name} or self.{name} == other.{name})" for name in names]
    lines = [
        "def __eq__(self, other):",
        "    if other.__class__ is not self.__class__: return NotImplemented",
        f"    return True if {' and '.join(same) or True} else False",
    ]
    scope: dict[str, Any] = {}
    exec("\n".join(lines), scope)
    return cast(Callable[[Any, Any], Any], scope["__eq__"])


def _copier(cls: type[Any]) -> Callable[[Any, dict[str, Any]], Any]:
    """Return what copies a record of `cls`, written out field by field for the same reason."""
    cls = getattr(cls, "COPIED_AS", cls)
    names = [field.name for field in fields(cls)]
    if hasattr(cls, "__post_init__"):
        return lambda old, changes: cls(**{name: getattr(old, name) for name in names} | changes)
    scope: dict[str, Any] = {"_made": cls, "_open": _open(cls), "_new": object.__new__}
    filled = [f"_copy.{name} = _old.{name}" for name in names]
    changed = "for _name in _changes: setattr(_copy, _name, _changes[_name])"
    body = "\n    ".join(["_copy = _new(_open)", *filled, changed, "_copy.__class__ = _made", "return _copy"])
    exec(f"def copy(_old, _changes):\n    {body}", scope)
    return cast(Callable[..., Any], scope["copy"])


def _open(cls: type[Any]) -> type[Any]:
    """Return `cls` with fields that can be set, which a copy is until it is filled: setting is quick then.

    Nothing but a field can be set, as there is no place for it.
    """
    lifted = {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return type(cls.__name__, (cls,), lifted)
