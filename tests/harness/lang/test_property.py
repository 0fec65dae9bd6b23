"""Declaring properties: names, sentences, domains, and mistakes caught at import."""

from types import ModuleType

import pytest

from harness.lang import ADDRESSES, Address, Invariant, Prop, collect, invariant, rule


@invariant(kills="some_mutant")
def holds_for_everyone(pool: object, who: Address) -> Prop:
    """Everyone is fine.

    Or so it seems.
    """
    return who == who


def test_an_invariant_carries_its_sentence_reason_domain_and_mutant():
    assert holds_for_everyone.name == "holds_for_everyone"
    assert holds_for_everyone.sentence == "Everyone is fine."
    assert holds_for_everyone.reason == "Or so it seems."
    assert holds_for_everyone.quantified == (("who", ADDRESSES),)
    assert holds_for_everyone.kills == ("some_mutant",)
    assert holds_for_everyone(None, 3) is True


def test_a_rules_undomained_parameters_are_its_functions_arguments():
    @rule("pay")
    def pays(before: object, call: object, after: object, amount: int, who: Address) -> Prop:
        """Pays."""
        return True

    assert pays.parameters == (("amount", None), ("who", ADDRESSES))
    assert pays.quantified == (("who", ADDRESSES),)
    assert pays.functions == ("pay",)


def test_an_invariant_over_a_parameter_without_a_domain_is_refused():
    with pytest.raises(TypeError, match="annotate `who` with a domain"):

        @invariant()
        def claim(pool: object, who: int) -> Prop:
            """Claims."""
            return True


def test_a_property_without_a_sentence_is_refused():
    with pytest.raises(TypeError, match="needs a docstring"):

        @invariant()
        def claim(pool: object) -> Prop:
            return True


def test_two_properties_of_one_name_are_refused():
    @invariant(kills="other")
    def holds_for_everyone(pool: object, who: Address) -> Prop:
        """A namesake."""
        return True

    first, second = ModuleType("first"), ModuleType("second")
    first.claim = globals()["holds_for_everyone"]
    second.claim = holds_for_everyone
    with pytest.raises(ValueError, match="two properties are called `holds_for_everyone`"):
        collect(Invariant, [first, second])
