"""Broken variants of a target's sources, whoever made them: by hand, or from the syntax tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.check.mutants.affected import Reach
from harness.check.mutants.automatic import Change, changes_of
from harness.check.mutants.mutant import load_mutants
from harness.check.target import Target
from harness.compiler.tree import CompiledTree, compile_tree


@dataclass(frozen=True, slots=True)
class Variant:
    """A target's sources with one bug in them.

    `texts` are the changed units; `kills` the properties that must notice, none if it was made
    automatically; `sentence` says what was done, `place` is ``unit:line`` where it begins. `functions`
    are the selectors of what it can change, None for everything. `unreached` says why no campaign
    notices a known bug, if none does.
    """

    name: str
    texts: tuple[tuple[str, str], ...]
    kills: tuple[str, ...]
    sentence: str
    place: str
    functions: frozenset[bytes] | None
    automatic: bool = False
    unreached: str = ""


def read_tree(target: Target) -> CompiledTree:
    """Return the syntax trees of the target's contract and of all that it imports.

    Raises:
        CompilerError: if the unchanged sources do not compile.
    """
    return compile_tree(target.project, [target.project.locate(target.contract)[0]], target.settings)


def made_by_hand(target: Target, tree: CompiledTree, folder: Path) -> list[Variant]:
    """Return the mutants in `folder` that are about the target, by name.

    Raises:
        MutantError: if one cannot be read or does not fit the sources.
    """
    found = []
    reach = Reach(tree)
    for mutant in load_mutants(folder, target.spec.name):
        project = mutant.applied(target.project)
        first, hunks = mutant.patch.hunks[0]
        place = f"{first}:{hunks[0].line}"
        affected = reach.functions(project.overlay)
        found.append(
            Variant(
                mutant.name,
                project.overlay,
                mutant.kills,
                mutant.sentence,
                place,
                affected,
                unreached=mutant.unreached,
            )
        )
    return found


def made_automatically(tree: CompiledTree) -> list[Variant]:
    """Return a variant for each change that the operators make in the tree's own sources, in their order."""
    reach = Reach(tree)
    return [
        _variant(reach, change)
        for unit in tree.own_units
        for change in changes_of(unit, tree.sources[unit].text, tree.ast(unit))
    ]


def _variant(reach: Reach, change: Change) -> Variant:
    texts = ((change.unit, change.code),)
    sentence = f"`{change.original}` becomes `{change.changed}`"
    place = f"{change.unit}:{change.line}"
    return Variant(change.name, texts, (), sentence, place, reach.functions(texts), automatic=True)
