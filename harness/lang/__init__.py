"""The vocabulary that specifications are written in; no solver, no EVM."""
