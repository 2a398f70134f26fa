"""A hospital's browser may reach nobody but us (pitfall P6)."""

import re
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
SERVED = sorted(
    path
    for pattern in (
        "*/templates/**/*.html",
        "*/static/**/*.css",
        "*/static/**/*.js",
        "*/static/**/*.svg",
    )
    for path in SERVICES.glob(pattern)
)
FETCHES = re.compile(
    r"""(?:src|href|action|hx-get|hx-post)\s*=\s*["']?\s*(?:https?:)?//
      | url\(\s*["']?(?:https?:)?//
      | @import
      | (?:fetch|import)\(?\s*["'](?:https?:)?//""",
    re.VERBOSE | re.IGNORECASE,
)


@pytest.mark.parametrize("path", SERVED, ids=lambda path: str(path.relative_to(SERVICES)))
def test_a_file_that_browsers_read_names_no_other_host(path: Path) -> None:
    assert FETCHES.findall(path.read_text(encoding="utf-8")) == []


def test_every_vendored_folder_names_its_version_and_carries_its_licence() -> None:
    folders = [path for path in SERVICES.glob("*/static/vendor/*") if path.is_dir()]
    assert folders
    for folder in folders:
        assert re.search(r"-\d+\.\d+\.\d+$", folder.name)
        assert (folder / "LICENSE").is_file()
