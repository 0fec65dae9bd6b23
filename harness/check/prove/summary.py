"""What the prover takes other contracts to do.

A view that the specification knows by signature answers one word that depends on its arguments only, or
refuses, where the code leaves all gas to it. Any other call may succeed or fail and return anything. That it
doesn't call back while the books are open is not assumed: see `reentry`.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.symbolic import pieces
from harness.symbolic.data import Data, Known, Unknown, choose
from harness.symbolic.entry import selector_of
from harness.symbolic.errors import Inexact
from harness.symbolic.trace import ALL_GAS, Call, Trace
from harness.symbolic.world import SIZE_MAX, Answer, Request
from harness.term.core import Function, Term, apply, bvar, const, eq, ite, var
from harness.term.linear import combine

REFUSED = "refused "
"""What the names of the functions begin with that say whether an order is refused, in `History`."""

MOST_ASKED = 4096
"""Questions of more bytes are all different to `History`."""

VIEWS_ANSWER = "views_answer"
"""The assumption (by name) that a known view answers one clean word that depends on its arguments only."""


def answer_function(signature: str, bits: int) -> Function:
    """Return the function that a view of another contract is: (target, arguments...) to its answer."""
    return Function(f"answer:{signature}", 1 + arity(signature), 0, 2**bits - 1)


def refusal_function(signature: str) -> Function:
    """Return the function that says whether a view refuses: 0 where it answers, 1 where it reverts."""
    return Function(f"refuses:{signature}", 1 + arity(signature), 0, 1)


def arity(signature: str) -> int:
    """Return how many one-word parameters a signature has."""
    return 0 if signature.endswith("()") else signature.count(",") + 1


class Callees:
    """Summaries of other contracts: known views, and anything at all.

    `run` tells the answers in one of several executions apart from those in the others. With `reentry`,
    whoever is called may have called back, and storage is arbitrary afterwards.
    """

    def __init__(self, views: Mapping[str, int], run: str = "", reentry: bool = False) -> None:
        self._run = run
        self._reentry = reentry
        self._views = {selector_of(signature): (signature, bits) for signature, bits in views.items()}

    def call(self, request: Request) -> Answer:
        """Say what the call does. Raises Inexact for code that would run on this contract's storage."""
        if request.kind in ("DELEGATECALL", "CALLCODE"):
            raise Inexact("code that is not known runs on this contract's storage")
        known = self._view(request)
        if known is not None:
            return known
        success, returndata = self._anything(request)
        return Answer(success, returndata, self._reentry and request.kind == "CALL")

    def _anything(self, request: Request) -> tuple[Term, Data]:
        """Return any success and any return data."""
        name = f"call{request.ordinal}{self._run}"
        return bvar(f"{name}.success"), anything(name)

    def _view(self, request: Request) -> Answer | None:
        selector = first_four(request.data)
        found = self._views.get(selector.data) if selector.op == "const" else None
        if found is None or request.kind != "STATICCALL" or request.gas is not const(ALL_GAS):
            return None
        signature, bits = found
        count = arity(signature)
        if request.data.size is not const(4 + 32 * count):
            return None
        words = (request.target, *(request.data.word(4 + 32 * place) for place in range(count)))
        answer = apply(answer_function(signature, bits), *words)
        answers = eq(apply(refusal_function(signature), *words), const(0))
        known = Known(pieces.of_words([answer]))
        returndata = choose(answers, known, self._anything(request)[1])
        return Answer(answers, returndata, assumptions=frozenset({VIEWS_ANSWER}))


class History(Callees):
    """Other contracts as functions of what they are asked, and of how many orders they were given before.

    Two executions that give the same orders are so given the same answers, by the same terms, whatever else
    the code does. Where orders differ these functions say nothing that is true, so whoever compares two
    executions has to show that they don't. `side` names the questions that are no whole number of words.
    """

    def __init__(self, views: Mapping[str, int], side: str, reentry: bool = False) -> None:
        super().__init__(views, side, reentry)
        self.asked: list[Request] = []
        """What was asked of others, in the order of the code, but for known views."""

    def call(self, request: Request) -> Answer:
        """Say what the call does, and note it. Raises Inexact as `Callees` does."""
        if self._view(request) is None:
            self.asked.append(request)
        return super().call(request)

    def _anything(self, request: Request) -> tuple[Term, Data]:
        size = request.data.size
        if size.op != "const" or size.data > MOST_ASKED:
            return super()._anything(request)
        head = size.data % 32
        words = [pieces.number(request.data.read(0, head))] if head else []
        words += [request.data.word(place) for place in range(head, size.data, 32)]
        asked = (orders(request.earlier), request.target, request.value, request.gas, *words)
        name = f"{request.kind} with {size.data} bytes"
        refused = apply(Function(f"{REFUSED}{name}", len(asked), 0, 1), *asked)
        length = apply(Function(f"answered {name}", len(asked), 0, SIZE_MAX), *asked)
        content = Function(f"returned {name}", len(asked) + 1)
        return eq(refused, const(0)), Unknown(content, length, asked)


def orders(earlier: Trace) -> Term:
    """Return how many calls that may change something are in a trace."""
    made = [one.condition for one in earlier if isinstance(one, Call) and one.kind != "STATICCALL"]
    return combine(*((1, ite(condition, const(1), const(0))) for condition in made))


def anything(name: str) -> Data:
    """Return arbitrary bytes of arbitrary size; `name` tells different ones apart."""
    return Unknown(Function(f"{name}.returndata", 1), var(f"{name}.size", 0, SIZE_MAX))


def first_four(found: Data) -> Term:
    """Return the first four bytes as a number."""
    return pieces.number(found.read(0, 4))
