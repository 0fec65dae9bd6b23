"""The opcodes that only compute: words in, one word out."""

from __future__ import annotations

from collections.abc import Callable

from harness.bytecode.opcodes import BY_NAME

WORD = 2**256
MAX = WORD - 1
SIGN = 2**255


def signed(word: int) -> int:
    """Return the two's-complement reading of a word."""
    return word - WORD if word & SIGN else word


def _sdiv(a: int, b: int) -> int:
    left, right = signed(a), signed(b)
    if not right:
        return 0
    quotient = abs(left) // abs(right)
    return (quotient if (left < 0) == (right < 0) else -quotient) & MAX


def _smod(a: int, b: int) -> int:
    left, right = signed(a), signed(b)
    if not right:
        return 0
    rest = abs(left) % abs(right)
    return (-rest if left < 0 else rest) & MAX


def _signextend(size: int, word: int) -> int:
    if size > 30:
        return word
    bit = 8 * size + 7
    low = word & ((1 << bit + 1) - 1)
    return low | (MAX >> bit + 1 << bit + 1) if word >> bit & 1 else low


_NAMED: dict[str, Callable[..., int]] = {
    "ADD": lambda a, b: (a + b) & MAX,
    "MUL": lambda a, b: (a * b) & MAX,
    "SUB": lambda a, b: (a - b) & MAX,
    "DIV": lambda a, b: a // b if b else 0,
    "SDIV": _sdiv,
    "MOD": lambda a, b: a % b if b else 0,
    "SMOD": _smod,
    "ADDMOD": lambda a, b, n: (a + b) % n if n else 0,
    "MULMOD": lambda a, b, n: a * b % n if n else 0,
    "EXP": lambda a, b: pow(a, b, WORD),
    "SIGNEXTEND": _signextend,
    "LT": lambda a, b: int(a < b),
    "GT": lambda a, b: int(a > b),
    "SLT": lambda a, b: int(signed(a) < signed(b)),
    "SGT": lambda a, b: int(signed(a) > signed(b)),
    "EQ": lambda a, b: int(a == b),
    "ISZERO": lambda a: int(not a),
    "AND": lambda a, b: a & b,
    "OR": lambda a, b: a | b,
    "XOR": lambda a, b: a ^ b,
    "NOT": lambda a: a ^ MAX,
    "BYTE": lambda at, word: word >> 8 * (31 - at) & 0xFF if at < 32 else 0,
    "SHL": lambda by, word: word << by & MAX if by < 256 else 0,
    "SHR": lambda by, word: word >> by if by < 256 else 0,
    "SAR": lambda by, word: signed(word) >> min(by, 255) & MAX,
}

PURE: dict[int, tuple[int, Callable[..., int]]] = {
    BY_NAME[name].code: (BY_NAME[name].pops, function) for name, function in _NAMED.items()
}
"""By opcode: how many words it takes, and what it makes of them (the topmost first)."""
