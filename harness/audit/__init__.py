"""Slither on the compiler output, with a baseline that explains every accepted finding."""
