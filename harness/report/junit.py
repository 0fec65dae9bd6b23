"""The report as JUnit XML, for test dashboards: one case an obligation."""

from __future__ import annotations

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from harness.check.verdict import BROKEN, HOLDING, Verdict
from harness.report.document import Report


def render_junit(report: Report) -> str:
    """Return the report as JUnit XML; what is broken is a failure, and what was not decided an error."""
    suites: dict[str, TestSuite] = {}
    for verdict in report.verdicts:
        name = f"{verdict.target}.{verdict.check}"
        suite = suites.setdefault(name, TestSuite(name))
        suite.add_testcase(_case(name, verdict))
    document = JUnitXml("poolproof")
    for suite in suites.values():
        document.add_testsuite(suite)
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]  # junitparser types all but this
    return text.decode()


def _case(suite: str, verdict: Verdict) -> TestCase:
    name = verdict.property or verdict.check
    case = TestCase(f"{name}[{verdict.function}]" if verdict.function else name, suite, verdict.seconds)
    if verdict.outcome in BROKEN:
        case.result = [Failure(_printable(verdict.detail), verdict.outcome.value)]
    elif verdict.outcome not in HOLDING:
        case.result = [Error(_printable(verdict.detail), verdict.outcome.value)]
    return case


def _printable(text: str) -> str:
    """Return `text` without the control characters that XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")
