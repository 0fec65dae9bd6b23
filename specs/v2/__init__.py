"""The second pool: what is true of `contracts/v2`."""

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
from specs.common.hints import Lottery, seat_hints
from specs.common.resolver import VIEWS
from specs.common.taiko_token import TAIKO_TOKEN
from specs.common.token import ONE_TKO
from specs.v2 import figures, invariants, model, rules, scenarios
from specs.v2.state import BEFORE_INIT, CONSTANTS, Pool

PREMINT = 10**8 * ONE_TKO
"""Base units that everybody has at first: forty of them don't exceed the type of one amount."""

SPEC = Spec(
    name="v2",
    title="ProverPool2, second generation",
    model=Model(
        state=Pool,
        initial=BEFORE_INIT,
        transitions=transitions_of(essential, seat_moves, model),
        constants=CONSTANTS,
        ghosts=("burned", "minted", "slashed"),
        ghost=model.ledgers,
    ),
    invariants=collect(Invariant, [essential_invariants, seat_invariants, invariants]),
    rules=collect(Rule, [essential_rules, money_rules, seat_rules, seat_protocol_rules, rules]),
    relations=collect(Relation, [scenarios]),
    scenarios=collect(Scenario, [seat_scenarios, scenarios]),
    assumptions=ASSUMPTIONS,
    deployment=pool_deployment(PREMINT),
    views=VIEWS,
    companions=(TAIKO_TOKEN,),
    hints=seat_hints(
        Pool, lottery=Lottery("provers", lambda prover: prover.staked_amount * prover.current_capacity)
    ),
    figures=figures.FIGURES,
)
