"""Follows a call instruction by instruction: which program counters ran, which way each jump went.

The EVM library can't say: its tracer prints every step to the standard output of the process. So a call is
executed a second time by an interpreter of plain Python, which knows neither gas nor precompiles; whoever
uses a trace compares what it came to with what the EVM did, and believes it only where that is the same.
"""

from harness.evm.tracing.machine import Block, Trace, Untraceable, trace

__all__ = ["Block", "Trace", "Untraceable", "trace"]
