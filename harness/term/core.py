"""The term language: what every user of terms imports."""

from harness.term.boolean import and_, iff, implies, not_, or_, xor
from harness.term.choice import ite
from harness.term.compare import eq, le, lt
from harness.term.node import (
    FALSE,
    MAX_WORD,
    ONE,
    TRUE,
    WORD,
    ZERO,
    Function,
    Term,
    TermError,
    apply,
    boolean,
    bvar,
    clear,
    const,
    is_const,
    known_terms,
    value,
    var,
)

true = TRUE
false = FALSE

__all__ = [
    "FALSE", "MAX_WORD", "ONE", "TRUE", "WORD", "ZERO", "Function", "Term", "TermError", "and_", "apply",
    "boolean", "bvar", "clear", "const", "eq", "false", "iff", "implies", "is_const", "ite", "known_terms",
    "le", "lt", "not_", "or_", "true", "value", "var", "xor",
]  # fmt: skip
