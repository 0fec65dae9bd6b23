"""What each opcode means, by family."""

from harness.symbolic.opcodes import arithmetic, environment, flow, logging, memory, storage, system
from harness.symbolic.opcodes.table import HANDLERS

__all__ = ["HANDLERS", "arithmetic", "environment", "flow", "logging", "memory", "storage", "system"]
