"""Random structured programs: branches, loops, shared routines, storage, memory at chosen addresses, calls.

What they compute is of no interest; that the merged execution and revm agree on
it is. Expressions leave one word on the stack, statements none.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.agreement.stage import REGISTRY, TOKEN

ARGUMENTS = 3
VARIABLES = 4
_OPERATIONS = ("add", "sub", "and", "or", "xor", "lt", "gt", "eq", "slt", "mul", "div", "mod", "shr")


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.labels = 0
        self.routines: list[str] = []

    def program(self) -> str:
        """The whole program: statements, a return of all variables, then the routines."""
        body = self.statements(3, 6)
        end = f"{32 * VARIABLES} 0x80 return"
        return " ".join([body, end, *self.routines])

    def chosen_stores(self) -> str:
        """Stores at distances from choices of addresses and at constants near them, read again at once."""
        choose = self.address_choice()
        chosen = choose, choose, choose, self.address_choice()
        stores = " ".join(self.near_store(chosen, 2) for _ in range(self.rng.randint(2, 6)))
        return f"{stores} {choose} 100 swap1 keccak256 0x100 mstore 0x280 0x80 return"

    def address_choice(self) -> str:
        """Code that pushes one of some addresses: the first one, or so much before or behind it."""
        rng = self.rng
        apart = rng.choice((1, 4, 32, 64))
        flag = f"{32 * rng.randrange(2)} calldataload {rng.choice((1, 2))} and iszero"
        further = f"{apart} mul 64 calldataload 1 and iszero 32 mul add 0x200 add"
        return f"{flag} {rng.choice((f'{apart} mul 0x200 add', f'{apart} mul 0x220 sub', further))}"

    def near_store(self, chosen: Sequence[str], depth: int) -> str:
        """Something stored near a choice of addresses, and what is there then, added up in a variable."""
        variable = self.variable()
        read = f"{self.near(chosen)} mload {variable} mload add {variable} mstore"
        return f"{self.near_change(chosen, depth)} {read}"

    def near(self, chosen: Sequence[str]) -> str:
        """Code that pushes an address at a distance from a choice."""
        return f"{self.rng.choice(chosen)} {self.rng.choice((0, 0, 0, 1, 4, 32))} add"

    def near_change(self, chosen: Sequence[str], depth: int) -> str:
        """Something stored at a distance from a choice, or at a constant address that may be there."""
        rng, at = self.rng, self.near(chosen)
        constant = str(rng.choice((0x1C0, 0x1E1, 0x1FF, 0x204, 0x21F, 0x220, 0x23F, 0x25F, 0x2C0)))
        kind = rng.randrange(12 if depth else 7)
        if kind < 2:
            return f"{self.expression(1)} {at} mstore"
        if kind == 2:
            return f"{self.expression(1)} {constant} {rng.choice(('mstore', 'mstore8'))}"
        if kind == 3:
            length = rng.choice(("4", "32", "50", "0 calldataload 7 and"))
            return f"{length} {rng.randrange(40)} {at} calldatacopy"
        if kind == 4:
            sent = f"4 {rng.choice((self.near(chosen), '0x1c0'))}"
            return f"{rng.choice((4, 32, 40))} {at} {sent} 0 {TOKEN} gas call 0x180 mstore"
        if kind == 5:
            return f"{rng.choice((0, 4, 32, 50))} {self.near(chosen)} {rng.choice((at, constant))} mcopy"
        if kind == 6:
            return rng.choice((f"{rng.choice((0, 4, 36))} {at} log0", f"{self.expression(1)} {at} mstore8"))
        end = self.label()
        leave = f"{rng.choice((0, 4, 36, 64))} {at} return"
        inside = " ".join(self.near_change(chosen, depth - 1) for _ in range(rng.randint(1, 3)))
        condition = rng.choice((self.condition(), " ".join(chosen[0].split()[:5])))
        return f"{condition} ${end} jumpi {leave if kind == 7 else inside} @{end}"

    def label(self) -> str:
        """A new label."""
        self.labels += 1
        return f"l{self.labels}"

    def statements(self, depth: int, most: int) -> str:
        """Some statements."""
        return " ".join(self.statement(depth) for _ in range(self.rng.randint(1, most)))

    def statement(self, depth: int) -> str:
        """One statement; nested ones while `depth` lasts."""
        simple = (
            self.assign, self.assign, self.store, self.store_mapped, self.log, self.revert, self.chosen_store,
            self.byte_store, self.copy, self.token_call, self.view_call, self.transient,
        )  # fmt: skip
        nested = (self.branch, self.branch, self.loop, self.routine, self.early_return)
        kinds = simple + nested * 2 if depth else simple
        return self.rng.choice(kinds)(depth)

    def expression(self, depth: int = 2) -> str:
        """Code that pushes one word."""
        rng = self.rng
        kind = rng.randrange(10) if depth else rng.randrange(6)
        if kind < 2:
            return f"{32 * rng.randrange(ARGUMENTS)} calldataload"
        if kind == 2:
            return str(rng.choice((0, 1, 2, 31, 32, 255, 2**64 - 1, 2**255, 2**256 - 1)))
        if kind < 5:
            return f"{self.variable()} mload"
        if kind == 5:
            return f"{rng.randrange(3)} {rng.choice(('sload', 'sload', 'tload'))}"
        if kind == 6:
            return f"0x80 {rng.choice((32, 64, 128))} swap1 keccak256"
        return f"{self.expression(depth - 1)} {self.expression(depth - 1)} {rng.choice(_OPERATIONS)}"

    def condition(self) -> str:
        """Code that pushes a word to branch on."""
        rng = self.rng
        simple = f"{32 * rng.randrange(ARGUMENTS)} calldataload {rng.choice((1, 2, 8))} and"
        return rng.choice((simple, simple, self.expression()))

    def variable(self) -> int:
        """The address of a variable."""
        return 0x80 + 32 * self.rng.randrange(VARIABLES)

    def assign(self, _depth: int) -> str:
        return f"{self.expression()} {self.variable()} mstore"

    def store(self, _depth: int) -> str:
        return f"{self.expression()} {self.rng.randrange(3)} sstore"

    def transient(self, _depth: int) -> str:
        return f"{self.expression()} {self.rng.randrange(3)} tstore"

    def store_mapped(self, _depth: int) -> str:
        key = f"{self.expression(1)} 0 mstore {self.rng.randrange(7, 9)} 32 mstore 64 0 keccak256"
        return f"{self.expression(1)} {key} sstore {key} sload {self.variable()} mstore"

    def log(self, _depth: int) -> str:
        length, start = self.rng.choice((0, 4, 32, 70)), self.rng.choice((0x80, 0x85))
        topics = self.rng.randrange(3)
        return f"{' '.join(self.expression(1) for _ in range(topics))} {length} {start} log{topics}"

    def revert(self, _depth: int) -> str:
        skip = self.label()
        length = self.rng.choice((0, 4, 36, 64))
        return f"{self.condition()} iszero iszero ${skip} jumpi {length} 0x80 revert @{skip}"

    def early_return(self, depth: int) -> str:
        skip = self.label()
        return f"{self.condition()} ${skip} jumpi {self.statement(depth - 1)} 32 0x80 return @{skip}"

    def chosen_store(self, _depth: int) -> str:
        """A word stored at one of two addresses, overlapping or not; then read at the same choice."""
        first, second = self.rng.choice(((0x200, 0x220), (0x200, 0x204), (0x81, 0xA0), (0x100, 0x11F)))
        choose = f"{self.condition()} iszero iszero {second - first} mul {first} add"
        return f"{self.expression(1)} {choose} mstore {choose} mload {self.variable()} mstore"

    def byte_store(self, _depth: int) -> str:
        return f"{self.expression(1)} {0x80 + self.rng.randrange(128)} mstore8"

    def copy(self, _depth: int) -> str:
        length, offset = self.rng.choice((1, 4, 32, 50)), self.rng.randrange(100)
        kind = self.rng.choice(("calldatacopy", "codecopy", "mcopy"))
        source = 0x80 + offset if kind == "mcopy" else offset
        return f"{length} {source} {0x80 + self.rng.randrange(90)} {kind}"

    def token_call(self, _depth: int) -> str:
        room, length = self.rng.choice((0, 4, 32, 40)), self.rng.choice((0, 4, 36))
        call = f"{room} {self.variable()} {length} 0x80 0 {TOKEN} gas call"
        size = f"returndatasize {self.variable()} mstore"
        return f"{call} {self.variable()} mstore {size}"

    def view_call(self, _depth: int) -> str:
        target = self.rng.choice((str(REGISTRY), str(REGISTRY), "0xbeef"))
        call = f"{self.expression(1)} 0x124 mstore 32 {self.variable()} 68 0x100 {target} gas staticcall"
        copy = f"returndatasize 0 {self.variable()} returndatacopy" if self.rng.randrange(2) else ""
        return f"{call} {self.variable()} mstore {copy}"

    def branch(self, depth: int) -> str:
        other, end = self.label(), self.label()
        then, rest = self.statements(depth - 1, 3), self.statements(depth - 1, 3)
        return f"{self.condition()} ${other} jumpi {then} ${end} jump @{other} {rest} @{end}"

    def loop(self, depth: int) -> str:
        """A loop with a constant bound whose counter is on the stack, and perhaps a way out of its middle."""
        head, end = self.label(), self.label()
        before, after = self.statements(depth - 1, 2), self.statements(depth - 1, 1)
        leave = f"{self.condition()} ${end} jumpi" if self.rng.randrange(2) else ""
        count = self.rng.randint(1, 4)
        return f"0 @{head} {before} {leave} {after} 1 add dup1 {count} gt ${head} jumpi @{end} pop"

    def routine(self, depth: int) -> str:
        """A routine called from two places: one body, two return addresses."""
        name, one, two = self.label(), self.label(), self.label()
        self.routines.append(f"@{name} {self.statements(depth - 1, 2)} jump")
        between = self.statement(depth - 1)
        return f"${one} ${name} jump @{one} {between} ${two} ${name} jump @{two}"
