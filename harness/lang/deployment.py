"""How a target is put on a chain, as data: which contracts, in which order, called how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Ref:
    """The address of a deployed contract or of a role, by name, as an argument."""

    name: str


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract to deploy.

    `source` is ``FILE.sol:Contract`` relative to the project's root, or None
    for the target itself. With `init` (function name and arguments) it is put
    behind an ERC-1967 proxy that makes this call; `arguments` are the
    constructor's. Arguments may be ints, strings, bytes, `Ref`s and lists of these.
    """

    name: str
    source: str | None
    arguments: tuple[Any, ...] = ()
    init: tuple[str, tuple[Any, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """A call made once everything is deployed: sender (a role), contract, function, arguments."""

    sender: str
    contract: str
    function: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployment:
    """The whole recipe.

    `roles` are the named accounts, in the order in which addresses are given
    out; the first one deploys. Contracts are deployed in their order, so a
    `Ref` names an earlier one or a role.
    """

    roles: tuple[str, ...]
    contracts: tuple[Contract, ...]
    setup: tuple[Setup, ...] = field(default_factory=tuple)
    chain_id: int = 1
