"""Every example that the documentation and the help texts show can be run as it stands, or parsed."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import typer

import harness.lang
from harness.check.replay.format import schema as replay_schema
from harness.cli.root import app

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    + [page for folder in ("docs", "specs", "tests") for page in (ROOT / folder).glob("*.md")]
)
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
CALL = re.compile(r"\s*(?:\S*/)?poolproof\s")
MAIN = typer.main.get_command(app)


def blocks(language: str) -> list[Any]:
    """Return the code blocks of all pages in a language, with the page's name."""
    return [
        pytest.param(re.sub(f"^{indent}", "", text, flags=re.MULTILINE), id=f"{page.name}-{number}")
        for page in PAGES
        for number, (indent, found, text) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
        if found == language
    ]


def command_lines(text: str) -> Iterator[list[str]]:
    """Yield the arguments of every call of poolproof in a shell's text."""
    for line in text.splitlines():
        for part in re.split(r";|&&|\|", line):
            if CALL.match(part):
                yield shlex.split(part, comments=True)[1:]


def in_pages() -> Iterator[Any]:
    for block in blocks(""):
        text = str(block.values[0])
        yield from (pytest.param(words, id=" ".join(words)) for words in command_lines(text))


def in_helps() -> Iterator[Any]:
    for command in commands(MAIN):
        text = (command.help or "").partition("Examples:")[2].partition("Exit codes:")[0]
        yield from (pytest.param(words, id=" ".join(words)) for words in command_lines(text))


def commands(group: click.Command) -> Iterator[click.Command]:
    for command in getattr(group, "commands", {}).values():
        yield command
        yield from commands(command)


def subcommand(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that words name, and the arguments that are left."""
    command, left = MAIN, list(words)
    while left and left[0] in getattr(command, "commands", {}):
        command = command.commands[left.pop(0)]  # type: ignore[attr-defined]  # a group has them
    assert command is not MAIN, f"there is no subcommand {words[0]}"
    return command, left


@pytest.mark.parametrize("words", [*in_pages(), *in_helps()])
def test_a_command_line_is_understood(words: list[str]) -> None:
    command, left = subcommand(words)
    arguments = left[: left.index(">")] if ">" in left else left

    context = command.make_context(" ".join(words), arguments)  # raises for anything that is wrong
    assert context.command is command


def mentioned() -> Iterator[Any]:
    for page in PAGES:
        for text in re.findall(r"`poolproof ([^`]+)`", page.read_text(encoding="utf-8")):
            yield pytest.param(text, id=f"{page.name}: {text}")


@pytest.mark.parametrize("text", [*mentioned()])
def test_a_command_that_prose_mentions_has_these_options(text: str) -> None:
    command, left = subcommand(shlex.split(text))
    known = {name for parameter in command.params for name in parameter.opts}

    assert [word for word in left if word.startswith("-") and word not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_option_that_prose_mentions_exists(page: Path) -> None:
    known = {name for command in commands(MAIN) for parameter in command.params for name in parameter.opts}
    known |= {name for parameter in MAIN.params for name in parameter.opts}
    known.add("--lf")  # pytest's
    scripts = [file.read_text(encoding="utf-8") for file in (ROOT / "benchmarks").glob("*.py")]
    known |= {name for text in scripts for name in re.findall(r"--[a-z-]+", text)}
    words = re.findall(r"`(--[a-z-]+)", page.read_text(encoding="utf-8"))

    assert [word for word in words if word not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_make_target_that_is_mentioned_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`make ([a-z]+)", text) + re.findall(r"^make ([a-z]+)", text, re.MULTILINE)

    assert [name for name in named if name not in targets] == []


def test_the_specifications_that_are_shown_can_be_executed() -> None:
    shown = [str(block.values[0]) for block in blocks("python")]
    names = {name: getattr(harness.lang, name) for name in harness.lang.__all__}
    source = "from __future__ import annotations\n" + "\n".join(shown)

    exec(compile(ast.parse(source), "docs", "exec"), names)
    assert {"Vault", "total_is_the_sum", "withdraw_empties_the_account"} <= set(names)


@pytest.mark.parametrize("text", blocks("toml"))
def test_configuration_that_is_shown_is_toml(text: str) -> None:
    assert tomllib.loads(text)["tool"]["poolproof"]["targets"]


@pytest.mark.parametrize("text", blocks("json"))
def test_a_replay_that_is_shown_is_one(text: str) -> None:
    assert [*jsonschema.Draft202012Validator(replay_schema()).iter_errors(json.loads(text))] == []


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_action_has_the_inputs_that_are_shown(text: str) -> None:
    action = (ROOT / "action.yml").read_text(encoding="utf-8")
    inputs = re.findall(r"^  ([a-z-]+):$", action[: action.index("outputs:")], re.MULTILINE)
    given = re.findall(r"^    ([a-z-]+):", text, re.MULTILINE)

    assert given
    assert set(given) <= set(inputs)


def test_the_action_passes_options_that_there_are() -> None:
    script = (ROOT / "action.yml").read_text(encoding="utf-8").split("runs:", 1)[1]
    command, _ = subcommand(["verify"])

    assert '.venv/bin/poolproof" verify $TARGET "${options[@]}" $ARGS' in script
    assert set(re.findall(r"--[a-z-]+", script)) <= {name for each in command.params for name in each.opts}
