"""The functions that a search can call: their executions, and which of them depend on each other."""

from __future__ import annotations

from collections.abc import Iterable

from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution, Subject
from harness.check.prove.summary import Callees
from harness.check.triage.scene import Scene
from harness.symbolic.errors import Unsupported
from harness.symbolic.execution import execute
from harness.symbolic.regions import Region
from harness.symbolic.run import Options
from harness.symbolic.world import World
from harness.term.core import Term, const, var
from harness.term.symbol import number
from harness.term.walk import postorder

Regions = frozenset[Region]


class Calls:
    """What can be called of one target."""

    def __init__(self, scene: Scene, subject: Subject) -> None:
        self._scene = scene
        self._subject = subject
        self._executions: dict[str, Execution] = {}
        self._writes: dict[str, Regions] = {}
        self._reads: dict[str, Regions] = {}
        self._names: list[str] | None = None

    @property
    def names(self) -> list[str]:
        """The functions that may change something and can be executed symbolically."""
        if self._names is None:
            self._names = [
                name
                for name, function in self._subject.abi.functions.items()
                if not function.is_view and self._executed(name) and self.writes(name)
            ]
        return self._names

    def execution(self, name: str) -> Execution:
        """Return one of the functions' executions: of regular calls that succeed."""
        return self._executions[name]

    def _executed(self, name: str) -> bool:
        """Execute a function; say whether that can be done."""
        try:
            self._executions[name] = self._run(name)
        except Unsupported:  # said where the function itself is proved; a search does without it
            return False
        return True

    def _run(self, name: str) -> Execution:
        subject, runtime = self._subject, self._subject.artifact.runtime
        result = execute(
            runtime.bytecode,
            subject.artifact.layout,
            subject.entry(name, regular=True),
            Options(reverts=False),
            world=World(value=const(0)) if subject.abi.functions[name].mutability != "payable" else World(),
            environment=Callees(subject.spec.views, ""),
            storage=subject.initial_storage(),
        )
        ghosts = {ghost: number(var(f"ledger.{ghost}", None, None)) for ghost in subject.spec.model.ghosts}
        return subject.seen_from(name, result, ghosts)

    def writes(self, name: str) -> Regions:
        """Return the storage that a function may write."""
        found = self._writes.get(name)
        if found is None:
            found = self._writes[name] = frozenset(self.execution(name).result.storage.written())
        return found

    def reads(self, name: str) -> Regions:
        """Return the storage that decides what a function does."""
        found = self._reads.get(name)
        if found is None:
            found = self._reads[name] = self.read_by(self.execution(name).result.terms())
        return found

    def read_by(self, terms: Iterable[Term]) -> Regions:
        """Return the storage that terms speak of."""
        nodes = (node for node in postorder(terms) if node.op == "apply")
        places = (self._scene.places.field(node.data.name) for node in nodes)
        return frozenset(place[0] for place in places if place is not None)

    def support(self, obligation: Obligation) -> Regions:
        """Return the storage that a failed obligation's call and property read."""
        given = [term for name, term in obligation.hypotheses if not name.startswith("invariant ")]
        return self.read_by([obligation.goal, *given])

    def relevance(self, support: Regions) -> dict[str, float]:
        """Return a weight for each function: high where it is called often and writes what matters."""
        hints = self._scene.spec.hints.often
        return {
            name: (0.5 + len(self.writes(name) & support))
            * hints.get(self._subject.abi.functions[name].name, 1.0)
            for name in self.names
        }

    def is_reordered(self, earlier: str, later: str) -> bool:
        """Say whether two calls can change places, and are not in the order that is looked at."""
        if self.writes(earlier) & (self.reads(later) | self.writes(later)) or self.reads(
            earlier
        ) & self.writes(later):
            return False
        return self.names.index(later) < self.names.index(earlier)
