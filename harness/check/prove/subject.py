"""A contract and its specification brought together: each way in, executed and seen as states and a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from harness.check.prove.call import Behaviour, SymbolicCall, SymbolicWorld
from harness.check.prove.decode import heads, is_clean, value_of
from harness.check.prove.summary import Callees
from harness.check.views.arguments import argument_names
from harness.check.views.binding import Shape, bind
from harness.check.views.terms import Origin, state_of
from harness.compiler.artifact import Artifact
from harness.evm.abi import Abi, Function
from harness.evm.codec import WordType
from harness.lang import Env, Int, Spec
from harness.symbolic import entry as entries
from harness.symbolic.data import EMPTY, Calldata
from harness.symbolic.entry import Entry
from harness.symbolic.errors import Unsupported
from harness.symbolic.execution import execute
from harness.symbolic.result import PostState
from harness.symbolic.run import Options
from harness.symbolic.slots import labels_of
from harness.symbolic.storage import Fresh, Storage
from harness.symbolic.world import Environment, World
from harness.term.core import MAX_WORD, TRUE, Term, and_, clear, const, eq, le, var
from harness.term.symbol import number, term_of
from harness.term.word import narrow

T = TypeVar("T")

UNKNOWN_SELECTOR = "unknown selector"
SHORT_CALLDATA = "short calldata"


@lru_cache(maxsize=8)
def _tables(abi: str) -> Abi:
    """Return an ABI's tables: they hold no terms, and serve every subject of a contract."""
    return Abi(json.loads(abi))


@dataclass(frozen=True)
class Subject:
    """What is proved about: one runtime code under one layout, and the specification it is held against."""

    spec: Spec[Any]
    artifact: Artifact

    @classmethod
    def fresh(cls, spec: Spec[Any], artifact: Artifact) -> Subject:
        """Return a subject with terms of its own: all others are forgotten."""
        clear()
        return cls(spec, artifact)

    @cached_property
    def abi(self) -> Abi:
        """The contract's functions, events and errors."""
        return _tables(json.dumps(self.artifact.abi))

    @cached_property
    def arguments(self) -> frozenset[str]:
        """The names by which specifications speak of any function's arguments."""
        functions = self.abi.functions.values()
        return frozenset(name for one in functions for name in argument_names(self.spec.model, one))

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Where the state's fields are stored. Raises BindingError where the layout lacks one."""
        model = self.spec.model
        return bind(model.state, self.artifact.layout, model.ghosts)

    @cached_property
    def _made(self) -> dict[Hashable, Any]:
        return {}

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returned when it was first asked for `what`: an execution takes long."""
        if what not in self._made:
            self._made[what] = make()
        found: T = self._made[what]
        return found

    @property
    def entries(self) -> tuple[str, ...]:
        """Every way in, by name: the functions' signatures, an unknown selector, and short calldata."""
        return (*self.abi.functions, UNKNOWN_SELECTOR, SHORT_CALLDATA)

    def entry(self, name: str, regular: bool = False) -> Entry:
        """Return the way in called `name`; with `regular`, only the calls that the ABI describes."""
        if name == UNKNOWN_SELECTOR:
            known = [int.from_bytes(one.selector, "big") for one in self.abi.functions.values()]
            return entries.unknown_selector(known)
        if name == SHORT_CALLDATA:
            return entries.short()
        for item in self.artifact.abi:
            if item["type"] == "function" and entries.signature(item) == name:
                return entries.function(item, greatest_words(self.abi.functions[name]) if regular else None)
        raise KeyError(name)

    def initial_storage(self) -> Storage:
        """Return arbitrary storage, the same each time."""
        return self.once("arbitrary storage", lambda: Storage(labels_of(self.artifact.layout), Fresh()))

    def execution(
        self,
        name: str,
        storage: Storage | None = None,
        world: World | None = None,
        regular: bool = False,
        reentry: bool = False,
        callees: Environment | None = None,
    ) -> Execution:
        """Execute one way in, from arbitrary storage or from `storage`.

        With `regular`, the terms are of calls that the ABI describes, and mean nothing for any other: the
        arguments' symbols are bounded by their types, which makes for smaller terms. With `reentry`, other
        contracts that are called leave arbitrary storage. `callees` say what those do, if not `Callees`.

        Raises:
            Unsupported: naming the construct that can't be represented exactly.
        """
        chosen = world or (self._paid_nothing(name) if regular else World())
        entry, held = self.entry(name, regular), storage or self.initial_storage()
        result = self.run(entry, held, chosen, reentry=reentry, callees=callees)
        ghosts = {name: number(var(f"ledger.{name}", None, None)) for name in self.spec.model.ghosts}
        return self.seen_from(name, result, ghosts)

    def way(self, name: str, regular: bool = False, reentry: bool = False) -> Execution:
        """Return the execution of one way in from arbitrary storage, the same one each time; see `execution`.

        Raises:
            Unsupported: as `execution` does.
        """
        what = ("way", name, regular, reentry)
        return self.once(what, lambda: self.execution(name, regular=regular, reentry=reentry))

    def run(
        self,
        entry: Entry,
        storage: Storage,
        world: World,
        run: str = "",
        reentry: bool = False,
        callees: Environment | None = None,
    ) -> PostState:
        """Execute an entry; `run` tells what other contracts do in it from what they do in other runs.

        Raises:
            Unsupported: naming the construct that can't be represented exactly, or what the code lacks.
        """
        runtime = self.artifact.runtime
        if runtime.immutables or runtime.links:
            # What fills these holes is not known here, and zeros would be wrong.
            holes = "immutable variables" if runtime.immutables else "libraries to be linked"
            raise Unsupported("CODE", -1, f"the code has {holes}: give the deployed bytecode with --bytecode")
        return execute(
            runtime.bytecode,
            self.artifact.layout,
            entry,
            Options(reverts=True, late=reentry),
            world=world.elsewhere(run) if run else world,
            environment=callees or Callees(self.spec.views, run, reentry),
            storage=storage,
        )

    def seen_from(self, name: str, result: PostState, ghosts: Mapping[str, Int]) -> Execution:
        """Return an execution's result with the ledgers before it, as the specification sees them."""
        before, mark = result.before, result.world.mark
        origin = self.once(("origin", before, mark), lambda: Origin(before, mark))
        return Execution(self, name, result, origin, ghosts)

    def _paid_nothing(self, name: str) -> World:
        """Return surroundings in which no value is sent, unless the function takes it."""
        function = self.abi.functions.get(name)
        return World() if function is None or function.mutability == "payable" else World(value=const(0))


@dataclass
class Execution:
    """One way in, executed: the state before, what the call does, the state after."""

    subject: Subject
    name: str
    result: PostState
    origin: Origin
    ghosts: Mapping[str, Int]

    @cached_property
    def function(self) -> Function | None:
        """The ABI's function, None for the ways in that are not one."""
        return self.subject.abi.functions.get(self.name)

    def seen(self, storage: Storage, ghosts: Mapping[str, Int]) -> Any:
        """Return a storage of this execution as the specification's state; a view leaves the state before."""
        if storage.same_as(self.result.before) and _terms(ghosts) == _terms(self.ghosts):
            return self.before
        return self._seen(storage, ghosts)

    def _seen(self, storage: Storage, ghosts: Mapping[str, Int]) -> Any:
        subject = self.subject
        return state_of(subject.spec.model.state, subject.shapes, storage, self.origin, ghosts)

    @cached_property
    def before(self) -> Any:
        """The state before the call."""
        return self.subject.once(("before", self.start), lambda: self._seen(self.result.before, self.ghosts))

    @cached_property
    def start(self) -> Hashable:
        """What tells the state before the call from that before others of the same subject."""
        return self.origin, _terms(self.ghosts)

    @cached_property
    def after(self) -> Any:
        """The state after the call, where it succeeds."""
        return self.seen(self.result.storage, self.ghosts_after(self.result.storage))

    def ghosts_after(self, storage: Storage) -> Mapping[str, Int]:
        """Return the ledgers after the call, given the storage it leaves."""
        ghost = self.subject.spec.model.ghost
        if ghost is None:
            return self.ghosts
        return ghost(self.before, self.returning, self.seen(storage, self.ghosts))

    @cached_property
    def env(self) -> Env:
        """The call's surroundings."""
        world = self.result.world
        return Env(
            sender=number(world.caller),
            timestamp=number(world.timestamp),
            number=number(world.number),
            chain_id=number(world.chainid),
            this=number(world.address),
            world=SymbolicWorld(self.subject.spec.views, world.number),
        )

    @cached_property
    def arguments(self) -> dict[str, Int]:
        """The call's one-word arguments by the specification's names, as contracts decode clean calldata."""
        if self.function is None:
            return {}
        return {name: value_of(_value_bits(word, kind), kind) for name, kind, word in self._argument_words()}

    @cached_property
    def unread(self) -> dict[str, str]:
        """The types of the arguments that are not one word each, by the specification's names."""
        if self.function is None:
            return {}
        names = argument_names(self.subject.spec.model, self.function)
        pairs = zip(names, self.function.inputs, strict=True)
        return {name: one.type.name for name, one in pairs if not isinstance(one.type, WordType)}

    def _argument_words(self) -> Iterator[tuple[str, WordType, Term]]:
        assert self.function is not None
        inputs, labels = self.function.inputs, argument_names(self.subject.spec.model, self.function)
        for place, label, parameter in zip(heads([one.type for one in inputs]), labels, inputs, strict=False):
            if isinstance(parameter.type, WordType):
                yield label, parameter.type, self._calldata.argument(place)

    @property
    def _calldata(self) -> Calldata:
        calldata = self.result.entry.calldata
        assert isinstance(calldata, Calldata), "functions are entered with a selector and symbolic words"
        return calldata

    @cached_property
    def well_formed(self) -> Term:
        """The call is one that the ABI describes: no value unless payable, all words there, each clean."""
        if self.function is None:
            return TRUE
        least = 4 + 32 * heads([one.type for one in self.function.inputs])[-1]
        claims = [le(const(least), self._calldata.size)]
        if self.function.mutability != "payable":
            claims.append(eq(self.result.world.value, const(0)))
        for _, kind, word in self._argument_words():
            claims.append(is_clean(word, kind))
        return and_(*claims)

    def call(self, behaviour: Behaviour) -> SymbolicCall:
        """Return the call as rules see it, where this is what comes of it."""
        subject = self.subject
        named = subject.arguments
        return SymbolicCall(
            subject.abi, self.function, behaviour, self.env, self.arguments, named, self.unread
        )

    @cached_property
    def returning(self) -> SymbolicCall:
        """The call where it succeeds."""
        behaviour = succeeded(self.result)
        return self.call(behaviour)

    @cached_property
    def starved(self) -> SymbolicCall:
        """The call where it fails for want of gas."""
        behaviour = Behaviour(False, self.result.returndata, EMPTY, ())
        named = self.subject.arguments
        return SymbolicCall(self.subject.abi, self.function, behaviour, self.env, self.arguments, named)

    def reverting(self) -> list[tuple[Term, SymbolicCall]]:
        """The call where it fails, for each way to fail, with the condition of that."""
        found = []
        for failure in self.result.failures:
            behaviour = Behaviour(False, self.result.returndata, failure.data, failure.attempted)
            found.append((failure.condition, self.call(behaviour)))
        return found


def _terms(ghosts: Mapping[str, Int]) -> tuple[tuple[str, Term], ...]:
    """Return the terms of ledgers, which tell them from others."""
    return tuple((name, term_of(ledger)) for name, ledger in ghosts.items())


def succeeded(result: PostState) -> Behaviour:
    """Return what a call does where it succeeds."""
    return Behaviour(True, result.returndata, EMPTY, result.trace)


def greatest_words(function: Function) -> list[int]:
    """Return the greatest number that each word of a function's clean arguments can be, tails apart."""
    kinds = [one.type for one in function.inputs]
    places = heads(kinds)
    greatest = [MAX_WORD] * places[-1]
    for place, kind in zip(places, kinds, strict=False):
        if isinstance(kind, WordType) and kind.kind != "int" and not kind.shift:
            greatest[place] = 2**kind.bits - 1
    return greatest


def _value_bits(word: Term, kind: WordType) -> Term:
    """Return a calldata word as its clean form would be: only the bits that its type gives it."""
    return word if kind.kind == "int" or kind.shift else narrow(word, kind.bits)
