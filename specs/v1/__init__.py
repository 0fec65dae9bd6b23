"""The first pool: what is true of `contracts/v1`."""

from __future__ import annotations

from harness.lang import Invariant, Model, Relation, Rule, Scenario, Spec, collect, transitions_of
from specs.assumptions import ASSUMPTIONS
from specs.common import essential, essential_invariants, essential_rules, money_rules
from specs.common.deployment import pool_deployment
from specs.common.hints import Entry, Lottery, pool_hints
from specs.common.resolver import VIEWS
from specs.common.taiko_token import TAIKO_TOKEN
from specs.common.token import ONE_TKO
from specs.v1 import figures, invariants, limitations, model, protocol_rules, rules, scenarios
from specs.v1.state import BEFORE_INIT, CONSTANTS, LEAST_CAPACITY, NUMBER_OF_SLOTS, Pool

PREMINT = 10**8 * ONE_TKO
"""Base units that everybody has at first: forty of them don't exceed the type of one amount."""

SPEC = Spec(
    name="v1",
    title="ProverPool, first generation",
    model=Model(
        state=Pool,
        initial=BEFORE_INIT,
        transitions=transitions_of(essential, model),
        constants=CONSTANTS,
        ghosts=("burned", "minted", "slashed"),
        ghost=model.ledgers,
    ),
    invariants=collect(Invariant, [essential_invariants, invariants]),
    rules=collect(Rule, [essential_rules, money_rules, rules, protocol_rules]),
    relations=collect(Relation, [scenarios]),
    scenarios=collect(Scenario, [scenarios]),
    assumptions=ASSUMPTIONS,
    deployment=pool_deployment(PREMINT),
    limitations=(limitations.capacity_is_what_was_declared_at_most, limitations.mature_exit_is_out_of_reach),
    views=VIEWS,
    companions=(TAIKO_TOKEN,),
    hints=pool_hints(
        "exiting_provers",
        "requested_at",
        entry=Entry(
            amount="totalAmount",
            capacity="capacity",
            provers="top_provers",
            places=NUMBER_OF_SLOTS,
            stake_of=lambda prover: prover.amount,
            least=LEAST_CAPACITY,
        ),
        lottery=Lottery("top_provers", lambda prover: prover.amount if prover.current_capacity else 0),
    ),
    figures=figures.FIGURES,
)
