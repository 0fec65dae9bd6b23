"""Where in the Solidity a function is: read off the source map, so that no syntax tree is needed."""

from __future__ import annotations

import re

from harness.compiler.artifact import Artifact
from harness.compiler.source_map import SourceLocation, SourceMap

_FUNCTION = re.compile(r"function\s+(\w+)\s*\(([^)]*)\)")


class FunctionLines:
    """The definitions of one contract's functions."""

    def __init__(self, artifact: Artifact) -> None:
        self._found: dict[tuple[str, int], SourceLocation] = {}
        source_map = SourceMap.of(artifact)
        places = {(span.start, span.length, span.index): pc for pc, span in source_map.spans.items()}
        for pc in places.values():
            location = source_map.locate(pc)
            match = _FUNCTION.match(location.text) if location is not None else None
            if location is not None and match is not None:
                self._found.setdefault((match[1], _count(match[2])), location)

    def of(self, signature: str) -> SourceLocation | None:
        """Return where the function is defined; None for a getter, and where the source map does not say."""
        name, _, parameters = signature.partition("(")
        return self._found.get((name, _count(parameters.rstrip(")"))))


def _count(parameters: str) -> int:
    return len([one for one in parameters.split(",") if one.strip()])
