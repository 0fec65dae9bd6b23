"""What a model says, as words: a text is its length, its bytes, and zeros up to a whole word."""

from __future__ import annotations

import pytest
from eth_abi import encode

from harness.check.equiv.encode import words
from harness.evm.codec import BlobType


@pytest.mark.parametrize("text", ["", "no such place", "x" * 32, "y" * 33, "é"])
def test_a_text_is_encoded_as_the_abi_says(text: str) -> None:
    found = b"".join(word.data.to_bytes(32, "big") for word in words([text], [BlobType("string")]))
    assert found == encode(["string"], [text])
