"""Boolean terms: conjunction, negation and what they absorb.

Disjunction is the negation of a conjunction of negations, so there is one
normal form for both. A conjunction is flat, sorted by id, free of duplicates,
of complementary pairs, and of comparisons that its other comparisons decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from harness.term.facts import Facts, facts_of
from harness.term.node import FALSE, TRUE, Term, make, memo
from harness.term.ranges import Range, literal_range
from harness.term.touch import asked_bits, condition_bit

FLATTEN_LIMIT = 128
"""A nested conjunction with more members than this stays nested."""

_negations: dict[Term, Term] = memo()
_choices: dict[tuple[Term, Term, Term], Term] = memo()
_conjunctions: dict[tuple[Term, ...], Term] = memo()


def not_(p: Term) -> Term:
    """Return the negation of `p`."""
    if p.op == "not":
        return p.args[0]
    negated = _negations.get(p)
    if negated is None:
        if p is TRUE:
            negated = FALSE
        elif p is FALSE:
            negated = TRUE
        else:
            negated = make("not", (p,), boolean=True)
        _negations[p] = negated
    return negated


def and_(*terms: Term) -> Term:
    """Return the conjunction of boolean terms (TRUE of none)."""
    result = _conjunctions.get(terms)
    if result is None:
        result = _conjunctions[terms] = _conjunction(terms)
    return result


def _conjunction(terms: tuple[Term, ...]) -> Term:
    members = _flat(terms)
    opened = [term for term in terms if _opens(term)]
    while len(members) > 1:
        reduced = _reduced(members, opened)
        if reduced is None:
            break
        members, opened = reduced, []
    if FALSE in members:
        return FALSE
    if len(members) < 2:
        return next(iter(members), TRUE)
    return make("and", tuple(sorted(members, key=attrgetter("id"))), boolean=True)


def some_of(members: Sequence[Term]) -> Term:
    """Return the conjunction of some members of one, in its order: they leave each other as they are."""
    if len(members) < 2:
        return members[0] if members else TRUE
    return make("and", tuple(members), boolean=True)


def or_(*terms: Term) -> Term:
    """Return the disjunction of boolean terms (FALSE of none)."""
    return not_(and_(*map(not_, terms)))


def implies(p: Term, q: Term) -> Term:
    """Return ``p => q``."""
    return not_(and_(p, not_(q)))


def iff(p: Term, q: Term) -> Term:
    """Return ``p <=> q``."""
    positive = True
    if p.op == "not":
        p, positive = p.args[0], not positive
    if q.op == "not":
        q, positive = q.args[0], not positive
    if p is q:
        return TRUE if positive else FALSE
    for one, other in ((p, q), (q, p)):
        if one is TRUE or one is FALSE:
            return other if (one is TRUE) == positive else not_(other)
    if q.id < p.id:
        p, q = q, p
    term = make("iff", (p, q), boolean=True)
    return term if positive else not_(term)


def xor(p: Term, q: Term) -> Term:
    """Return whether exactly one of `p` and `q` holds."""
    return not_(iff(p, q))


def choose(c: Term, p: Term, q: Term) -> Term:
    """Return ``p if c else q`` for boolean `p` and `q`."""
    if c.op == "not":
        c, p, q = c.args[0], q, p
    if c is TRUE or p is q:
        return p
    if c is FALSE:
        return q
    key = (c, p, q)
    result = _choices.get(key)
    if result is None:
        result = _choice(c, assume(p, facts_of(c)), assume(q, facts_of(not_(c))))
        _choices[key] = result
    return result


def _choice(c: Term, p: Term, q: Term) -> Term:
    """Build ``p if c else q``, whose arms know the condition already."""
    if p is q:
        return p
    if p is TRUE:
        return or_(c, q)
    if p is FALSE:
        return and_(not_(c), q)
    if q is TRUE:
        return or_(not_(c), p)
    if q is FALSE:
        return and_(c, p)
    if p is not_(q):
        return iff(c, p)
    if p.op == "not":
        return not_(make("ite", (c, p.args[0], not_(q)), boolean=True))
    return make("ite", (c, p, q), boolean=True)


def assume(p: Term, facts: Facts) -> Term:
    """Return a term equal to `p` wherever the facts hold, simplified near its top."""
    decided = facts.decide(p)
    if decided is not None:
        return TRUE if decided else FALSE
    if not facts.about & asked_bits(p):
        return p
    if p.op == "and":
        return some_of([member for member in p.args if facts.decide(member) is not True])
    if p.op == "not":
        return not_(assume(p.args[0], facts))
    if p.op == "ite":
        chosen = facts.decide(p.args[0])
        if chosen is not None:
            return assume(p.args[1] if chosen else p.args[2], facts)
    return p


def _flat(terms: tuple[Term, ...]) -> dict[Term, None]:
    """Return the distinct members of a conjunction, nested conjunctions opened."""
    members: dict[Term, None] = {}
    for term in terms:
        if _opens(term):
            members.update(dict.fromkeys(term.args))
        elif term is not TRUE:
            members[term] = None
    return members


def _opens(term: Term) -> bool:
    """Say whether a member of a conjunction is replaced by its own members."""
    return term.op == "and" and len(term.args) <= FLATTEN_LIMIT


def _reduced(members: dict[Term, None], opened: Sequence[Term]) -> dict[Term, None] | None:
    """Return `members` simplified once against each other; None if there is nothing to do.

    Those of an `opened` conjunction are known to leave each other as they are.
    """
    for term in members:
        if term is FALSE or (term.op == "not" and term.args[0] in members):
            return {FALSE: None}
    compound = _unsettled([term for term in members if _is_compound(term)], members, opened)
    if compound:
        # A compound member is among the facts it is simplified with; that proves nothing
        # about its own parts, because `assume` looks only at strict subterms of it.
        facts = Facts(members)
        for term in compound:
            part = term.args[0] if term.op == "not" else term
            smaller = _assume_inside(part, facts)
            if smaller is not part:
                del (rest := dict(members))[term]
                return _flat((*rest, not_(smaller) if term.op == "not" else smaller))
    return _without_implied(members)


def _unsettled(compound: list[Term], members: dict[Term, None], opened: Sequence[Term]) -> list[Term]:
    """Return the compound members of which others may decide something.

    What was in a conjunction already, its other members left as it is: only those outside count.
    """
    if not compound:
        return compound
    said = twice = 0
    for member in members:
        bit = condition_bit(member)
        twice |= said & bit
        said |= bit
    news: dict[Term, int] = {}
    for conjunction in opened:
        bits = 0
        for member in members.keys() - conjunction.args:
            bits |= condition_bit(member)
        for member in conjunction.args:
            news.setdefault(member, bits)
    others = ((term, said & ~condition_bit(term) | twice) for term in compound)
    return [term for term, bits in others if news.get(term, bits) & asked_bits(term)]


def _is_compound(term: Term) -> bool:
    return term.op == "ite" or (term.op == "not" and term.args[0].op in ("and", "ite"))


def _assume_inside(term: Term, facts: Facts) -> Term:
    """Simplify an `and` or `ite` by what the facts say about its immediate parts."""
    if term.op == "ite":
        chosen = facts.decide(term.args[0])
        return term if chosen is None else term.args[1 if chosen else 2]
    decisions = [facts.decide(member) for member in term.args]
    if False in decisions:
        return FALSE
    if True not in decisions:
        return term
    return some_of([m for m, decided in zip(term.args, decisions, strict=True) if decided is None])


def _without_implied(members: dict[Term, None]) -> dict[Term, None] | None:
    """Drop comparisons that others of the same linear form imply; FALSE where they exclude each other."""
    groups: dict[object, list[tuple[Term, Range]]] = {}
    for term in members:
        entry = literal_range(term)
        if entry is not None:
            groups.setdefault(entry[0], []).append((term, entry[1]))
    dropped: set[Term] = set()
    for group in groups.values():
        if len(group) > 1:
            for index, (term, own) in enumerate(group):
                others = Range()
                for position, (other, given) in enumerate(group):
                    if position != index and other not in dropped:
                        others = others.meet(given)
                if others.meet(own).empty():
                    return {FALSE: None}
                if others.inside(own):
                    dropped.add(term)
    if not dropped:
        return None
    return {term: None for term in members if term not in dropped}
