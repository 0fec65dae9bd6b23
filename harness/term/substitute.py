"""Simultaneous substitution of subterms and functions, and rebuilding through the smart constructors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from harness.term.boolean import and_, iff, not_
from harness.term.choice import ite
from harness.term.compare import is_zero, not_positive
from harness.term.hashing import is_keccak, keccak
from harness.term.integer import idiv, imod, imul
from harness.term.linear import Items, add_scaled, total
from harness.term.node import ONE, Bound, Function, Term, TermError, apply
from harness.term.pack import bit_and, bit_or, bit_xor
from harness.term.walk import postorder

Replacement = Callable[..., Term]


def rebuild(node: Term, args: Sequence[Term]) -> Term:
    """Return `node` with other arguments, in normal form."""
    if node.op == "sum":
        items: Items = {}
        k = node.data[0]
        for arg, c in zip(args, node.data[1:], strict=True):
            k = add_scaled(k, items, arg, c)
        return total(k, items)
    if node.op == "mul":
        product = ONE
        for arg in args:
            product = imul(product, arg)
        return product
    if node.op == "apply":
        return keccak(tuple(args)) if is_keccak(node.data) else apply(node.data, *args)
    return _CONSTRUCTORS[node.op](*args) if args else node


_CONSTRUCTORS: dict[str, Callable[..., Term]] = {
    "div": idiv,
    "mod": imod,
    "band": bit_and,
    "bor": bit_or,
    "bxor": bit_xor,
    "not": not_,
    "and": and_,
    "iff": iff,
    "ite": ite,
    "eq": is_zero,
    "le": not_positive,
}


def substitute(
    terms: Iterable[Term],
    replace: Mapping[Term, Term],
    functions: Mapping[Function, Replacement] | None = None,
) -> list[Term]:
    """Return `terms` with subterms and functions replaced, all at once.

    `replace` maps subterms (symbols, as a rule) to terms; replacements are not
    substituted into again. `functions` maps functions to callables that build
    the term for given (already substituted) arguments.

    Raises TermError if a replacement's sort differs, or if its bounds are not
    within those of what it replaces: simplifications rested on these.
    """
    roots = list(terms)
    applied = functions or {}
    done: dict[Term, Term] = {}
    for node in postorder(roots):
        replacement = replace.get(node)
        if replacement is not None:
            _check(repr(node), node, replacement)
            done[node] = replacement
            continue
        args = [done[arg] for arg in node.args]
        if node.op == "apply" and node.data in applied:
            done[node] = applied[node.data](*args)
            _check(node.data.name, node, done[node])
        elif tuple(args) == node.args:
            done[node] = node
        else:
            done[node] = rebuild(node, args)
    return [done[root] for root in roots]


def _check(name: str, old: Term, new: Term) -> None:
    if old.boolean != new.boolean:
        raise TermError(f"substitution for {name} changes its sort")
    if not (_within(old.lo, new.lo, 1) and _within(old.hi, new.hi, -1)):
        raise TermError(
            f"substitution for {name}: its bounds [{old.lo}, {old.hi}] do not contain [{new.lo}, {new.hi}]; "
            "wrap the replacement or widen the symbol"
        )


def _within(outer: Bound, inner: Bound, sign: int) -> bool:
    return outer is None or (inner is not None and sign * inner >= sign * outer)
