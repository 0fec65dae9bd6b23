"""The symbolic EVM: one merged post-state for each function."""
