"""One HTML page of figures that needs nothing beside itself: no script, no font, no request."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.results import change
from benchmarks.understanding import ROOT, Interval

#: Where pages go; git does not keep them.
FOLDER = ROOT / "results"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; font-size: 0.9rem } td, th { padding: 0.2rem 0.8rem 0.2rem 0; text-align: left }
td { border-top: 1px solid #ddd } svg { max-width: 100%; height: auto } summary { cursor: pointer }
svg text { font-family: system-ui, sans-serif !important }
li { font-size: 0.9rem }
"""


def write(name: str, title: str, sections: Iterable[tuple[str, str]]) -> Path:
    """Writes results/<name>.html.

    Args:
        name: of the file.
        title: of the page.
        sections: (heading, HTML) from top to bottom.
    """
    body = "\n".join(f"<h2>{html.escape(heading)}</h2>\n{inner}" for heading, inner in sections)
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.html"
    path.write_text(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{html.escape(title)}</h1><p>Measured on {date.today()}.</p>\n"
        f"{body}\n</body></html>\n",
        encoding="utf-8",
    )
    return path


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; every cell is taken as plain text."""
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{html.escape(str(cell))}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>\n{lines}</tbody></table>"


def figures(found: Mapping[str, Interval], before: Mapping[str, Any]) -> str:
    """A table of shares with their intervals and the change, in points, against committed results."""
    return table(
        ["", "share", "95 % interval", "cases", "change"],
        (
            (name, f"{share:.1%}", f"{low:.1%} to {high:.1%}", count, change(share, before.get(name)))
            for name, (share, low, high, count) in found.items()
        ),
    )


def paragraph(text: str) -> str:
    """Plain text as a paragraph."""
    return f"<p>{html.escape(text)}</p>"


def folded(summary: str, items: Iterable[str]) -> str:
    """A list that is shown when its summary is opened."""
    inner = "".join(f"<li>{html.escape(item)}</li>\n" for item in items)
    return f"<details><summary>{html.escape(summary)}</summary><ul>\n{inner}</ul></details>"
