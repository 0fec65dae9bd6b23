"""Simplifying a term by what a path says, down to its leaves: for operands that must become numbers."""

from __future__ import annotations

from harness.symbolic.path import Path
from harness.term.context import simplify_under
from harness.term.core import Term

MAX_MEMORY = 1 << 24
"""Memory addresses from here on cost more gas than any block has."""


def refine(term: Term, path: Path) -> Term:
    """The term with choices that the path decides taken, wraps that it excludes removed."""
    return simplify_under(term, path.facts)
