"""Bounded symbolic search: which calls lead from deployment to a broken property."""
