"""Proof by induction over the merged post-states."""
