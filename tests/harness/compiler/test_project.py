"""How a tree's files are named and its imports found."""

from __future__ import annotations

import pytest

from harness.compiler.errors import CompilerError
from harness.compiler.imports import Import, Remapping, imports_of, unit_of
from harness.compiler.project import Project
from harness.compiler.service import compile_contract


def test_every_form_of_import_is_read_and_nothing_else():
    text = """
// import "comment.sol";
/* import "block.sol"; */
import "a.sol";
import 'b.sol' as b;
import * as c from "c.sol";
import {X as Y,
        Z} from "d.sol";
contract C { string s = "import \\"e.sol\\";"; string t = 'import "f.sol";'; }
"""
    assert imports_of(text) == (
        Import("a.sol", 4),
        Import("b.sol", 5),
        Import("c.sol", 6),
        Import("d.sol", 7),
    )


@pytest.mark.parametrize(
    ("path", "importer", "unit"),
    [
        ("./B.sol", "a/A.sol", "a/B.sol"),
        ("../B.sol", "a/b/A.sol", "a/B.sol"),
        ("./../../B.sol", "a/b/A.sol", "B.sol"),
        ("../../B.sol", "A.sol", "B.sol"),
        ("b/B.sol", "a/A.sol", "b/B.sol"),
        ("./B.sol", "/abs/A.sol", "/abs/B.sol"),
    ],
)
def test_a_relative_import_is_taken_from_the_importing_unit(path, importer, unit):
    assert unit_of(path, importer, ()) == unit


def test_the_closest_remapping_wins_and_then_the_last():
    maps = tuple(
        Remapping.parse(text, "here") for text in ("x/=one/", "x/y/=two/", "x/=three/", "lib/:x/=four/")
    )

    assert unit_of("x/A.sol", "src/B.sol", maps) == "three/A.sol"
    assert unit_of("x/y/A.sol", "src/B.sol", maps) == "two/A.sol"
    assert unit_of("x/y/A.sol", "lib/B.sol", maps) == "four/y/A.sol"


@pytest.mark.parametrize(
    "extra",
    [
        {"remappings.txt": "# a comment\n\n@lib/=deep/lib/\n"},
        {"foundry.toml": '[profile.default]\nremappings = ["@lib/=deep/lib/"]\n'},
        {"foundry.toml": 'libs = ["vendor"]', "vendor/@lib/src/L.sol": "library L {}"},
        {"node_modules/@lib/L.sol": "library L {}"},
    ],
)
def test_imports_are_found_as_the_tree_says(tree, cache, settings, extra):
    files = {"src/C.sol": 'import "@lib/L.sol"; contract C {}', "deep/lib/L.sol": "library L {}"}

    assert compile_contract(tree(files | extra, build="solc"), "src/C.sol:C", settings, cache).name == "C"


def test_remaps_and_include_directories_are_taken_from_the_caller(tree, cache, settings, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.sol").write_text(
            "pragma solidity ^0.8.0; // SPDX-License-Identifier: MIT\n"
        )
    files = {
        "C.sol": 'import "one.sol"; import "two.sol"; import "@m/M.sol"; contract C {}',
        "mapped/M.sol": "",
    }
    project = tree(files, remaps=["@m/=mapped/"], include=[tmp_path / "one", tmp_path / "two"])

    assert compile_contract(project, "C.sol:C", settings, cache).name == "C"


def test_a_remapping_to_an_absolute_folder_works(tree, cache, settings, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "F.sol").write_text("pragma solidity ^0.8.0; // SPDX-License-Identifier: MIT\n")
    project = tree({"C.sol": 'import "@far/F.sol"; contract C {}'}, remaps=[f"@far/={tmp_path}/far/"])

    assert compile_contract(project, "C.sol:C", settings, cache).name == "C"


def test_a_file_may_be_named_by_its_absolute_path_or_be_a_dependency(tree):
    project = tree({"src/C.sol": "contract C {}", "node_modules/dep/D.sol": "contract D {}"})

    assert project.locate(f"{project.root}/src/C.sol:C") == ("src/C.sol", "C")
    assert project.locate("dep/D.sol:D") == ("dep/D.sol", "D")


@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        ({"remappings.txt": "a=b\nwrong\n"}, {}, r"remappings\.txt:2: 'wrong' is not a remapping"),
        ({"foundry.toml": "= ["}, {}, r"foundry\.toml is not valid TOML"),
        ({"A.sol": ""}, {"remaps": ["nothing"]}, r"^--remap: 'nothing' is not a remapping"),
        ({"A.sol": ""}, {"include": ["/nowhere/at/all"]}, r"/nowhere/at/all is not a directory"),
    ],
)
def test_wrong_settings_of_a_tree_are_clear_errors(tree, files, options, message):
    with pytest.raises(CompilerError, match=message):
        tree(files, **options)


def test_a_root_that_does_not_exist_is_a_clear_error(tmp_path):
    with pytest.raises(CompilerError, match=r"nowhere is not a directory"):
        Project.open(tmp_path / "nowhere")


def test_a_source_that_is_not_text_is_a_clear_error(tree, cache, settings):
    project = tree({"C.sol": ""})
    (project.root / "C.sol").write_bytes(b"\xff\xfe")

    with pytest.raises(CompilerError, match=r"C\.sol cannot be read as a Solidity source"):
        compile_contract(project, "C.sol:C", settings, cache)
