"""The only importer of an SMT solver."""

from harness.solver.crosscheck import available as second_solver_available
from harness.solver.crosscheck import second_opinion
from harness.solver.encode import encode
from harness.solver.model import FunctionTable, Model
from harness.solver.query import KECCAK_INJECTIVE, Answer, Opinion, Query, SolverError, Status
from harness.solver.questions import Questions
from harness.solver.solver import Solver

__all__ = [
    "KECCAK_INJECTIVE",
    "Answer",
    "FunctionTable",
    "Model",
    "Opinion",
    "Query",
    "Questions",
    "Solver",
    "SolverError",
    "Status",
    "encode",
    "second_opinion",
    "second_solver_available",
]
