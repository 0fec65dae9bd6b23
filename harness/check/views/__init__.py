"""A contract's storage seen as the state that its specification speaks of."""

from harness.check.views.binding import BindingError, Cell, Entries, Fields, Shape, bind
from harness.check.views.reading import Words, read

__all__ = ["BindingError", "Cell", "Entries", "Fields", "Shape", "Words", "bind", "read"]
