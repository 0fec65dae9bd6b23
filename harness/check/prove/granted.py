"""What the prover itself takes for granted, or proves of every contract: reports explain it by name."""

from __future__ import annotations

from harness.check.prove.build import CALLDATA_IS_CHECKED, CALLEES_HAVE_CODE, IN_BOUNDS
from harness.check.prove.deployment import LOCKED
from harness.check.prove.reentry import BOOKS_CLOSED
from harness.check.prove.summary import VIEWS_ANSWER
from harness.check.prove.undisturbed import ENOUGH_GAS, NOT_REENTERED
from harness.check.prove.vacuity import EFFECTS
from harness.lang import Assumption
from harness.symbolic.decoding import CONSTANT_SLOTS, KECCAK, LONG_ARRAYS
from harness.symbolic.operands import GAS
from harness.symbolic.world import NO_REENTRY

PADDING = "padding_is_zero"
"""The assumption (by name) that bits of storage that belong to no variable are zero."""

MODELLING = (
    Assumption(
        name=VIEWS_ANSWER,
        sentence="A view that the specification knows answers one clean word that depends on its arguments "
        "only, or refuses.",
        reason="What other contracts hold is not part of the proof; within one call it does not change.",
        discharged_by="the campaign, which runs the real contracts; a stranger contract in their place is "
        "the owner's choice",
    ),
    Assumption(
        name=CALLEES_HAVE_CODE,
        sentence="The contracts that are called exist: no call fails without a word because one does not.",
        reason="A call of an address without code succeeds on the EVM and does nothing; Solidity checks for "
        "it where it expects an answer.",
        discharged_by="the deployment, and the owner, who names the contracts",
    ),
    Assumption(
        name=NOT_REENTERED,
        sentence="While a call that a rule, a relation or a scenario describes waits for another contract, "
        "nobody calls this one; nor does such a call come while another one waits.",
        reason="They say what a call does by itself; what a callee does that calls back comes on top, and "
        "meets what holds only between calls (a guard) otherwise. That this keeps the invariants is proved, "
        "and not assumed.",
        discharged_by="who the callees are: the specification's assumptions about them, and the campaign",
    ),
    Assumption(
        name=ENOUGH_GAS,
        sentence="A call that a rule, a relation, a scenario or a comparison describes has the gas that it "
        "needs, and so have the calls that it makes and leaves all gas to.",
        reason="A call without fails, whatever is said of its success, and changes nothing.",
        discharged_by="the caller, who chooses the gas; no invariant rests on it",
    ),
    Assumption(
        name=KECCAK,
        sentence="keccak256 is injective, and its values lie far apart and far from small numbers.",
        reason="Mappings, arrays and namespaces live at hashes: a collision would make two fields one.",
        discharged_by="keccak256's 128 bits of collision resistance",
    ),
    Assumption(
        name=CONSTANT_SLOTS,
        sentence="A large constant slot that the layout does not name is no element of a mapping or array.",
        reason="Such constants are hashes of names (ERC-1967); a key that hashes to one is a collision.",
        discharged_by="keccak256's collision resistance, where the constant is such a hash",
    ),
    Assumption(
        name=LONG_ARRAYS,
        sentence="No dynamic array in storage is so long that it reaches another variable.",
        reason="Elements lie from a hash on; that each is pushed by itself, and so paid for, is proved.",
        discharged_by="the gas that so many pushes would cost",
    ),
    Assumption(
        name=NO_REENTRY,
        sentence="While a contract that is called has control, it does not call back.",
        reason="A model, and a comparison of two contracts, tells what a call does by itself.",
        discharged_by=f"the proof of `{BOOKS_CLOSED}`: who calls back meets a state that is final",
    ),
    Assumption(
        name=PADDING,
        sentence="Bits of storage words that belong to no variable are zero.",
        reason="One compiler's code keeps them, another's clears them; two layouts have them elsewhere.",
        discharged_by="blank storage at deployment, and the comparison, which shows that both leave zeros",
    ),
    Assumption(
        name=GAS,
        sentence="No call has the gas for 16 MiB of memory: such a call fails.",
        reason="An address beyond that is not followed.",
        discharged_by="the EVM's quadratic price of memory, and every chain's limit of gas in a block",
    ),
)
"""The modelling decisions that a proof may rest on, besides a specification's own assumptions."""

BUILT_IN = {
    IN_BOUNDS: "Every access to an array in storage stays within the array that the layout says is there.",
    CALLDATA_IS_CHECKED: "A call succeeds only with calldata that the ABI describes, and no value.",
    BOOKS_CLOSED: "Nothing that the invariants speak of is written after another contract was called.",
    EFFECTS: "Success, each event and each call of another contract is possible where the invariants hold.",
    LOCKED: "Nobody can initialise the implementation behind the proxy, as its constructor leaves it.",
}
"""The properties that are proved of every contract, whatever its specification says, by name."""
