"""A naive meaning of every term operation, independent of the term layer, and random programs over it.

A program is a list of instructions; each picks an operation and earlier values
(by index, so that values are shared and meet again). `run` builds it through the
smart constructors and computes it on plain ints, and returns both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from harness.term import core, integer, pack, word
from harness.term.core import Function, Term

W = 1 << 256
HALF = 1 << 255

BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "bit": (0, 1),
    "index": (0, 31),
    "byte": (0, 255),
    "half": (0, 2**16 - 1),
    "small": (0, 2**32 - 1),
    "amount": (0, 2**64 - 1),
    "stake": (0, 2**64 - 1),
    "address": (0, 2**160 - 1),
    "word": (0, W - 1),
    "other": (0, W - 1),
    "signed": (-9, 7),
    "integer": (None, None),
    "above": (3, None),
}
SYMBOLS = {name: core.var(name, lo, hi) for name, (lo, hi) in BOUNDS.items()}
FLAGS = {name: core.bvar(name) for name in ("p", "q", "r")}
SMALL = {"u": core.var("u", 0, 12), "v": core.var("v", -3, 4)}
SMALL_FLAGS = {"p": core.bvar("p")}
EVERYTHING_SMALL = [{"u": u, "v": v, "p": p} for u in range(13) for v in range(-3, 5) for p in (False, True)]
"""All environments of the small world: 208."""
F = Function("f", 1, 0, 2**64 - 1)
EDGES = sorted(
    {0, 1, 2, 3, 5, 7, 10, 31, 32, 10**8, HALF - 1, HALF, HALF + 1, W - 2, W - 1}
    | {2**k + d for k in (4, 8, 16, 31, 32, 64, 96, 128, 160, 192, 248) for d in (-1, 0, 1)}
)


def is_word(term: Term) -> bool:
    """Say whether bounds show an EVM word."""
    return term.lo is not None and term.lo >= 0 and term.hi is not None and term.hi < W


def f(x: int) -> int:
    """Give the uninterpreted function some meaning with collisions."""
    return (x * 7 + 3) % 2**64 if x % 3 else x % 5


def signed(x: int) -> int:
    return x - W if x >= HALF else x


def truncated(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def extended(k: int, x: int) -> int:
    if k > 30:
        return x
    width = 8 * (k + 1)
    low = x % 2**width
    return (low - 2**width) % W if low >> (width - 1) else low


INTEGER: dict[str, tuple[int, Callable[..., Term], Callable[..., int]]] = {
    "iadd": (2, integer.iadd, lambda a, b: a + b),
    "isub": (2, integer.isub, lambda a, b: a - b),
    "ineg": (1, integer.ineg, lambda a: -a),
    "imul": (2, integer.imul, lambda a, b: a * b),
    "idiv": (2, integer.idiv, lambda a, b: a // b if b else 0),
    "imod": (2, integer.imod, lambda a, b: a % b if b else 0),
    "imin": (2, integer.imin, min),
    "imax": (2, integer.imax, max),
}

WORD: dict[str, tuple[int, Callable[..., Term], Callable[..., int]]] = {
    "add": (2, word.add, lambda a, b: (a + b) % W),
    "sub": (2, word.sub, lambda a, b: (a - b) % W),
    "mul": (2, word.mul, lambda a, b: a * b % W),
    "div": (2, word.div, lambda a, b: a // b if b else 0),
    "sdiv": (2, word.sdiv, lambda a, b: truncated(signed(a), signed(b)) % W if b else 0),
    "mod": (2, word.mod, lambda a, b: a % b if b else 0),
    "smod": (
        2,
        word.smod,
        lambda a, b: (signed(a) - signed(b) * truncated(signed(a), signed(b))) % W if b else 0,
    ),
    "addmod": (3, word.addmod, lambda a, b, n: (a + b) % n if n else 0),
    "mulmod": (3, word.mulmod, lambda a, b, n: a * b % n if n else 0),
    "signextend": (2, word.signextend, extended),
    "lt": (2, word.lt, lambda a, b: int(a < b)),
    "gt": (2, word.gt, lambda a, b: int(a > b)),
    "slt": (2, word.slt, lambda a, b: int(signed(a) < signed(b))),
    "sgt": (2, word.sgt, lambda a, b: int(signed(a) > signed(b))),
    "eq": (2, word.eq, lambda a, b: int(a == b)),
    "iszero": (1, word.iszero, lambda a: int(a == 0)),
    "and": (2, word.and_, lambda a, b: a & b),
    "or": (2, word.or_, lambda a, b: a | b),
    "xor": (2, word.xor, lambda a, b: a ^ b),
    "not": (1, word.not_, lambda a: a ^ (W - 1)),
    "byte": (2, word.byte, lambda i, x: x >> 8 * (31 - i) & 255 if i < 32 else 0),
    "shl": (2, word.shl, lambda s, x: x << s & (W - 1) if s < 256 else 0),
    "shr": (2, word.shr, lambda s, x: x >> s if s < 256 else 0),
    "sar": (2, word.sar, lambda s, x: (signed(x) >> min(s, 256)) % W),
}


@dataclass
class Machine:
    """A program's values so far: terms, and for each assignment the plain values."""

    environments: Sequence[dict[str, int]]
    small: bool = False

    def __post_init__(self) -> None:
        numbers, flags = (SMALL, SMALL_FLAGS) if self.small else (SYMBOLS, FLAGS)
        self.numbers = [self._symbol(name, term) for name, term in numbers.items()]
        self.truths = [self._symbol(name, term) for name, term in flags.items()]
        self.words = [self._symbol(term.data[0], term) for term in numbers.values() if is_word(term)]

    def _symbol(self, name: str, term: Term) -> tuple[Term, list[int]]:
        return term, [env[name] for env in self.environments]

    def constant(self, index: int) -> tuple[Term, list[int]]:
        if self.small:
            number = index % 16
        else:
            number = index // 2 % 12 if index % 2 else EDGES[index // 2 % len(EDGES)]
        return core.const(number), [number] * len(self.environments)

    def pick(self, pool: list[tuple[Term, list[int]]], index: int) -> tuple[Term, list[int]]:
        """Pick from the pool, the latest values first; every third index is a constant."""
        if pool is not self.truths and index % 3 == 0:
            return self.constant(index // 3)
        return pool[-1 - index // 3 % len(pool)]

    def number_step(self, op: str, a: int, b: int) -> None:
        arity, build, naive = INTEGER[op]
        picked = [self.pick(self.numbers, index) for index in (a, b)[:arity]]
        self._push(self.numbers, picked, build, naive)

    def word_step(self, op: str, *indices: int) -> None:
        arity, build, naive = WORD[op]
        picked = [self.pick(self.words, index) for index in indices[:arity]]
        self._push(self.words, picked, build, naive)

    def bits_step(self, a: int, offset: int, width: int) -> None:
        term, values = self.pick(self.words, a)
        part = pack.extract(term, offset, width)
        self.words.append((part, [value >> offset & ((1 << width) - 1) for value in values]))

    def pack_step(self, a: int, b: int, c: int, width: int) -> None:
        """Pack the low bits of three words side by side."""
        picked = [self.pick(self.words, index) for index in (a, b, c)]
        low = [(word.wrap(term, width), [v % 2**width for v in values]) for term, values in picked]
        term = pack.pack((width * place, width, part) for place, (part, _) in enumerate(low))
        values = [
            sum(v << width * place for place, v in enumerate(row))
            for row in zip(*(v for _, v in low), strict=True)
        ]
        self.words.append((term, values))

    def compare_step(self, op: str, a: int, b: int, of_words: bool) -> None:
        pool = self.words if of_words else self.numbers
        builders: dict[str, tuple[Callable[..., Term], Callable[..., int]]] = {
            "eq": (core.eq, lambda x, y: x == y),
            "le": (core.le, lambda x, y: x <= y),
            "lt": (core.lt, lambda x, y: x < y),
        }
        build, naive = builders[op]
        self._push(self.truths, [self.pick(pool, a), self.pick(pool, b)], build, naive)

    def logic_step(self, op: str, a: int, b: int, c: int) -> None:
        builders: dict[str, tuple[int, Callable[..., Term], Callable[..., int]]] = {
            "and": (3, core.and_, lambda *x: all(x)),
            "or": (3, core.or_, lambda *x: any(x)),
            "not": (1, core.not_, lambda x: not x),
            "implies": (2, core.implies, lambda x, y: not x or y),
            "xor": (2, core.xor, lambda x, y: x != y),
            "eq": (2, core.eq, lambda x, y: x == y),
            "ite": (3, core.ite, lambda x, y, z: y if x else z),
        }
        arity, build, naive = builders[op]
        picked = [self.pick(self.truths, index) for index in (a, b, c)[:arity]]
        self._push(self.truths, picked, build, naive)

    def ite_step(self, p: int, a: int, b: int, of_words: bool) -> None:
        pool = self.words if of_words else self.numbers
        picked = [self.pick(self.truths, p), self.pick(pool, a), self.pick(pool, b)]
        self._push(pool, picked, core.ite, lambda x, y, z: y if x else z)

    def apply_step(self, a: int) -> None:
        self._push(self.words, [self.pick(self.words, a)], lambda x: core.apply(F, x), f)

    def _push(
        self,
        pool: list[tuple[Term, list[int]]],
        picked: list[tuple[Term, list[int]]],
        build: Callable[..., Term],
        naive: Callable[..., int],
    ) -> None:
        term = build(*(term for term, _ in picked))
        values = [naive(*row) for row in zip(*(values for _, values in picked), strict=True)]
        pool.append((term, values))

    def everything(self) -> list[tuple[Term, list[int]]]:
        return self.numbers + self.words + self.truths


INDEX = st.integers(0, 400)
WIDTH = st.sampled_from([1, 7, 8, 16, 32, 64, 85])
STEPS = st.one_of(
    st.tuples(st.just("number_step"), st.sampled_from(sorted(INTEGER)), INDEX, INDEX),
    st.tuples(st.just("word_step"), st.sampled_from(sorted(WORD)), INDEX, INDEX, INDEX),
    st.tuples(st.just("bits_step"), INDEX, st.sampled_from([0, 3, 8, 32, 64, 160, 200]), WIDTH),
    st.tuples(st.just("pack_step"), INDEX, INDEX, INDEX, WIDTH),
    st.tuples(st.just("compare_step"), st.sampled_from(["eq", "le", "lt"]), INDEX, INDEX, st.booleans()),
    st.tuples(
        st.just("logic_step"),
        st.sampled_from(["and", "or", "not", "implies", "xor", "eq", "ite"]),
        INDEX,
        INDEX,
        INDEX,
    ),
    st.tuples(st.just("ite_step"), INDEX, INDEX, INDEX, st.booleans()),
    st.tuples(st.just("apply_step"), INDEX),
)


def _value(name: str) -> st.SearchStrategy[int]:
    lo, hi = BOUNDS[name]
    low, high = -W if lo is None else lo, W if hi is None else hi
    edges = [edge for edge in (*EDGES, -1, -2, high, high - 1, low) if low <= edge <= high]
    return st.one_of(st.sampled_from(edges), st.integers(low, high), st.integers(max(low, -9), min(high, 40)))


ENVIRONMENT = st.fixed_dictionaries(
    {**{name: _value(name) for name in BOUNDS}, **{name: st.booleans() for name in FLAGS}}
)
PROGRAM = st.lists(STEPS, min_size=1, max_size=25)
SMALL_PROGRAM = st.lists(STEPS, min_size=1, max_size=8)


def run(
    program: Sequence[tuple[object, ...]], environments: Sequence[dict[str, int]], small: bool = False
) -> Machine:
    """Build and compute a program, over the symbols of the small world if that is asked for."""
    machine = Machine(environments, small)
    for name, *arguments in program:
        getattr(machine, str(name))(*arguments)
    return machine
