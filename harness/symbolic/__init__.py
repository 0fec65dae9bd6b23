"""The merged symbolic EVM: runtime bytecode to one post-state per external function.

`execute` runs a code once from an arbitrary state, merging states wherever control
joins, and returns what the call does as terms. Whatever is not represented exactly
raises `Unsupported`; what the result rests on beside is in its obligations and
assumptions.
"""

from harness.symbolic.entry import Entry, function, raw, selector_of, short, signature, unknown_selector
from harness.symbolic.errors import Inexact, Unsupported
from harness.symbolic.execution import execute
from harness.symbolic.result import Failure, PostState
from harness.symbolic.run import Obligation, Options
from harness.symbolic.storage import Blank, Fresh, Storage
from harness.symbolic.trace import Call, Event
from harness.symbolic.world import Answer, Arbitrary, Environment, Request, World

__all__ = [
    "Answer", "Arbitrary", "Blank", "Call", "Entry", "Environment", "Event", "Failure", "Fresh", "Inexact",
    "Obligation", "Options", "PostState", "Request", "Storage", "Unsupported", "World", "execute", "function",
    "raw", "selector_of", "short", "signature", "unknown_selector",
]  # fmt: skip
