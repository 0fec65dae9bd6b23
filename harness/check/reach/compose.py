"""One execution after another: post-states composed by substitution.

Each way in is executed once, from arbitrary storage. To make it the next call of a sequence, what it reads
is replaced by what the sequence has stored so far. Since the sequence began with known words, most
conditions are decided on the way, and what hangs on the other branch is never even looked at.
"""

from __future__ import annotations

from collections.abc import Callable

from harness.term.core import FALSE, TRUE, Function, Term
from harness.term.substitute import rebuild

Replace = Callable[[Term], Term]
Apply = Callable[[Function, tuple[Term, ...]], Term]

_LEAVES = ("const", "true", "false")


class Substitution:
    """Replaces symbols by `replace` and applications by `apply`, in as much of a term as matters."""

    def __init__(self, replace: Replace, apply: Apply) -> None:
        self._replace = replace
        self._apply = apply
        self._done: dict[Term, Term] = {}

    def __call__(self, root: Term) -> Term:
        """Return the term that `root` becomes."""
        done = self._done
        waiting = [root]
        while waiting:
            node = waiting[-1]
            if node in done:
                waiting.pop()
                continue
            missing = self._step(node)
            if missing is not None:
                waiting.append(missing)
        return done[root]

    def _step(self, node: Term) -> Term | None:
        """Finish `node`, or return what must be finished first."""
        done = self._done
        if node.op in _LEAVES:
            done[node] = node
        elif node.op in ("var", "bvar"):
            done[node] = self._replace(node)
        elif node.op == "ite":
            return self._choice(node)
        else:
            for arg in node.args:
                found = done.get(arg)
                if found is None:
                    return arg
                if found is FALSE and node.op == "and":
                    done[node] = FALSE
                    return None
            args = tuple([done[arg] for arg in node.args])
            done[node] = self._apply(node.data, args) if node.op == "apply" else rebuild(node, args)
        return None

    def _choice(self, node: Term) -> Term | None:
        condition, then, other = node.args
        decided = self._done.get(condition)
        if decided is None:
            return condition
        arms = (then,) if decided is TRUE else (other,) if decided is FALSE else (then, other)
        for arm in arms:
            if arm not in self._done:
                return arm
        if len(arms) == 1:
            self._done[node] = self._done[arms[0]]
        else:
            self._done[node] = rebuild(node, (decided, self._done[then], self._done[other]))
        return None
