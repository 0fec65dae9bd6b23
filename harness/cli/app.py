"""Where the command `poolproof` begins, and the one place where errors end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from harness.check.verdict import ExitCode
from harness.cli.errors import DEBUG, INTERRUPTED
from harness.errors import PoolproofError


def main() -> NoReturn:
    """Run the command line; a user never sees a traceback unless asked for.

    Whoever ends it otherwise than with Ctrl-C (a CI service, `timeout`) gets the same: what was decided, and
    no process that is left.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    guarded(_app)
    sys.exit(ExitCode.USAGE)


def _app() -> None:
    # Imported here, so that what ends the import ends as everything else does.
    from harness.cli.root import app

    app(prog_name="poolproof")


def guarded(command: Callable[[], object]) -> None:
    """Run a command and exit with one sentence where an error ends it, or without a word after Ctrl-C."""
    try:
        command()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except PoolproofError as error:
        if os.environ.get(DEBUG):
            raise
        _complain(str(error))
    except Exception as error:  # the last resort: nothing above knows this error
        if os.environ.get(DEBUG):
            raise
        _complain(
            f"this is a defect of poolproof ({type(error).__name__}: {error}); "
            "`poolproof --debug ...` shows where it is, please report it."
        )
    else:
        return
    sys.exit(ExitCode.USAGE)


def _complain(sentence: str) -> None:
    from harness.cli.console import complain

    complain(sentence)
