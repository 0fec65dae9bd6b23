from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.errors import UsageError
from harness.cli.report import report, write_reports
from harness.report.document import Report, to_json

ENVIRONMENT = {
    "poolproof": "0.1.0",
    "command": ["prove"],
    "python": "3.11.7",
    "platform": "Linux",
    "cpus": 2,
    "packages": {},
    "commit": None,
    "seed": None,
    "solc": {},
}
FORMS = {"index.html", "report.md", "report.json", "report.sarif", "junit.xml"}


def test_every_form_is_made_from_the_json_alone(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text(to_json(Report((), ENVIRONMENT)))

    report(file, tmp_path / "out")

    assert {path.name for path in (tmp_path / "out").iterdir()} == FORMS
    assert (tmp_path / "out" / "report.json").read_text() == file.read_text()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        report(tmp_path / "absent.json", tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written to"):
        write_reports(Report((), ENVIRONMENT), tmp_path / "file")
