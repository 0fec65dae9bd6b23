"""Disassembly, control-flow graph and its weak topological order; no terms."""
