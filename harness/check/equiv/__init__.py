"""Proof that a model is the contract, and that two contracts are one."""
