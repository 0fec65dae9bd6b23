"""Charts as SVG that takes its colours from the page, so that it fits light and dark."""

from __future__ import annotations

import io
import re
from typing import Any

Json = dict[str, Any]

_INK = "#010203"
"""A colour that no series has: it becomes the page's own text colour."""
_COLOURS = ("#3b82c4", "#c2691c", "#2f9e5b", "#a05cc0", "#7d8590")
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
    # Imported here: it takes longer than everything else, and most commands draw nothing.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # The salt makes the ids of a figure its own on a page with others, and the same every time.
    with rc_context({**_SETTINGS, "svg.hashsalt": figure["title"]}):
        canvas = Figure(figsize=(7, 4), layout="constrained")
        axes = canvas.add_subplot()
        for series, colour in zip(figure["series"], _COLOURS, strict=False):
            _plot(axes, series, colour)
        axes.set_xlabel(figure["x"])
        axes.set_ylabel(figure["y"])
        if figure["logarithmic"]:
            axes.loglog()
        axes.legend()
        output = io.StringIO()
        canvas.savefig(output, format="svg", transparent=True, metadata={"Date": None})
    return _embeddable(output.getvalue())


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


def _embeddable(svg: str) -> str:
    """Return the SVG without what belongs to a file: prologue, fixed size, metadata; its ids made its own."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1)
    body = re.sub(r' id="(?:figure|axes|patch|text|line2d|matplotlib|xtick|ytick|legend)[^"]*"', "", body)
    return body.replace(_INK, "currentColor").replace("<svg", '<svg aria-hidden="true"', 1)
