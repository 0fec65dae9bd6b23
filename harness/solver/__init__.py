"""The only importer of an SMT solver."""

from harness.solver.encode import encode
from harness.solver.query import (
    KECCAK_INJECTIVE,
    Answer,
    FunctionTable,
    Model,
    Query,
    SolverError,
    Status,
)
from harness.solver.solver import Solver

__all__ = [
    "KECCAK_INJECTIVE",
    "Answer",
    "FunctionTable",
    "Model",
    "Query",
    "Solver",
    "SolverError",
    "Status",
    "encode",
]
