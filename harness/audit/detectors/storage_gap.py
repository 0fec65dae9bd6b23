"""A reserved gap that does not fill the size a contract declares for its storage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slither.core.declarations import Contract

from harness.audit.detectors.base import HIGH, MEDIUM, Info, PoolDetector

_GAP = re.compile(r"^_*gap", re.IGNORECASE)
_DECLARED = re.compile(r"@custom:storage-size\s+(\d+)")
_USUAL_WORDS = 50  # OpenZeppelin's convention, for contracts that declare no size
_WORD_BYTES = 32


class StorageGap(PoolDetector):
    """Contracts whose variables and gap together are not the declared number of words."""

    ARGUMENT = "pool-storage-gap"
    HELP = "Storage gap does not add up to the declared size"
    IMPACT = MEDIUM
    CONFIDENCE = HIGH
    WIKI_TITLE = "A storage gap that does not add up to the declared size"
    WIKI_DESCRIPTION = (
        "A base contract reserves a gap so that it can grow without moving its heirs' storage. Who adds a "
        "variable and forgets to shrink the gap moves them. The size is what `@custom:storage-size N` "
        "says in words, else 50 where that is plausible (gap and variables are 40 to 60 words)."
    )
    WIKI_EXPLOIT_SCENARIO = "An upgrade adds one variable to a base: every staker's record moves by a word."
    WIKI_RECOMMENDATION = "Shrink the gap by what was added."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the gap of `contract` if it does not add up."""
        gap = next((each for each in contract.state_variables_declared if _GAP.match(each.name)), None)
        if gap is None:
            return
        words = _words(contract)
        match = _DECLARED.search(contract.comments or "")
        declared = int(match.group(1)) if match else _USUAL_WORDS
        plausible = abs(words - _USUAL_WORDS) <= 10
        if words != declared and (match or plausible):
            yield [gap, f" makes {words} words of storage in ", contract, f", not {declared}\n"]


def _words(contract: Contract) -> int:
    """Return the words that the variables declared in `contract` fill, from the start of a word."""
    word = offset = 0
    for variable in contract.state_variables_declared:
        if not variable.is_stored:
            continue
        size, starts_word = variable.type.storage_size
        if offset and (starts_word or offset + size > _WORD_BYTES):
            word, offset = word + 1, 0
        word += (offset + size) // _WORD_BYTES
        offset = (offset + size) % _WORD_BYTES
        if starts_word and offset:
            word, offset = word + 1, 0
    return word + (1 if offset else 0)
