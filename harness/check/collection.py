"""Python's collector of cycles, kept from looking at everything ever made again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect nothing while the block lasts: for work that makes much, and few cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
