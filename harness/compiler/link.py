"""Filling in what the compiler leaves open in bytecode: library addresses and immutables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.compiler.artifact import Code
from harness.compiler.errors import CompilerError

ADDRESS_BYTES = 20


def link(code: Code, libraries: Mapping[str, int | str]) -> Code:
    """Return `code` with the addresses of `libraries` in their places.

    Args:
        code: what to link; its `links` say what it needs.
        libraries: addresses (numbers or hex text) by ``unit:Library``, or by ``Library`` alone.

    Raises:
        CompilerError: if a library that the code needs is not given, or an address is not one.
    """
    patched = bytearray(code.bytecode)
    for library, offset in code.links:
        short = library.rpartition(":")[2]
        if library not in libraries and short not in libraries:
            raise CompilerError(_unlinked(code))
        address = _address(libraries.get(library, libraries.get(short)), short)
        patched[offset : offset + ADDRESS_BYTES] = address
    return replace(code, bytecode=bytes(patched), links=())


def require_linked(code: Code) -> bytes:
    """Return the bytecode if no library address is missing.

    Raises:
        CompilerError: naming the libraries that are.
    """
    if code.links:
        raise CompilerError(_unlinked(code))
    return code.bytecode


def patch_immutables(code: Code, values: Mapping[str, int]) -> Code:
    """Return runtime `code` with the words `values`, by name, where the constructor would write them.

    Every immutable must be given: an unset one would silently read as zero.

    Raises:
        CompilerError: if one is missing, or a value does not fit its place.
    """
    patched = bytearray(code.bytecode)
    for name, offset, length in code.immutables:
        if name not in values:
            raise CompilerError(f"The code has an immutable {name} without a value: give one.")
        if not 0 <= values[name] < 1 << (8 * length):
            raise CompilerError(f"The value {values[name]} does not fit immutable {name} of {length} bytes.")
        patched[offset : offset + length] = values[name].to_bytes(length, "big")
    return replace(code, bytecode=bytes(patched), immutables=())


def _unlinked(code: Code) -> str:
    names = ", ".join(sorted({library for library, _ in code.links}))
    return f"The code calls libraries that are not linked ({names}): give the address of each."


def _address(value: int | str | None, library: str) -> bytes:
    try:
        number = int(value, 16) if isinstance(value, str) else value
        if number is None:
            raise ValueError
        return number.to_bytes(ADDRESS_BYTES, "big")
    except (ValueError, OverflowError) as error:
        raise CompilerError(
            f"{value!r} is not an address for library {library}: write 0x and 40 hex digits."
        ) from error
