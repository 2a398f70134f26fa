"""What a reader may rely on in every file: one story, said in a screen or two, finished, at home anywhere."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tracked import ROOT, files, name_of, python_files

LONGEST = 260
PRODUCT = ("services/", "schemas/", "deploy/")
NOT_WRITTEN = re.compile(r"\.(lock|json|png)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b")
OF_ONE_MACHINE = re.compile(
    r"""(?ix)
    (?:^|[\s"'`=:(])/(?:work|home/\w+|root|Users)/\w\w   # somebody's folders
    | \bpypi\.org\b | files\.pythonhosted | \bregistry\.npmjs | repo1?\.maven | \bdocker\.io/\w
    | \bhttps?://[^\s"'`)]*\.(?:whl|tgz|tar\.gz|jar|zip)\b   # something to download
    """
)
SAYS_WHAT_IT_FORBIDS = {"tests/house/test_source_tree.py"}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def found(pattern: re.Pattern[str]) -> list[str]:
    """Where the pattern stands in files that people write."""
    return [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in files()
        if not NOT_WRITTEN.search(path.name) and name_of(path) not in SAYS_WHAT_IT_FORBIDS
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_tells_more_than_one_story() -> None:
    long = {
        name_of(path): lines
        for path in python_files()
        if name_of(path).startswith(PRODUCT)
        and (lines := len(text_of(path).splitlines())) > LONGEST
    }
    assert long == {}


@pytest.mark.parametrize(
    "path", [p for p in python_files() if name_of(p).startswith(PRODUCT)], ids=name_of
)
def test_a_module_opens_with_one_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse(text_of(path)))
    assert said, "say in one sentence what this module is for"
    first = said.split("\n\n")[0]
    assert first[0].isupper() or first[0] in "`'", "a sentence begins with a capital"
    assert first.endswith((".", ":", "`")), "a sentence ends with a full stop"
    assert len(first) <= 240, "a sentence can be said in one breath"


def test_nothing_is_left_for_later() -> None:
    assert found(UNFINISHED) == []


def test_nothing_is_at_home_on_one_machine_only() -> None:
    assert found(OF_ONE_MACHINE) == []


@pytest.mark.parametrize(
    "line",
    ["see /work/main/x.py", "'/home/jo/baton'", "https://pypi.org/simple", "https://a.b/c.jar"],
)
def test_the_search_finds_what_is_of_one_machine(line: str) -> None:
    assert OF_ONE_MACHINE.search(line)


def test_imports_follow_the_map() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
