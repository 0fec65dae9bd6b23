from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.check.receipt import Receipt, deployment_hash, receipt_of
from harness.compiler.artifact import Artifact, Code, Settings
from harness.compiler.layout import Layout, Scalar, Variable
from harness.evm.deployment import Artifacts
from harness.lang import Spec

COUNT = Variable("count", 0, 0, Scalar("uint", 64), "Counter.sol:Counter")
ARTIFACT = Artifact(
    "Counter", "Counter.sol", (), Code(b"\1"), Code(b"\2"), Layout((COUNT,)), Settings("0.8.30"), ""
)

FILES = {
    "__init__.py": """
from harness.lang import Model, Spec, record
from {name}.model import START, State
from {name} import rules

SPEC = Spec("counter", "A counter", Model(State, START, ()), ())
""",
    "model.py": """
from harness.lang import record
from .numbers import FIRST

@record
class State:
    count: int = 0

START = State(FIRST)
""",
    "numbers.py": "FIRST = 0\n",
    "rules.py": "def late():\n    from {name} import hidden\n    return hidden\n",
    "hidden.py": "import {name}_besides\n",
    "unrelated.py": "",
}


CLAIM = '''
from harness.lang import invariant


@invariant()
def counts_to_ten(pool):
    """The count is ten at most."""
    return pool.count <= 10
'''
LATE = """
import importlib

from harness.lang import Invariant, Model, Spec, collect
from {name}.model import START, State

claims = collect(Invariant, [importlib.import_module("{name}.unrelated")])
SPEC = Spec("counter", "A counter", Model(State, START, ()), claims)
"""


MODEL = """
from harness.lang import record

@record
class State:
    count: int = 0

START = State()
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a specification over several modules."""
    folder = tmp_path / f"specs_{abs(hash(tmp_path))}"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.replace("{name}", folder.name))
    (tmp_path / f"{folder.name}_besides.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def spec_of(package: Path) -> Spec[Any]:
    for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
        del sys.modules[name]
    importlib.invalidate_caches()
    module = importlib.import_module(package.name)
    return module.SPEC  # type: ignore[no-any-return]


def test_a_specification_without_sources_has_no_receipt(package: Path) -> None:
    spec = spec_of(package)
    with pytest.raises(ValueError, match="the specification counter is no module's"):
        receipt_of(replace(spec, title="Another counter"), ARTIFACT)


@pytest.mark.parametrize(
    "artifact",
    [
        replace(ARTIFACT, runtime=Code(b"\3")),
        replace(ARTIFACT, creation=Code(b"\3")),
        replace(ARTIFACT, layout=Layout((replace(COUNT, slot=1),))),
        replace(ARTIFACT, abi=({"type": "function", "name": "add"},)),
    ],
    ids=["runtime", "creation", "layout", "abi"],
)
def test_a_receipt_changes_with_the_contract(package: Path, artifact: Artifact) -> None:
    spec = spec_of(package)
    assert receipt_of(spec, ARTIFACT).stale(receipt_of(spec, artifact)) == ["contract"]


@pytest.mark.parametrize(
    "name", ["__init__.py", "model.py", "numbers.py", "rules.py", "hidden.py", "../{name}_besides.py"]
)
def test_a_receipt_changes_with_every_module_of_the_specification(package: Path, name: str) -> None:
    before = receipt_of(spec_of(package), ARTIFACT)
    with (package / name.replace("{name}", package.name)).open("a") as file:
        file.write("# changed\n")

    assert before.stale(receipt_of(spec_of(package), ARTIFACT)) == ["specification"]


def test_a_receipt_does_not_change_with_what_the_specification_does_not_import(package: Path) -> None:
    before = receipt_of(spec_of(package), ARTIFACT)
    (package / "unrelated.py").write_text("# changed\n")

    assert receipt_of(spec_of(package), ARTIFACT) == before


@pytest.mark.parametrize(
    ("name", "counts"),
    [("rates.csv", True), ("rates/old/1.csv", True), ("README.md", False), (".rates.swp", False)],
)
def test_what_a_specification_may_read_counts_and_what_people_read_does_not(
    package: Path, name: str, counts: bool
) -> None:
    (package / name).parent.mkdir(parents=True, exist_ok=True)
    (package / name).write_text("1")
    before = receipt_of(spec_of(package), ARTIFACT)
    (package / name).write_text("2")

    assert before.stale(receipt_of(spec_of(package), ARTIFACT)) == (["specification"] if counts else [])


@pytest.mark.parametrize("use", ["from {name}.numbers import FIRST\n", "from {name} import numbers\n"])
def test_what_a_module_came_to_counts_wherever_it_had_it_from(
    package: Path, use: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package / "numbers.py").write_text("import os\n\nFIRST = int(os.environ['POOLPROOF_TRIES'])\n")
    (package / "__init__.py").write_text(FILES["__init__.py"].replace("{name}", package.name))
    (package / "model.py").write_text(MODEL + use.replace("{name}", package.name))

    def receipt(number: str) -> Receipt:
        monkeypatch.setenv("POOLPROOF_TRIES", number)
        return receipt_of(spec_of(package), ARTIFACT)

    assert receipt("1").stale(receipt("2")) == ["specification"]
    assert receipt("1").stale(receipt("1")) == []


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    pass\nexcept ValueError:\n    import {name}\n",
        "try:\n    pass\nfinally:\n    import {name}\n",
        "for each in ():\n    pass\nelse:\n    import {name}\n",
        "match 1:\n    case 1:\n        import {name}\n",
        "class Inner:\n    def late(self):\n        with open('x'):\n            import {name}\n",
        "async def late():\n    import {name}\n",
    ],
)
def test_an_import_counts_wherever_it_stands(package: Path, text: str) -> None:
    (package / "rules.py").write_text(text.replace("{name}", f"{package.name}.unrelated"))
    before = receipt_of(spec_of(package), ARTIFACT)
    (package / "unrelated.py").write_text("# changed\n")

    assert before.stale(receipt_of(spec_of(package), ARTIFACT)) == ["specification"]


def test_a_module_counts_that_defines_a_claim_however_it_was_imported(package: Path) -> None:
    (package / "unrelated.py").write_text(CLAIM)
    (package / "__init__.py").write_text(LATE.replace("{name}", package.name))
    before = receipt_of(spec_of(package), ARTIFACT)
    (package / "unrelated.py").write_text(CLAIM.replace("10", "11"))

    assert before.stale(receipt_of(spec_of(package), ARTIFACT)) == ["specification"]


def test_two_specifications_of_one_module_are_told_apart(package: Path) -> None:
    spec = spec_of(package)
    other = replace(spec, title="Another counter")
    vars(sys.modules[package.name])["OTHER"] = other

    assert receipt_of(spec, ARTIFACT).stale(receipt_of(other, ARTIFACT)) == ["specification"]


def test_what_was_executed_is_stale_in_another_deployment(package: Path) -> None:
    then, now = (receipt_of(spec_of(package), ARTIFACT, deployment=one) for one in ("then", "now"))

    assert then.stale(now) == ["deployment"]
    assert replace(then, behaviour="same").stale(replace(now, behaviour="same")) == []
    assert receipt_of(spec_of(package), ARTIFACT).stale(now) == [], "it was executed nowhere"


def test_a_deployment_is_all_that_is_deployed() -> None:
    def hashed(**changes: Any) -> str:
        deployed = {"pool": ARTIFACT, "token": ARTIFACT, "proxy": ARTIFACT} | changes
        return deployment_hash(
            Artifacts({"pool": deployed["pool"], "token": deployed["token"]}, deployed["proxy"])
        )

    others = [replace(ARTIFACT, creation=Code(b"\3")), replace(ARTIFACT, input_hash="other")]
    changed = [hashed(**{name: other}) for name in ("pool", "token", "proxy") for other in others]
    assert hashed() == hashed()
    assert len({hashed(), *changed}) == 1 + len(changed)


def test_a_receipt_names_the_versions_of_the_tools(package: Path) -> None:
    assert receipt_of(spec_of(package), ARTIFACT, "z3-solver", "pyrevm").tools.startswith("z3-solver ")
