"""The root of every error that a user can cause."""


class PoolproofError(Exception):
    """A mistake in the input or the environment: one sentence with the place and the remedy.

    The CLI prints the sentence and exits with code 2; nothing else catches it.
    """
