"""A product that is computed in a narrow type although it is divided afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from slither.core.declarations import Contract
from slither.slithir.operations import Binary, BinaryType

from harness.audit.detectors.base import MEDIUM, Info, PoolDetector, own_functions
from harness.audit.detectors.flow import Flow

_WORD_BITS = 256


class NarrowMultiplication(PoolDetector):
    """Multiplications in fewer than 256 bits whose product is then divided."""

    ARGUMENT = "pool-narrow-multiplication"
    HELP = "Multiplication in a narrow type before a division"
    IMPACT = MEDIUM
    CONFIDENCE = MEDIUM
    WIKI_TITLE = "Multiplication in a narrow type before a division"
    WIKI_DESCRIPTION = (
        "In `amount * POINTS / 10_000` the product takes the wider type of its factors. In a narrow type it "
        "overflows for amounts whose quotient would fit: the call reverts, or wraps in an `unchecked` block."
    )
    WIKI_EXPLOIT_SCENARIO = (
        "A staker with more than `type(uint64).max / 25` base units cannot be slashed: every attempt reverts."
    )
    WIKI_RECOMMENDATION = "Widen one factor first: `uint256(amount) * POINTS / 10_000`."

    def findings(self, contract: Contract) -> Iterator[Info]:
        """Yield the divisions in `contract` whose dividend is a narrow product."""
        for function in own_functions(contract):
            flow = Flow(function)
            for node, operation in flow.operations:
                if isinstance(operation, Binary) and operation.type is BinaryType.DIVISION:
                    bits = _narrow_product(operation.variable_left, flow)
                    if bits:
                        yield [function, f" divides a product computed in {bits} bits:\n\t- ", node, "\n"]


def _narrow_product(dividend: object, flow: Flow) -> int:
    """Return the bits of the product that `dividend` is, or 0 if it is none or a full word."""
    product = flow.source(dividend)
    operation = flow.definition(product)
    if not isinstance(operation, Binary) or operation.type is not BinaryType.MULTIPLICATION:
        return 0
    bits = max(flow.width(operation.variable_left), flow.width(operation.variable_right))
    return bits if bits < _WORD_BITS else 0
