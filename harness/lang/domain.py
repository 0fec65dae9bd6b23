"""The domains that a property can be quantified over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from harness.lang.logic import Int


@dataclass(frozen=True, slots=True)
class Domain:
    """The integers from `low` to `high`, both included; `name` is what a reader calls them."""

    name: str
    low: int
    high: int


ADDRESSES = Domain("address", 0, 2**160 - 1)
WORDS = Domain("word", 0, 2**256 - 1)

Address = Annotated[Int, ADDRESSES]
Word = Annotated[Int, WORDS]
