"""From sources to bytecode, ABI, storage layout and source maps."""
