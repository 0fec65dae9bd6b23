"""Counterexample candidates put to the test on a real EVM."""
