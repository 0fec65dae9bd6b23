"""What a fact can be about, as bits: a term that shares none with a fact is left as it is by that fact.

A fact decides the conditions of its own linear form, or itself; and it may leave one number only for a
symbol. So each form has a bit, each condition that is no comparison, and each symbol and application; a
term has those of all its subterms. Most facts of a path are about little of a large term, and this says at
once which of its subterms need no looking into.
"""

from __future__ import annotations

from harness.term.node import Term, is_const, memo
from harness.term.ranges import Form, form_key, literal_range

WIDTH = 4096
"""So many bits there are; where more are needed some are shared, which costs time and nothing else."""

_places: dict[Form | Term | tuple[Term], int] = memo()
_bits: dict[Term, int] = memo()
_decides: dict[Term, int] = memo()
_asked: dict[Term, int] = memo()


def _bit(about: Form | Term | tuple[Term]) -> int:
    return 1 << _places.setdefault(about, len(_places)) % WIDTH


def bits_of(term: Term) -> int:
    """Return the bits of everything in a term that a fact can be about."""
    found = _bits.get(term)
    if found is not None:
        return found
    stack = [term]
    while stack:
        node = stack[-1]
        missing = [arg for arg in node.args if arg not in _bits]
        if missing:
            stack += missing
            continue
        stack.pop()
        if node not in _bits:
            bits = _own(node)
            for arg in node.args:
                bits |= _bits[arg]
            _bits[node] = bits
    return _bits[term]


def _own(node: Term) -> int:
    """Return the bit of what is asked about a node itself: whether it holds, in which range it is."""
    if node.op in ("var", "apply"):
        return only_bit(node)
    if node.op == "mod" and node.args[1].op == "const":
        return _bit(form_key(node.args[0])[0])
    return condition_bit(node) if node.boolean and not is_const(node) else 0


def only_bit(term: Term) -> int:
    """Return the bit of facts that leave one number for a symbol, or for a function at a place."""
    return _bit((term,))


def condition_bit(condition: Term) -> int:
    """Return a bit that every condition has which this one, as a fact, decides by itself."""
    bit = _decides.get(condition)
    if bit is None:
        atom = condition.args[0] if condition.op == "not" else condition
        if atom is not condition and atom.op == "and":
            bit = condition_bit(atom.args[-1])  # whatever conjunction has all its parts is refuted
        else:
            entry = literal_range(atom)
            bit = _bit(atom if entry is None else entry[0])
        _decides[condition] = bit
    return bit


def asked_bits(condition: Term) -> int:
    """Return the bits of what facts may decide of a condition, or of its parts: not of the numbers in it."""
    bits = _asked.get(condition)
    if bits is None:
        atom = condition.args[0] if condition.op == "not" else condition
        bits = condition_bit(atom)
        if atom.op == "and":
            for part in atom.args:
                bits |= asked_bits(part)
        elif atom.op == "ite":
            bits |= asked_bits(atom.args[0])
        _asked[condition] = bits
    return bits


def fact_bits(fact: Term) -> int:
    """Return the bits of everything that a fact can have a say in, be it together with others."""
    entry = literal_range(fact)
    only = only_bit(entry[0]) if entry is not None and isinstance(entry[0], Term) else 0
    return condition_bit(fact) | only
