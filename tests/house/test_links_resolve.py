"""Documents lead somewhere: each relative link to a file that is there, each `file.py:name` to what it names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.house.tracked import ROOT, files, name_of

PAGES = [path for path in files() if path.suffix == ".md"]
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
PLACE = re.compile(r"`([\w./-]+\.py):([A-Za-z_]\w*(?:\.\w+)*)(?:\(\))?`")
HEADING = re.compile(r"^#+\s+(.+?)\s*#*$", re.MULTILINE)
ELSEWHERE = ("http://", "https://", "mailto:")


def prose(text: str) -> str:
    """The page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text: str) -> Iterator[str]:
    for pattern in (LINK, REFERENCE):
        yield from (m[1] for m in pattern.finditer(prose(text)) if not m[1].startswith(ELSEWHERE))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as the usual viewers make them."""
    return {
        re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", title.lower()))
        for title in HEADING.findall(text)
    }


def broken(page: Path) -> Iterator[str]:
    for link in links(page.read_text("utf-8")):
        file, _, anchor = unquote(link).partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or ROOT not in (target, *target.parents):
            yield f"{link} leads nowhere"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
            yield f"{link} names a heading that is not there"


def unknown_names(page: Path) -> Iterator[str]:
    for file, name in PLACE.findall(page.read_text("utf-8")):
        path = next((p for p in (ROOT / file, page.parent / file) if p.is_file()), None)
        if path is None:
            yield f"{file} is not there"
        elif name not in defined(path):
            yield f"{file} defines no {name}"


def defined(path: Path) -> set[str]:
    """Names of functions, classes, their methods and constants of a module."""
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            if isinstance(node, ast.ClassDef):
                found |= {
                    f"{node.name}.{part.name}"
                    for part in node.body
                    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
                }
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_links_to_what_is_there(page: Path) -> None:
    assert list(broken(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_code_that_is_there(page: Path) -> None:
    assert list(unknown_names(page)) == []


def test_the_search_sees_a_dead_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.house.test_links_resolve.ROOT", tmp_path)
    (tmp_path / "other.md").write_text("# A heading\n")
    (tmp_path / "code.py").write_text("def here() -> None: ...\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md) [b](gone.md) [c](other.md#no) [d](other.md#a-heading)"
        " `code.py:here` `code.py:there`"
    )

    assert [said.split()[0] for said in broken(page)] == ["gone.md", "other.md#no"]
    assert list(unknown_names(page)) == ["code.py defines no there"]
