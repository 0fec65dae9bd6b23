"""Python's collector of cycles, kept from looking at everything ever made again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect nothing while the block lasts: for work that makes much, and few cycles.

    What is left of it counts as old then; as new, all of it would be looked at as soon as the block is over.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def forget() -> None:
    """Collect what nothing holds any more; what is left is not looked at again."""
    gc.collect()
    gc.freeze()


@contextmanager
def quiet_memory() -> Iterator[None]:
    """Collect only when asked, and then only what is made in the block: campaigns do so chunk by chunk."""
    gc.collect()
    gc.freeze()
    try:
        with uncollected():
            yield
    finally:
        gc.unfreeze()
