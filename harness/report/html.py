"""The report as pages: one self-contained HTML file, and Markdown for a pull request."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.report.document import Report
from harness.report.figures import draw, draw_story
from harness.report.outlined import call_tree
from harness.report.view import View, anchor, shade_of, short, symbol_of, verdict_anchor


def render_html(report: Report) -> str:
    """Return the report as one HTML page that needs no network and no other file."""
    return _environment(escape=True).get_template("report.html.j2").render(view=View.of(report))


def render_markdown(report: Report) -> str:
    """Return the report as Markdown, for a pull request or a terminal."""
    return _environment(escape=False).get_template("report.md.j2").render(view=View.of(report))


def prose(text: str) -> Markup:
    """Return `text` as HTML in which what stands between backticks is code."""
    parts = re.split(r"`([^`]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if odd % 2 else Markup.escape(part)
        for odd, part in enumerate(parts)
    )


def breakable(text: str) -> Markup:
    """Return a name or path as HTML that may be broken after what parts its words."""
    return Markup(re.sub(r"([_/:])(?=.)", r"\1<wbr>", str(Markup.escape(text))))


@lru_cache(maxsize=2)
def _environment(*, escape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("harness.report"),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        anchor=lambda parts: anchor(*parts),
        breakable=breakable,
        prose=prose,
        drawn=lambda figure: Markup(draw(figure)),
        calls=call_tree,
        diagram=lambda story, contract: Markup(draw_story(story, contract)),
        cell=lambda text: " ".join(str(text).split()).replace("|", "\\|"),
        id=verdict_anchor,
        shell=shlex.join,
        short=short,
        shade=shade_of,
        symbol=symbol_of,
    )
    return environment
