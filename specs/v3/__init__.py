"""The third pool: what is true of `contracts/v3`."""

from __future__ import annotations

from harness.lang import Invariant, Model, Relation, Rule, Scenario, Spec, collect, transitions_of
from specs.assumptions import ASSUMPTIONS
from specs.common import (
    essential,
    essential_invariants,
    essential_rules,
    money_rules,
    seat_invariants,
    seat_moves,
    seat_protocol_rules,
    seat_rules,
    seat_scenarios,
)
from specs.common.deployment import pool_deployment
from specs.common.hints import seat_hints
from specs.common.resolver import VIEWS
from specs.common.taiko_token import TAIKO_TOKEN
from specs.v3 import invariants, model, protocol_rules, rules, scenarios
from specs.v3.figures import FIGURES
from specs.v3.state import BEFORE_INIT, CONSTANTS, Pool

PREMINT = 10**17
RICHEST = 10**18
"""Base units that most, and ten, have at first: together they don't exceed the type of one amount."""

SPEC = Spec(
    name="v3",
    title="ProverPool, third generation",
    model=Model(
        state=Pool,
        initial=BEFORE_INIT,
        transitions=transitions_of(essential, seat_moves, model),
        constants=CONSTANTS,
        ghosts=("burned", "minted", "slashed"),
        ghost=model.ledgers,
    ),
    invariants=collect(Invariant, [essential_invariants, seat_invariants, invariants]),
    rules=collect(
        Rule, [essential_rules, money_rules, seat_rules, seat_protocol_rules, rules, protocol_rules]
    ),
    relations=collect(Relation, [scenarios]),
    scenarios=collect(Scenario, [seat_scenarios, scenarios]),
    assumptions=ASSUMPTIONS,
    deployment=pool_deployment(PREMINT, RICHEST),
    views=VIEWS,
    companions=(TAIKO_TOKEN,),
    hints=seat_hints(Pool),
    figures=FIGURES,
)
