"""What work leaves behind is not looked at at once, and is collected before the next."""

from __future__ import annotations

import gc
import weakref

from harness.check.collection import forget, uncollected


class _Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_block_leaves_is_not_new_after_it() -> None:
    with uncollected():
        assert not gc.isenabled()
        left = [[number] for number in range(10_000)]
        assert gc.get_count()[0] >= len(left)
    assert gc.isenabled()
    assert gc.get_count()[0] < 1_000
    assert any(one is left for one in gc.get_objects(generation=2))


def test_a_cycle_outlives_a_block_and_is_then_forgotten() -> None:
    forget()
    with uncollected():
        lost = weakref.ref(_Knot())
        assert lost() is not None
    forget()
    assert lost() is None
    gc.unfreeze()
