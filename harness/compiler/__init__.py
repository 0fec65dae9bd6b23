"""From sources to bytecode, ABI, storage layout and source maps."""

from harness.compiler.artifact import Artifact, Code, Settings
from harness.compiler.errors import CompilerError
from harness.compiler.project import Project
from harness.compiler.service import compile_contract, compile_many

__all__ = ["Artifact", "Code", "CompilerError", "Project", "Settings", "compile_contract", "compile_many"]
