from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.config import load_config
from harness.cli.errors import UsageError
from harness.cli.options import Tree
from harness.cli.targets import load_implementation, load_targets
from harness.errors import PoolproofError

SPEC = """
from harness.lang import Model, Spec, record

@record
class State:
    count: int = 0

SPEC = Spec("counter", "A counter", Model(State, State(), ()), ())
"""
TARGET = '[tool.poolproof]\nsolc = "0.8.30"\n[tool.poolproof.targets.counter]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with one target, as the working directory."""
    package = f"specs_of_{tmp_path.name.replace('-', '_')}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(SPEC)
    (tmp_path / "Counter.sol").write_text("contract Counter {}")
    settings = f'{TARGET}spec = "{package}"\nsource = "Counter.sol:Counter"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_all_targets_are_taken_where_none_is_named(project: Path) -> None:
    [target] = load_targets([], Tree())

    assert target.name == target.spec.name == "counter"
    assert target.contract == "Counter.sol:Counter"
    assert target.settings.solc == "0.8.30"
    assert target.project.root == target.home.root == project


def test_the_nearest_configuration_upwards_is_taken(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "deep" / "down").mkdir(parents=True)
    (project / "deep" / "pyproject.toml").write_text("[project]\nname = 'unrelated'\n")
    monkeypatch.chdir(project / "deep" / "down")

    assert load_config().root == project


def test_a_folder_without_configuration_gets_the_targets_that_come_with_poolproof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert "v3" in load_config().targets


def test_a_target_named_twice_is_taken_once(project: Path) -> None:
    assert len(load_targets(["counter", "counter"], Tree())) == 1


def test_an_unknown_target_is_refused_with_those_that_are_known(project: Path) -> None:
    with pytest.raises(UsageError, match="no target `v9`: there are counter"):
        load_targets(["v9"], Tree())


def test_another_implementation_keeps_the_surroundings_of_its_specification(project: Path) -> None:
    other = project / "other"
    other.mkdir()
    (other / "Fast.sol").write_text("contract Fast {}")

    [target] = load_targets(["counter"], Tree(root=other, source="Fast.sol:Fast", pipeline="via-ir"))

    assert target.contract == "Fast.sol:Fast"
    assert (target.project.root, target.home.root) == (other, project)
    assert target.settings.pipeline == "via-ir"


def test_a_root_without_a_source_is_refused(project: Path) -> None:
    with pytest.raises(UsageError, match="need --source"):
        load_targets(["counter"], Tree(root=project))


def test_a_source_that_is_not_there_is_refused(project: Path) -> None:
    with pytest.raises(PoolproofError, match=r"no file Absent\.sol"):
        load_targets(["counter"], Tree(source="Absent.sol:Absent"))


def test_an_implementation_is_a_target_or_a_file_of_some_tree(project: Path) -> None:
    other = project / "other"
    other.mkdir()
    (other / "Fast.sol").write_text("contract Fast {}")

    named = load_implementation("counter", Tree())
    below = load_implementation("other/Fast.sol:Fast", Tree())
    rooted = load_implementation(f"{other}:Fast.sol:Fast", Tree(pipeline="via-ir"))

    assert (named.project.root, named.contract) == (project, "Counter.sol:Counter")
    assert (below.project.root, below.contract) == (project, "other/Fast.sol:Fast")
    assert (rooted.project.root, rooted.contract) == (other, "Fast.sol:Fast")
    assert rooted.settings.pipeline == "via-ir"


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ("[tool.other]\n", r"no \[tool.poolproof\] table"),
        ("[tool.poolproof]\n", "names no target"),
        (TARGET + 'spec = "specs"\n', 'needs source = "..."'),
        (TARGET + 'spec = 3\nsource = "A.sol:A"\n', 'needs spec = "..."'),
        (TARGET + 'spec = "s"\nsource = "A.sol:A"\nsauce = ""\n', "no setting 'sauce'"),
        ("tool = [", "cannot be read as TOML"),
    ],
)
def test_a_configuration_that_is_wrong_is_refused_with_the_place(
    tmp_path: Path, settings: str, complaint: str
) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(settings)

    with pytest.raises(UsageError, match=complaint) as refused:
        load_config(file)

    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("def broken(:", r"__init__\.py:1"),
        ("1 + ''", r"__init__\.py:1: TypeError"),
        ("", "exactly one `Spec`, and defines 0"),
    ],
)
def test_a_specification_that_is_wrong_is_refused_with_the_place(
    project: Path, text: str, complaint: str
) -> None:
    [package] = project.glob("specs_of_*")
    (package / "__init__.py").write_text(text)

    with pytest.raises(UsageError, match=complaint):
        load_targets([], Tree())
