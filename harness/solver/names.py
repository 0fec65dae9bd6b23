"""Names of terms in solver input: digests of structure, so that no query depends on another.

They give each query one text whatever the order of the session. They only name and order: the encoder checks
that two terms of one query never share a name.
"""

from __future__ import annotations

from harness.term.digest import Digests

_NAMES = Digests(size=8)
digest = by_digest = _NAMES.of
sides = _NAMES.sides

__all__ = ["by_digest", "digest", "sides"]
