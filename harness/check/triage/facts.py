"""What is added to a query so that its models can be executed.

*World* facts say what the real contracts answer, *sums* that a mapping's sum is that of finitely many
entries, *instances* that an invariant holds at a key which the model forgot. All are equations about
numbers that a model named; they are added as models need them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from harness.check.campaign.world import Answers
from harness.check.prove.instances import Scheme
from harness.check.prove.subject import Execution
from harness.check.prove.summary import REFUSED
from harness.check.triage.callees import LONGEST_ANSWER
from harness.check.triage.realise import ANSWER, REFUSES
from harness.check.triage.scene import Broken, Scene
from harness.check.views.symbolic import any_key
from harness.evm.errors import EvmError
from harness.evm.vm import block_hash
from harness.lang import Int, Invariant, Revert
from harness.solver import Model
from harness.symbolic.errors import Inexact
from harness.symbolic.trace import Call, Trace
from harness.symbolic.world import BLOCKHASH, is_codesize
from harness.term.core import Function, Term, and_, apply, const, eq, implies, le, not_, or_
from harness.term.hashing import is_keccak, keccak_words
from harness.term.linear import combine
from harness.term.symbol import number, term_of
from harness.term.walk import postorder

Amount = Callable[[Int], Int]
"""What an entry adds to a sum, by its key."""

SPARE = 2
"""How many keys that a model does not mention may hold the rest of a sum."""

STAND_INS = tuple(range(0x57A2D_0001, 0x57A2D_0004))
"""Where scripted contracts stand that the deployment does not have."""

FIRST_SPARE = 0xACC1_0000_0000_0000_0000_0000_0000_0000_0000_0001

WEEKS = 60 * 60 * 24 * 7 * 60


def _answers(function: Function) -> bool:
    """Say whether a function is what a view of another contract answers, or whether it does."""
    return function.name.startswith((ANSWER, REFUSES))


def pinned(execution: Execution, scene: Scene) -> list[Term]:
    """Return that the call is made to this deployment, on this chain, in the block after it."""
    world = execution.result.world
    return [
        eq(world.address, const(scene.address)),
        eq(world.chainid, const(scene.chain.chain_id)),
        eq(world.number, const(scene.start_number + 1)),
    ]


def simple(execution: Execution, scene: Scene) -> list[Term]:
    """Return that the call is ordinary: by a person, soon, without ether, with calldata as declared."""
    world = execution.result.world
    wanted = [
        or_(*(eq(world.caller, const(person)) for person in scene.people)),
        le(const(scene.start_time), world.timestamp),
        le(world.timestamp, const(scene.start_time + WEEKS)),
        eq(world.value, const(0)),
    ]
    if execution.function is not None:
        size = execution.result.entry.calldata.size
        wanted.append(eq(size, const(4 + 32 * len(execution.function.inputs))))
    return wanted


def callees_agree(terms: Iterable[Term]) -> list[Term]:
    """Return that no contract refuses an order."""
    found = []
    for node in postorder(terms):
        if node.op == "bvar" and str(node.data).endswith(".success"):
            found.append(node)
        elif node.op == "apply" and node.data.name.startswith(REFUSED):
            found.append(eq(node, const(0)))
    return found


def scriptable(trace: Trace, terms: Iterable[Term], scene: Scene) -> list[Term]:
    """Return that whoever is called or asked can be replaced, and is asked and answers briefly."""
    places = [const(one) for one in (*scene.callees, *STAND_INS)]
    found = []
    for entry in trace:
        if isinstance(entry, Call):
            claims = [le(size, const(LONGEST_ANSWER)) for size in (entry.data.size, entry.returndata.size)]
            claims.append(or_(*(eq(entry.target, place) for place in places)))
            found.append(implies(entry.condition, and_(*claims)))
    # A view is asked by properties too, where the contract itself may not ask.
    for node in postorder(terms):
        if node.op == "apply" and node.data.name.startswith((ANSWER, REFUSES)):
            found.append(or_(*(eq(node.args[0], place) for place in places)))
    return list(dict.fromkeys(found))


class World:
    """What the real contracts and the chain answer to what a model asks of them."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._answers = Answers(scene.chain, scene.instance.decoder)

    def known(self, terms: Iterable[Term], chainid: Term) -> list[Term]:
        """Return that whoever is asked is a deployed contract, and what they answer to constants."""
        chain = const(self._scene.chain.chain_id)
        found: dict[Term, None] = {}
        for node in postorder(terms):
            if node.op != "apply" or not (_answers(node.data) or is_codesize(node.data)):
                continue
            args = [chain if arg is chainid else arg for arg in node.args[1:]]
            callees = self._scene.callees_with(node.data.name.partition(":")[2])
            found[or_(*(eq(node.args[0], const(callee)) for callee in callees))] = None
            for callee in callees if all(arg.op == "const" for arg in args) else ():
                actual = self.actual(node.data, (callee, *(arg.data for arg in args)))
                if actual is not None:
                    found[eq(apply(node.data, const(callee), *args), const(actual))] = None
        return list(found)

    def facts(self, model: Model, terms: Sequence[Term]) -> list[Term]:
        """Return the facts that a model contradicts."""
        functions = {node.data for node in postorder(terms) if node.op == "apply"}
        found = []
        for function in sorted(functions, key=lambda one: one.name):
            table = model.functions.get(function.name)
            for arguments, value in (table.entries if table else {}).items():
                actual = self.actual(function, arguments)
                if actual is not None and actual != value:
                    found.append(eq(apply(function, *map(const, arguments)), const(actual)))
        return found

    def hashed(self, model: Model, terms: Sequence[Term]) -> list[Term]:
        """Return that what is hashed is what the model hashes.

        A solver takes hashes for numbers of its own choice. Once it is told one hash it hashes something else
        instead, for ever, unless what it hashes stays the same.
        """
        nodes = [node for node in postorder(terms) if node.op == "apply" and is_keccak(node.data)]
        free = list(dict.fromkeys(arg for node in nodes for arg in node.args if arg.op != "const"))
        return [eq(arg, const(value)) for arg, value in zip(free, model.evaluate(free), strict=True)]

    def speaks_of(self, function: Function) -> bool:
        """Say whether a function is the world's, the same in every call."""
        return function == BLOCKHASH or is_codesize(function) or _answers(function)

    def actual(self, function: Function, arguments: tuple[int, ...], number: int = 0) -> int | None:
        """Return what a function of the world really is, in block `number` (by default, the first).

        None for storage, for what nobody knows, and for what may be otherwise in other blocks.
        """
        try:
            if is_codesize(function):
                return len(self._scene.chain.code(arguments[0]))
            if function == BLOCKHASH:
                return block_hash(arguments[0], number or self._scene.start_number + 1)
            if is_keccak(function):
                return keccak_words(*arguments)
            if _answers(function):
                return self._answer(function, arguments)
        except (EvmError, OverflowError):  # no address: nobody is there to answer
            return None
        return None

    def _answer(self, function: Function, arguments: tuple[int, ...]) -> int | None:
        signature = function.name.partition(":")[2]
        refused = function.name.startswith(REFUSES)
        try:
            answer = self._answers.of(arguments[0], signature, arguments[1:])
        except Revert:
            return 1 if refused else None
        return 0 if refused else answer


class Sums:
    """The sums over mappings that a query speaks of."""

    def __init__(self, execution: Execution, scene: Scene, terms: Sequence[Term]) -> None:
        self._scene = scene
        nodes = postorder(terms)
        symbols = {node.data[0]: node for node in nodes if node.op == "var"}
        self._applied = [node for node in nodes if node.op == "apply"]
        self._sums = {
            name: (symbol, amount)
            for name, (symbol, amount) in execution.origin.sums.items()
            if name in symbols
        }

    def facts(self, model: Model) -> list[Term]:
        """Return what makes the sums those of the entries that the model knows, and perhaps some spare ones.

        Nothing where they are so already.
        """
        found: list[Term] = []
        apart = False
        for symbol, amount in self._sums.values():
            general = term_of(amount(number(any_key())))
            readers = readers_of(general)
            keys = self._keys(model, readers)
            shares = shares_of(amount, keys)
            if sum(model.evaluate(shares.values())) != model.value(symbol):
                apart = True
            every = shares | shares_of(amount, self._spare(keys))
            found.append(eq(symbol, combine(*((1, share) for share in every.values()))))
            found += self._closed(list(every), readers)
        return found if apart else []

    def _keys(self, model: Model, readers: Sequence[tuple[Function, int]]) -> list[int]:
        """Return the keys at which the model gives values to what is summed."""
        keys: dict[int, None] = {}
        for function, position in readers:
            table = model.functions.get(function.name)
            keys |= dict.fromkeys(arguments[position] for arguments in (table.entries if table else {}))
        return list(keys)

    def _spare(self, keys: Sequence[int]) -> list[int]:
        people = [person for person in self._scene.people if person not in keys]
        return [*people[-SPARE:], *range(FIRST_SPARE, FIRST_SPARE + SPARE)][:SPARE]

    def _closed(self, keys: Sequence[int], readers: Sequence[tuple[Function, int]]) -> Iterator[Term]:
        """Yield that every key of what is summed is one of `keys`."""
        terms = {
            node.args[position]: None
            for node in self._applied
            for function, position in readers
            if node.data == function
        }
        for term in terms:
            if term.op != "const":
                yield or_(*(eq(term, const(key)) for key in keys))


def shares_of(amount: Amount, keys: Iterable[int]) -> dict[int, Term]:
    """Return what the entries at these keys add to a sum; keys outside an array have no entry."""
    shares = {}
    for key in keys:
        with suppress(Inexact):
            shares[key] = term_of(amount(number(const(key))))
    return shares


def readers_of(general: Term) -> list[tuple[Function, int]]:
    """Return the functions that an amount reads, with which argument is the key."""
    key = any_key()
    return [
        (node.data, position)
        for node in postorder((general,))
        if node.op == "apply"
        for position, arg in enumerate(node.args)
        if arg is key
    ]


class Laws:
    """Instances of invariants at particular numbers, in the state before the call."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._schemes: dict[str, Scheme] = {}

    def instance(self, broken: Broken) -> Term:
        """Return that an invariant holds where it was found broken."""
        claim = broken.claim
        assert isinstance(claim, Invariant)
        scheme = self._schemes.get(claim.name)
        if scheme is None:
            scheme = self._schemes[claim.name] = Scheme(claim, self._execution.before)
        return scheme.claim([const(key) for key in broken.keys.values()])


def blocked(model: Model, terms: Sequence[Term]) -> Term:
    """Return that the model is another: some symbol, or function at the model's arguments, differs."""
    symbols = [node for node in postorder(terms) if node.op in ("var", "apply")]
    values = model.evaluate(symbols)
    return not_(and_(*(eq(term, const(value)) for term, value in zip(symbols, values, strict=True))))
