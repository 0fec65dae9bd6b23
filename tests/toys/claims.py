"""Small specifications, made where they are needed, and what the prover says of one of their claims."""

from __future__ import annotations

from typing import Any

from harness.check.prove.prover import Limits
from harness.check.prove.run import Options, prove
from harness.check.verdict import Verdict
from harness.compiler import Artifact
from harness.lang import Invariant, Model, Relation, Rule, Scenario, Spec


def spec(start: Any, *claims: Invariant | Rule | Relation | Scenario, **more: Any) -> Spec[Any]:
    """Return a specification that claims these, of states like `start`; `ghost` is the model's."""
    ghosts, ghost = more.pop("ghosts", ()), more.pop("ghost", None)
    return Spec(
        name="trap",
        title="trap",
        model=Model(state=type(start), initial=start, transitions=(), ghosts=ghosts, ghost=ghost),
        invariants=tuple(one for one in claims if isinstance(one, Invariant)),
        rules=tuple(one for one in claims if isinstance(one, Rule)),
        relations=tuple(one for one in claims if isinstance(one, Relation)),
        scenarios=tuple(one for one in claims if isinstance(one, Scenario)),
        **more,
    )


def verdict(artifact: Artifact, claims: Spec[Any], name: str, function: str) -> Verdict:
    """Return what the prover says of one property at one place."""
    options = Options(limits=Limits(seconds=20))
    [found] = [
        one for one in prove(claims, artifact, options) if (one.property, one.function) == (name, function)
    ]
    return found
