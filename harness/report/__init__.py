"""Verdicts rendered for people and machines; pure functions."""
