"""What a check is about: a specification and the implementation it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from harness.compiler import Project, Settings
from harness.lang import Spec


@dataclass(frozen=True, slots=True)
class Implementation:
    """A contract (``FILE.sol:Contract``) of a source tree, and how it is compiled."""

    project: Project
    contract: str
    settings: Settings


@dataclass(frozen=True)
class Target:
    """A specification bound to one implementation.

    `contract` is the implementation as ``FILE.sol:Contract`` in the source tree `project`, compiled
    with `settings`. The other contracts of the deployment are always those of the tree that the
    specification belongs to, `home`, so that another implementation is put into the same surroundings.
    """

    name: str
    spec: Spec[Any]
    contract: str
    project: Project
    settings: Settings
    home: Project


class Progress(Protocol):
    """Where a check reports how far it is; called often, so it must return quickly."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Report `done` of `total` units of work (0 if unknown); `note` says what is at work now."""
        ...


def silent(done: int, total: int, note: str = "") -> None:
    """Report nothing: the `Progress` of a check that nobody watches."""
