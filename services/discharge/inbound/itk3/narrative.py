"""The narrative of a heading as plain text: paragraphs and lists on lines of their own, tables row by row."""

import re

from services.discharge.inbound.clean import without_controls
from services.discharge.inbound.itk3.xml import NARRATIVE, Node

_OWN_LINE = frozenset(
    {"address", "blockquote", "body", "caption", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "hr", "ol", "p", "pre", "section", "table", "ul"}
)
_CELLS = frozenset({"td", "th"})
_LINE_BEGINS = {"li": "\n- ", "tr": "\n"}
_NOT_READ = frozenset({"head", "script", "style", "title"})
_BETWEEN_CELLS = " | "
_GAPS = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_AROUND_BREAKS = re.compile(r" *\n *")
_MANY_BREAKS = re.compile(r"\n{3,}")


def plain_text(div: Node | None) -> str:
    """What a reader sees, without any markup."""
    if div is None:
        return ""
    parts: list[str] = []
    _write(div, parts)
    text = _AROUND_BREAKS.sub("\n", "".join(parts))
    return without_controls(_MANY_BREAKS.sub("\n\n", text)).strip()


def _write(node: Node, parts: list[str]) -> None:
    name = node.name.removeprefix(NARRATIVE)
    if name in _NOT_READ:
        return
    if name == "br" or name in _OWN_LINE:
        parts.append("\n")
    elif name in _LINE_BEGINS:
        parts.append(_LINE_BEGINS[name])
    for child in node.children:
        if isinstance(child, str):
            parts.append(_GAPS.sub(" ", child))
        else:
            if child.name.removeprefix(NARRATIVE) in _CELLS and _follows_a_cell(node, child):
                parts.append(_BETWEEN_CELLS)
            _write(child, parts)
    if name in _OWN_LINE:
        parts.append("\n")


def _follows_a_cell(row: Node, cell: Node) -> bool:
    first = next(
        each
        for each in row.children
        if isinstance(each, Node) and each.name.removeprefix(NARRATIVE) in _CELLS
    )
    return first is not cell
