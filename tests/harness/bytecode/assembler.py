"""A small assembler for tests: `@name` defines a jump destination, `$name` pushes it."""

from __future__ import annotations

from harness.bytecode.opcodes import BY_NAME


def assemble(text: str) -> bytes:
    """Assemble whitespace-separated mnemonics; a bare number is pushed with as few bytes as it needs."""
    code = bytearray()
    labels: dict[str, int] = {}
    holes: list[tuple[int, str]] = []
    for token in text.split():
        if token.startswith("@"):
            labels[token[1:]] = len(code)
            code.append(BY_NAME["JUMPDEST"].code)
        elif token.startswith("$"):
            code.append(BY_NAME["PUSH2"].code)
            holes.append((len(code), token[1:]))
            code += b"\0\0"
        elif token.upper() in BY_NAME:
            code.append(BY_NAME[token.upper()].code)
        else:
            value = int(token, 0)
            size = (value.bit_length() + 7) // 8
            code.append(BY_NAME[f"PUSH{size}"].code)
            code += value.to_bytes(size, "big")
    for place, label in holes:
        code[place : place + 2] = labels[label].to_bytes(2, "big")
    return bytes(code)
