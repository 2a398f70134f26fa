"""Settings and what is written of them agree: none is secret to a reader, and none is written of that is not there."""

import re
from collections.abc import Iterator

from services.console.page.config import ConsoleSettings
from tests.house.built import SERVICES, settings_class
from tests.house.tracked import ROOT, files, name_of

TABLE = ROOT / "docs" / "SETTINGS.md"
NAME = re.compile(r"\bBATON_[A-Z0-9_]*[A-Z0-9]\b")
ROW = re.compile(r"^\| `(BATON_\w+)` \|", re.MULTILINE)
WRITTEN = (".md", ".yml", ".yaml", ".example", "Dockerfile", "Makefile")
OF_TOOLS = {
    "BATON_HOME",
    "BATON_KAFKA_LIBS",
    "BATON_MLLP",
    "BATON_TEST_KAFKA",
    "BATON_TOPIC_REPLICATION",
}
"""Read by the command line, the making of topics, the local broker and the tests, not by a service."""


def read() -> set[str]:
    """Every variable that a service or the operator page reads at its start."""
    of_services = {name for one in map(settings_class, SERVICES) for name in one.model_fields}
    return {f"BATON_{name.upper()}" for name in of_services | set(ConsoleSettings.model_fields)}


def written() -> Iterator[tuple[str, str]]:
    """Every variable that a document or a file of deployment names, and where."""
    for path in files():
        if path.name.endswith(WRITTEN) and "tests/" not in name_of(path):
            yield from ((found, name_of(path)) for found in NAME.findall(path.read_text("utf-8")))


def test_the_table_has_every_setting_once() -> None:
    told = ROW.findall(TABLE.read_text("utf-8"))
    assert len(told) == len(set(told))
    assert set(told) == read() | OF_TOOLS


def test_the_table_tells_the_true_default() -> None:
    rows = {
        line.split("`")[1]: line
        for line in TABLE.read_text("utf-8").splitlines()
        if ROW.match(line)
    }
    for one in map(settings_class, SERVICES):
        for name, field in one.model_fields.items():
            row = rows[f"BATON_{name.upper()}"]
            if field.is_required():
                assert "**needed**" in row
            elif isinstance(field.default, bool | int | float | str) and field.default != "":
                said = f"{field.default:g}" if type(field.default) is float else str(field.default)
                assert f"`{said.lower() if type(field.default) is bool else said}`" in row, name


def test_what_is_written_of_is_read() -> None:
    known = read() | OF_TOOLS
    unknown = {
        (name, place) for name, place in written() if name.removesuffix("_FILE") not in known
    }
    assert unknown == set()


def test_what_belongs_to_a_tool_is_read_by_one() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for path in files()
        if path.suffix == ".py" and path.name != "test_settings_are_told.py"
    )
    assert {name for name in OF_TOOLS if f'"{name}"' not in code} == set()
