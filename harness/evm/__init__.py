"""The chain: a real EVM with deployment, calls, snapshots and storage by layout."""
