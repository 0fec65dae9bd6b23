"""Small states: a handful of people and of numbered entries, everything else as the deployment left it.

Nearly every counterexample to induction fits into such a scope. Within it the invariants can be written out
at every key, and a sum is that of the scope's entries: so a model is a state that can be built as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import product

from harness.check.prove.instances import Scheme
from harness.check.prove.subject import Execution
from harness.check.triage.facts import shares_of
from harness.check.triage.scene import Scene
from harness.check.views.symbolic import any_key
from harness.lang import ADDRESSES, Domain, Invariant
from harness.symbolic.errors import Inexact
from harness.term.core import TRUE, Term, const, eq, or_
from harness.term.linear import combine
from harness.term.symbol import number, term_of
from harness.term.walk import postorder

PEOPLE = 6
NUMBERS = range(4)
CROWD = 36
LARGEST = 300
"""An invariant with more instances in the scope is left to chance."""


class Scope:
    """The states of one execution's contract in which only a few keys are used."""

    def __init__(
        self, execution: Execution, scene: Scene, people: int = PEOPLE, numbers: range = NUMBERS
    ) -> None:
        self._execution = execution
        self._scene = scene
        self._numbers = numbers
        self.addresses = (0, *scene.people[:people])

    def facts(self, terms: Sequence[Term], claims: Iterable[Invariant]) -> list[Term]:
        """Return what confines a query's models to the scope: its invariants, sums, keys and the rest."""
        found = [*self._invariants(claims)]
        found += self._sums([*terms, *found])
        every = postorder([*terms, *found])
        found += self._applications([node for node in every if node.op == "apply"])
        caller = self._execution.result.world.caller
        found.append(or_(*(eq(caller, const(person)) for person in self.addresses[1:])))
        return [fact for fact in dict.fromkeys(found) if fact is not TRUE]

    def _invariants(self, claims: Iterable[Invariant]) -> Iterator[Term]:
        for claim in claims:
            scheme = Scheme(claim, self._execution.before)
            choices = [self._keys(domain) for _, domain in claim.quantified]
            for keys in list(product(*choices))[:LARGEST]:
                with suppress(Inexact):  # it speaks of what is outside an array
                    yield scheme.claim([const(key) for key in keys])

    def _keys(self, domain: Domain) -> Sequence[int]:
        if domain.high == ADDRESSES.high:
            return [key for key in self.addresses if domain.low <= key]
        return [key for key in self._numbers if domain.low <= key <= domain.high]

    def _sums(self, terms: Sequence[Term]) -> Iterator[Term]:
        """Yield that a sum over a mapping or array is the scope's entries' (the others hold nothing)."""
        names = {node.data[0] for node in postorder(terms) if node.op == "var"}
        for name, (symbol, amount) in self._execution.origin.sums.items():
            if name in names:
                keys = (
                    self.addresses
                    if self._is_by_address(term_of(amount(number(any_key()))))
                    else self._numbers
                )
                yield eq(symbol, combine(*((1, share) for share in shares_of(amount, keys).values())))

    def _is_by_address(self, general: Term) -> bool:
        for node in postorder((general,)):
            place = self._scene.places.field(node.data.name) if node.op == "apply" else None
            if place is not None and any_key() in node.args:
                return self._scene.places.takes_addresses(place[1], len(node.args))[
                    node.args.index(any_key())
                ]
        return False

    def _applications(self, nodes: Iterable[Term]) -> Iterator[Term]:
        """Yield that storage is read at the scope's keys only, and elsewhere holds what was deployed."""
        places = self._scene.places
        for node in nodes:
            place = places.field(node.data.name)
            if place is None or not node.args:
                continue
            known = [
                self.addresses if by_address else self._numbers
                for by_address in places.takes_addresses(place[1], len(node.args))
            ]
            outside = False
            for arg, keys in zip(node.args, known, strict=True):
                if arg.op == "const":
                    outside = outside or arg.data not in keys
                else:
                    yield or_(*(eq(arg, const(key)) for key in keys))
            if outside and all(arg.op == "const" for arg in node.args):
                bits = places.bits(*place, tuple(arg.data for arg in node.args))
                held = self._scene.word(bits.slot) >> bits.shift & (1 << bits.width) - 1
                yield eq(node, const(held))
