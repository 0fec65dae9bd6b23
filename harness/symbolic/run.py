"""What one execution shares between its call frames: the world, the caps, what it leaves to prove."""

from __future__ import annotations

from dataclasses import dataclass

from harness.symbolic.errors import Inexact
from harness.symbolic.path import Path
from harness.symbolic.slots import Labels, Meaning, Place
from harness.symbolic.trace import ALL_GAS
from harness.symbolic.world import Environment, World
from harness.term.core import Term, const, var


@dataclass(frozen=True, slots=True)
class Options:
    """`reverts`: run the arms that can only revert, too (needed where revert data matters).

    With `late`, what is written after another contract was called is noted.
    `max_blocks` and `max_iterations` are caps: beyond them `Unsupported` is raised.
    """

    reverts: bool = True
    late: bool = False
    max_blocks: int = 100_000
    max_iterations: int = 1_100


@dataclass(frozen=True, slots=True, eq=False)
class Obligation:
    """Something the result is exact only under: on `path`, `condition` must hold. `name` says what it is."""

    name: str
    path: Path
    condition: Term


@dataclass(frozen=True, slots=True, eq=False)
class Late:
    """A word written after another contract was called: what was there, and what is there then."""

    path: Path
    place: Place
    old: Term
    new: Term
    pc: int


class Run:
    """One execution."""

    def __init__(self, world: World, environment: Environment, options: Options) -> None:
        self.world = world
        self.environment = environment
        self.options = options
        self.assumptions: set[str] = set(world.assumptions)
        self.late: list[Late] = []
        self.blocks = 0
        self._gas_reads: set[Term] = set()
        self._obligations: dict[tuple[str, Term, Term], Obligation] = {}

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """What is left to prove, in the order in which it was met."""
        return tuple(self._obligations.values())

    def locate(self, labels: Labels, slot: Term, path: Path) -> Meaning:
        """What a slot expression means on a path, with its obligations and assumptions noted."""
        meaning = labels.meaning(slot, path)
        self.assumptions |= meaning.assumptions
        for name, condition in meaning.obligations:
            self.owe(name, path, condition)
        return meaning

    def owe(self, name: str, path: Path, condition: Term) -> None:
        """Leave to prove that `condition` holds on `path`. Raises Inexact where it surely does not."""
        decided = path.decide(condition)
        if decided is False:
            raise Inexact(f"storage access surely outside its array: {name}")
        if decided is None:
            key = (name, path.condition, condition)
            self._obligations.setdefault(key, Obligation(name, path, condition))

    def gas(self) -> Term:
        """Some gas: a new symbol each time."""
        left = var(f"gas{1 + len(self._gas_reads)}{self.world.mark}", 0, (1 << 64) - 1)
        self._gas_reads.add(left)
        return left

    def limit(self, gas: Term) -> Term:
        """What a call has that is offered some gas: `ALL_GAS` where that is what there once was.

        Gas only gets less, and who offers more than 63/64 of what is left offers that much (EIP-150): so it
        doesn't matter when the offer was read.
        """
        return const(ALL_GAS) if gas in self._gas_reads else gas
