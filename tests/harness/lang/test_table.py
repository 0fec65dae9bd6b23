"""Concrete tables: total maps whose zero records are invisible."""

from harness.lang import ConcreteTable, record, total, unchanged


@record
class Account:
    amount: int = 0
    since: int = 0


EMPTY: ConcreteTable[Account] = ConcreteTable(Account())


def test_an_unwritten_key_holds_the_zero_record():
    assert EMPTY[7] == Account()


def test_writing_leaves_the_old_table_as_it_was():
    written = EMPTY.put(7, Account(amount=5))

    assert EMPTY[7] == Account()
    assert written[7] == Account(amount=5)


def test_writing_zero_equals_never_having_written():
    assert EMPTY.put(7, Account(amount=5)).put(7, Account()) == EMPTY


def test_total_sums_over_every_record():
    table = EMPTY.put(1, Account(amount=5)).put(2, Account(amount=8, since=3))
    assert total(table, lambda account: account.amount) == 13


def test_unchanged_notices_a_difference_on_either_side_and_honours_exceptions():
    table = EMPTY.put(1, Account(amount=5)).put(2, Account(amount=8))

    assert unchanged(table, table)
    assert not unchanged(table, table.put(1, Account(amount=6)))
    assert not unchanged(table, table.put(3, Account(since=1)))
    assert not unchanged(table.put(3, Account(since=1)), table)
    assert unchanged(table, table.put(1, Account(amount=6)), besides=[1])
