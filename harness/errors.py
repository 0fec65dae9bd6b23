"""The root of every error that a user can cause."""

from collections.abc import Iterable
from difflib import get_close_matches

MOST_NAMES = 12
"""So many names are listed where none is like the one that was meant."""


class PoolproofError(Exception):
    """A mistake in the input or the environment: one sentence with the place and the remedy.

    The CLI prints the sentence and exits with code 2; nothing else catches it.
    """


def trouble(error: Exception) -> str:
    """Return what went wrong with a file, for a sentence that names the file itself."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def instead_of(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about a name that there is not: names like it, or what there is."""
    names = list(dict.fromkeys(known))
    bare = {one.partition("(")[0]: one for one in reversed(names)}
    close = [bare[one] for one in get_close_matches(name.partition("(")[0], bare)]
    if close:
        return f"did you mean {' or '.join(f'`{one}`' for one in close)}?"
    listed = ", ".join(names[:MOST_NAMES])
    more = f", and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"there are {listed}{more}." if names else "there are none."
