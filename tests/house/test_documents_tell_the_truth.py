"""What a document tells its reader to run, call, look for or rely on is there."""

import ast
import re
from functools import cache
from unittest.mock import MagicMock

import typer

from services.chassis.access import guarded_routes
from services.chassis.operations import operations
from services.console.cli import app as baton
from tests.house.built import SERVICES, build
from tests.house.test_dashboard_and_alerts import measured
from tests.house.test_links_resolve import PAGES
from tests.house.tracked import ROOT, files, name_of, python_files

COMMAND = re.compile(r"(?:`|bin/|^ {2,})baton ([a-z]+(?: [a-z]+)?)([^`\n#]*)", re.MULTILINE)
TARGET = re.compile(r"(?:^|`|\n)make ([a-z][a-z-]*)")
ROUTE = re.compile(r"(?:GET|POST|PUT|DELETE) (/[^\s`),;|\\]*)|`(/[a-z][^\s`]*)`")
TEST = re.compile(r"`(test_\w+)`")
TEST_FILE = re.compile(r"`(?:tests/[\w/]+/)?(test_\w+\.py)`")
HAPPENS = re.compile(r"`([a-z]+\.[a-z_]+)`")
OF_KAFKA = {"retention.ms"}
METRIC = re.compile(r"\b(baton_[a-z_]+)\b")
OF_OTHERS = {"/hook"}
"""A subscriber's own address."""
ROLES = {f"baton_{service}{kind}" for service in SERVICES for kind in ("", "_owner")}
"""Of PostgreSQL; they begin as measures do."""


@cache
def pages() -> tuple[tuple[str, str], ...]:
    """Name and text of every document."""
    return tuple((name_of(page), page.read_text("utf-8")) for page in PAGES)


def commands(group: typer.Typer, before: str = "") -> dict[str, set[str]]:
    """Every command by its words, with its options."""
    found: dict[str, set[str]] = {}
    click = typer.main.get_command(group)
    for name, command in getattr(click, "commands", {}).items():
        inner = getattr(command, "commands", None)
        for sub, leaf in inner.items() if inner else ((None, command),):
            words = f"{name} {sub}" if sub else name
            found[before + words] = {
                option for part in leaf.params for option in part.opts if option.startswith("--")
            } | {"--help"}
    return found


def test_a_command_that_is_written_down_can_be_run() -> None:
    known = commands(baton)
    wrong = set()
    for page, text in pages():
        for words, rest in COMMAND.findall(text):
            name = words if words in known else words.split()[0]
            group = any(other.startswith(f"{name} ") for other in known)
            if name not in known and not (group and len(words.split()) == 1):
                wrong.add((page, words))
            elif name in known:
                wrong |= {
                    (page, f"{name} {option}")
                    for option in re.findall(r"(--[a-z-]+)", rest)
                    if option not in known[name]
                }
    assert wrong == set()


def test_the_console_tells_every_command() -> None:
    told = (ROOT / "services/console/README.md").read_text("utf-8")
    rows = [line for line in told.splitlines() if line.startswith("| `baton ")]
    missing = [
        name
        for name in commands(baton)
        if not any(
            row.startswith(f"| `baton {name.split()[0]}") and name.split()[-1] in row
            for row in rows
        )
    ]
    assert missing == []


def test_a_target_that_is_written_down_can_be_made() -> None:
    made = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wrong = {(page, name) for page, text in pages() for name in TARGET.findall(text)} - {
        (page, name) for page, _ in pages() for name in made
    }
    assert wrong == set()


@cache
def routes() -> tuple[re.Pattern[str], ...]:
    """Every path that a service answers, with anything for what stands in braces."""
    found = {"/static"}
    for service in SERVICES:
        web = build(service).app
        web.include_router(operations(MagicMock(), MagicMock(), None, None))
        found |= {path for _, path, _ in guarded_routes(web)}
    shapes = {re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)) for path in found}
    return tuple(re.compile(rf"{shape}(?:/.*)?") for shape in sorted(shapes - {"/"}))


def spread(path: str) -> list[str]:
    """`/offers/{id}/{accept,decline}` is two paths."""
    several = re.search(r"\{(\w+(?:,[\w-]+)+)\}", path)
    if several is None:
        return [path]
    return [path.replace(several[0], one) for one in several[1].split(",")]


def is_answered(path: str) -> bool:
    """Whether a service answers there, or below it, such as `/fhir`."""
    below = re.escape(path) + "/"
    return any(shape.fullmatch(path) or shape.pattern.startswith(below) for shape in routes())


def test_an_address_that_is_written_down_is_answered() -> None:
    named = {
        (page, path)
        for page, text in pages()
        for one, other in ROUTE.findall(text)
        for path in spread((one or other).split("?")[0].removesuffix("…").rstrip("/"))
        if path and path not in OF_OTHERS
    }
    assert {found for found in named if not is_answered(found[1])} == set()


@cache
def names_of_tests() -> frozenset[str]:
    """The name of every test."""
    return frozenset(
        node.name
        for path in python_files()
        if path.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_a_test_that_a_document_relies_on_is_there() -> None:
    there = names_of_tests() | {path.stem for path in files() if path.suffix == ".py"}
    names = {(page, name) for page, text in pages() for name in TEST.findall(text)}
    named_files = {(page, name) for page, text in pages() for name in TEST_FILE.findall(text)}
    paths = {path.name for path in files()}
    assert {found for found in names if found[1] not in there} == set()
    assert {found for found in named_files if found[1] not in paths} == set()


def test_each_hazard_names_a_test() -> None:
    """A control that nothing proves is a hope."""
    text = (ROOT / "docs/SAFETY.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert [row.split("|")[1].strip() for row in rows if not TEST.search(row.split("|")[3])] == []


def test_the_first_page_counts_right() -> None:
    """And shows what is there: its first picture is no link that the others would be tried as."""
    text = (ROOT / "README.md").read_text("utf-8")
    [said] = re.findall(r"(\d+) files say what has to be done", text)
    assert int(said) == len(list((ROOT / "services/referral/data/pathways").glob("*.yaml")))
    assert all((ROOT / shown).is_file() for shown in re.findall(r'src="([^"]+)"', text))
    assert len(text.splitlines()) < 90, "two screens"


def test_what_the_person_on_call_looks_for_can_be_found() -> None:
    text = (ROOT / "docs/OPERATIONS.md").read_text("utf-8")
    code = "\n".join(p.read_text("utf-8") for p in python_files() if name_of(p).startswith("serv"))
    said = {name for name in HAPPENS.findall(text) if not name.endswith((".py", ".yaml", ".dat"))}
    assert {name for name in said if f'"{name}"' not in code} - OF_KAFKA == set()


def test_a_measure_that_is_written_down_is_measured() -> None:
    known = {name.removesuffix("_bucket") for name in measured()} | ROLES
    named = {(page, name) for page, text in pages() for name in METRIC.findall(text)}
    assert {found for found in named if found[1] not in known} == set()
