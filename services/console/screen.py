"""Words on the terminal: plain lines, tables, JSON."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

console = Console(highlight=False)
"""Colours on a terminal only; honours NO_COLOR."""
_wide = Console(highlight=False, width=1000)


def line(text: str, *, style: str = "") -> None:
    """One line of plain text; nothing in it is read as markup."""
    console.print(escape(text), style=style, soft_wrap=True)


def as_json(value: Any) -> None:
    """The value for another program, on standard output."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, none: str) -> None:
    """A table, or one sentence when there is nothing to show."""
    if not rows:
        line(none)
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        shown.add_column(head, no_wrap=True)
    for row in rows:
        shown.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    # As wide as it needs to be: a URL that is cut or folded cannot be copied.
    _wide.print(shown)
