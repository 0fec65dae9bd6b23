"""Charts as SVG that takes its colours from the page, so that it fits light and dark."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import quoteattr

Json = dict[str, Any]

_INK = "#010203"
"""A colour that no series has: it becomes the page's own text colour."""
_PAPER = "#040506"
"""Another: the page's own background."""
_COLOURS = ("#3b82c4", "#c2691c", "#2f9e5b", "#a05cc0", "#7d8590")
_LONGEST = 64
"""Characters of a call that fit above its arrow; the story tells it whole."""
_FAILED = ("reverted", "halted")
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


def draw(figure: Json) -> str:
    """Return one `Figure` of a specification, as the report's JSON has it, as an SVG element.

    The same figure gives the same text.
    """
    with _canvas(figure["title"], (7, 4)) as (canvas, svg):
        axes = canvas.add_subplot()
        for series, colour in zip(figure["series"], _COLOURS, strict=False):
            _plot(axes, series, colour)
        axes.set_xlabel(figure["x"])
        axes.set_ylabel(figure["y"])
        if figure["logarithmic"]:
            axes.loglog()
        axes.legend()
    return _embeddable(svg.getvalue(), f"{figure['title']}. {figure['caption']}")


def draw_story(story: Sequence[Json], contract: str) -> str:
    """Return the sequence diagram of calls to `contract`, as a report's JSON has them, as an SVG element."""
    senders = list(dict.fromkeys(step["sender"] for step in story))
    people = {name: place for place, name in enumerate([*senders, contract])}
    told = [f"{step['sender']} calls {step['call']}: {step['result']}" for step in story]
    height = len(story) + 0.5
    with _canvas("; ".join(told), (7, 0.7 * height + 0.3)) as (canvas, svg):
        axes = canvas.add_subplot()
        axes.axis("off")
        axes.set_xlim(-0.5, len(people) - 0.5)
        axes.set_ylim(height, -0.2)
        for name, place in people.items():
            axes.plot([place, place], [0.15, height], ":", color=_INK, linewidth=0.8)
            axes.text(place, 0, name, ha="center", va="center", weight="bold")
        for row, step in enumerate(story, 1):
            _arrow(axes, people[step["sender"]], people[contract], row, step)
    return _embeddable(svg.getvalue(), f"Sequence diagram. {'; '.join(told)}.")


def _arrow(axes: Any, start: int, end: int, row: int, step: Json) -> None:
    """Draw one call: what is called above the arrow, what came of it below."""
    failed = step["result"].startswith(_FAILED)
    colour = _COLOURS[1] if failed else _COLOURS[0]
    arrow = {"arrowstyle": "->", "color": colour, "linewidth": 1.5, "linestyle": "--" if failed else "-"}
    axes.annotate("", (end, row), (start, row), arrowprops=arrow)
    middle = (start + end) / 2
    box = {"facecolor": _PAPER, "edgecolor": "none", "pad": 1}
    axes.text(middle, row - 0.1, _cut(step["call"]), ha="center", va="bottom", size=8, bbox=box)
    axes.text(
        middle, row + 0.1, _cut(step["result"]), ha="center", va="top", size=7, style="italic", bbox=box
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


@contextmanager
def _canvas(salt: str, size: tuple[float, float]) -> Iterator[tuple[Any, io.StringIO]]:
    """Give a figure to draw on, and the text that holds its SVG in the end."""
    # Imported here: it takes longer than everything else, and most commands draw nothing.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    output = io.StringIO()
    # The salt makes the ids of a figure its own on a page with others, and the same every time.
    with rc_context({**_SETTINGS, "svg.hashsalt": salt}):
        canvas = Figure(figsize=size, layout="constrained")
        yield canvas, output
        canvas.savefig(output, format="svg", transparent=True, metadata={"Date": None})


def _plot(axes: Any, series: Json, colour: str) -> None:
    xs = [point[0] for point in series["points"]]
    ys = [point[1] for point in series["points"]]
    match series["style"]:
        case "bars":
            axes.bar(xs, ys, color=colour, alpha=0.6, label=series["name"], tick_label=[f"{x:g}" for x in xs])
        case "marks":
            axes.plot(xs, ys, "D", color=colour, label=series["name"])
        case style:
            axes.plot(xs, ys, "--" if style == "dashed" else "-", color=colour, label=series["name"])


def _embeddable(svg: str, text: str) -> str:
    """Return the SVG without what belongs to a file: prologue, fixed size, metadata, ids that nothing uses.

    `text` is what it says to who does not see it.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1)
    body = re.sub(r' id="(?:figure|axes|patch|text|line2d|matplotlib|xtick|ytick|legend)[^"]*"', "", body)
    label = f'<svg role="img" aria-label={quoteattr(text)}'
    body = body.replace(_INK, "currentColor").replace(_PAPER, "var(--paper)")
    return body.replace("<svg", label, 1)
