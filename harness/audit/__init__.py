"""Slither on the compiler output, with a baseline that explains every accepted finding."""

CHECK = "audit"
"""What verdicts call this check; here, so that naming it does not import Slither."""
