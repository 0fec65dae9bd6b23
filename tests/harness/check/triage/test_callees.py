"""Contracts that stand in for others do what they are told."""

from __future__ import annotations

from harness.check.triage.callees import Line, make_accepting, script
from harness.evm import Chain

HERE, CALLER = 0x5C41_0000, 0xACC1
REFUSES = bytes.fromhex("5f5ffd")
STORES_ONE = bytes.fromhex("60015f555f5ff3")


def test_a_script_answers_each_question_as_written_and_refuses_any_other() -> None:
    chain = Chain()
    lines = [Line(b"ask!" + bytes(32), True, b"\x07".rjust(32, b"\0")), Line(b"pay!", False, b"no" * 40)]
    chain.set_code(HERE, script(lines))

    answered = chain.call(CALLER, HERE, lines[0].calldata)
    refused = chain.call(CALLER, HERE, lines[1].calldata)
    unknown = chain.call(CALLER, HERE, b"else")

    assert (answered.success, answered.output) == (True, lines[0].output)
    assert (refused.success, refused.output) == (False, lines[1].output)
    assert (unknown.success, unknown.output) == (False, b"")


def test_an_accepting_contract_takes_orders_but_answers_questions_as_before() -> None:
    chain = Chain()
    chain.set_code(HERE, REFUSES)

    make_accepting(chain, [HERE])

    assert chain.call(CALLER, HERE, b"pay!").output == (1).to_bytes(32, "big")
    assert not chain.call(CALLER, HERE, b"ask!", static=True).success


def test_what_an_accepting_contract_takes_changes_nothing() -> None:
    chain = Chain()
    chain.set_code(HERE, STORES_ONE)

    make_accepting(chain, [HERE])

    assert chain.call(CALLER, HERE, b"pay!").success
    assert chain.read(HERE, 0) == 0
