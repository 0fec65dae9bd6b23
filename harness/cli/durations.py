"""How long something may take, as people write it."""

from __future__ import annotations

import re

from harness.cli.errors import UsageError

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)?")
_SECONDS = {None: 1, "s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> float:
    """Return the seconds that a duration like ``90``, ``60s``, ``5m`` or ``1h`` says.

    Raises:
        UsageError: if it is not of that form, or nothing.
    """
    match = _DURATION.fullmatch(text)
    if match is None or float(match[1]) == 0:
        raise UsageError(f"'{text}' is not a duration: write 90, 60s, 5m or 1h.")
    return float(match[1]) * _SECONDS[match[2]]
