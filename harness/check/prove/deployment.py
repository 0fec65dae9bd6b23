"""The induction's base: deployment, through the proxy, establishes every invariant.

What is executed is creation code: the proxy's, which runs the initialiser on its own blank storage, or the
contract's own where the recipe has no initialiser. Arguments are arbitrary clean words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.check.prove.build import Named, fresh
from harness.check.prove.decode import is_clean
from harness.check.prove.obligation import Obligation
from harness.check.prove.subject import Execution, Subject
from harness.check.prove.summary import Callees
from harness.compiler.artifact import Artifact
from harness.evm.abi import Abi, Parameter
from harness.evm.codec import WordType
from harness.lang import Invariant
from harness.symbolic import pieces
from harness.symbolic.data import EMPTY, Data, Known
from harness.symbolic.entry import Entry
from harness.symbolic.errors import Unsupported
from harness.symbolic.execution import execute
from harness.symbolic.pieces import Piece
from harness.symbolic.result import PostState
from harness.symbolic.run import Options
from harness.symbolic.slots import labels_of
from harness.symbolic.storage import Blank, Storage
from harness.symbolic.world import World
from harness.term.core import FALSE, TRUE, Term, and_, const, not_, var
from harness.term.symbol import condition_of, number

DEPLOYMENT = "deployment"
"""The name of the base case, where verdicts name a function."""

LOCKED = "implementation_is_locked"
"""The built-in property that nobody can initialise the implementation behind a proxy."""

IMPLEMENTATION = 0x1111_1111_1111_1111_1111_1111_1111_1111_1111_1111
"""Where the implementation is taken to be; the proxy's storage merely records it."""


class Base:
    """The base case of one contract; `proxy` is needed where the recipe initialises it behind one."""

    def __init__(self, subject: Subject, proxy: Artifact | None) -> None:
        self.subject = subject
        self.proxy = proxy
        self.clean: list[Term] = []

    @property
    def initialiser(self) -> str | None:
        """The name of the function that the recipe calls through the proxy, None where it has none."""
        recipe = self.subject.spec.deployment
        target = next((one for one in recipe.contracts if one.source is None), None) if recipe else None
        return target.init[0] if target and target.init else None

    def execution(self) -> Execution:
        """Execute the deployment from blank storage. Raises Unsupported as any execution."""
        if self.initialiser is None:
            return self._constructed(self.clean)
        if self.proxy is None:
            raise Unsupported("DELEGATECALL", -1, "the proxy that the contract is behind is not known")
        codes = {IMPLEMENTATION: self.subject.artifact.runtime.bytecode}
        return self._created(self.proxy, Known(self._proxy_arguments(self.initialiser)), codes)

    def _constructed(self, clean: list[Term]) -> Execution:
        """Run the contract's own creation code, on arbitrary arguments; `clean` says then that they are."""
        artifact = self.subject.artifact
        constructor = [one for one in artifact.abi if one["type"] == "constructor"]
        inputs = Abi([{**one, "type": "function", "name": "constructor"} for one in constructor])
        parameters = [each for one in inputs.functions.values() for each in one.inputs]
        return self._created(artifact, Known(pieces.of_words(_words(parameters, clean))), {})

    def _created(self, artifact: Artifact, arguments: Data, codes: Mapping[int, bytes]) -> Execution:
        """Run creation code; storage is labelled as the subject's."""
        subject = self.subject
        if not artifact.creation.bytecode:
            raise Unsupported("CREATE", -1, "there is no creation code, only the runtime's: give the source")
        result = execute(
            artifact.creation.bytecode,
            subject.artifact.layout,
            Entry(DEPLOYMENT, EMPTY),
            Options(reverts=False),
            world=World(constructing=True, codes=codes),
            environment=Callees(subject.spec.views),
            storage=Storage(labels_of(subject.artifact.layout), Blank()),
            arguments=arguments,
        )
        if artifact is subject.artifact:
            self._require_code(result)
        return subject.seen_from(DEPLOYMENT, result, self._ledgers())

    def _require_code(self, result: PostState) -> None:
        """Refuse creation code that deploys, where it succeeds, another code than what is proved about."""
        deployed, size = result.returndata, result.returndata.size
        constant = size.op == "const"
        code = pieces.constant_bytes(deployed.read(0, size.data)) if constant else None
        if result.success is not FALSE and code != self.subject.artifact.runtime.bytecode:
            reason = "it is not known that the constructor deploys the code that is proved about"
            raise Unsupported("RETURN", -1, reason)

    def _ledgers(self) -> dict[str, Any]:
        model = self.subject.spec.model
        return {name: getattr(model.initial, name) for name in model.ghosts}

    def _proxy_arguments(self, initialiser: str) -> list[Piece]:
        """Return the encoding of (implementation, initialiser's calldata)."""
        function = self.subject.abi.function(initialiser)
        words = _words(function.inputs, self.clean)
        length = 4 + 32 * len(words)
        head = pieces.of_words([const(IMPLEMENTATION), const(0x40), const(length)])
        selector: Piece = (4, const(int.from_bytes(function.selector, "big")), 28)
        return [*head, selector, *pieces.of_words(words), *pieces.zeros(-length % 32)]

    def given(self, execution: Execution) -> list[Named]:
        """Return what is known of a deployment that succeeds, the success first."""
        clean = ("clean arguments", and_(*self.clean))
        return [("success", execution.result.success), clean, *self._assumed(execution)]

    def obligations(self, execution: Execution, claim: Invariant) -> Iterator[Obligation]:
        """Yield the obligation that a deployment which succeeds establishes an invariant."""
        keys = fresh(claim.quantified)
        goal = condition_of(claim(execution.after, *(number(key) for _, key in keys)))
        given = self.given(execution)
        clean = tuple(one for one in given[1:] if one[1] is not TRUE)
        yield from _in_bounds(claim.name, execution.result, clean)
        used = tuple((name, term) for name, term in given if term is not TRUE)
        yield Obligation(claim.name, DEPLOYMENT, "success", used, goal, execution.result.storage, claim, keys)

    def _assumed(self, execution: Execution) -> Iterator[Named]:
        for assumption in self.subject.spec.assumptions:
            if assumption.predicate is not None:
                claim = assumption.predicate(execution.before, execution.returning)
                yield f"assumption {assumption.name}", condition_of(claim)

    def behind(self, clean: list[Term]) -> tuple[Execution, Execution]:
        """Execute what an implementation behind a proxy is in for: construction, then the initialiser.

        That the constructor's arguments are clean is added to `clean`.
        """
        assert self.initialiser is not None
        own = self._constructed(clean)
        name = self.subject.abi.function(self.initialiser).signature
        return own, self.subject.execution(name, own.result.storage)

    def locked(self) -> Iterator[Obligation]:
        """Yield the obligation that the initialiser fails on the implementation's own storage."""
        clean: list[Term] = []
        own, again = self.behind(clean)
        words: tuple[Named, ...] = (("clean arguments", and_(*clean)),)
        given: tuple[Named, ...] = (*words, ("constructed", own.result.success))
        yield from _in_bounds(LOCKED, own.result, words)
        yield from _in_bounds(LOCKED, again.result, given)
        rests = own.result.assumptions | again.result.assumptions
        goal = not_(again.result.success)
        yield Obligation(LOCKED, DEPLOYMENT, "failure", given, goal, assumptions=rests)


def _words(parameters: Sequence[Parameter], clean: list[Term]) -> list[Term]:
    """Return arbitrary words for parameters, and add to `clean` that they are.

    Raises:
        Unsupported: for a parameter that is no word.
    """
    words = []
    for place, parameter in enumerate(parameters):
        if not isinstance(parameter.type, WordType):
            raise Unsupported("CODECOPY", -1, f"a constructor's argument of type {parameter.type.name}")
        word = var(f"init{place}")
        clean.append(is_clean(word, parameter.type))
        words.append(word)
    return words


def _in_bounds(name: str, result: PostState, given: tuple[Named, ...]) -> Iterator[Obligation]:
    """Yield that every array access of an execution stays inside its array."""
    for place, side in enumerate(result.obligations):
        known = (*given, ("path", side.path.condition))
        yield Obligation(name, DEPLOYMENT, f"{side.name} ({place})", known, side.condition)
