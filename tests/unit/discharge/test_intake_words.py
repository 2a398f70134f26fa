"""Everything that a message can be flagged for, or lead to, has words that a person understands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from schemas.catalogue import BY_SCHEMA
from services.discharge.domain.message import Dialect, Door
from services.discharge.domain.statement import Happening
from services.discharge.domain.timeline import Question, State
from services.discharge.domain.times import Trouble
from services.discharge.inbound.flag_words import UNEXPLAINED, WORDS, in_words, kind_of, place_of
from services.discharge.inbound.hl7.events import EVENTS as TAKEN
from services.discharge.inbound.message_words import (
    DIALECTS,
    DOORS,
    EVENTS,
    HAPPENINGS,
    SAID,
    STATES,
)

DISCHARGE = Path(__file__).parents[3] / "services" / "discharge"
FLAG = re.compile(r"[a-z]+(-[a-z]+)*(:[A-Z][\w.\-\[\]]*)?\Z")
TROUBLES = [trouble for trouble in get_args(Trouble) if trouble]


def kinds(node: ast.expr) -> Iterator[str]:
    """The kinds of flags that an expression can stand for; of what varies each variant."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield (
            node.value if node.value.startswith(("conflict:", "question:")) else kind_of(node.value)
        )
    elif isinstance(node, ast.JoinedStr):
        head = node.values[0]
        told = str(head.value) if isinstance(head, ast.Constant) else ""
        if told in {"time-", "date-"}:
            yield from (f"{told}{trouble}" for trouble in TROUBLES if told == "time-")
        elif told:
            yield kind_of(told)
    elif isinstance(node, ast.Tuple | ast.List):
        for each in node.elts:
            yield from kinds(each)
    elif isinstance(node, ast.IfExp):
        yield from (*kinds(node.body), *kinds(node.orelse))


def is_flags(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return str(name).endswith("flags")


def flagged(tree: ast.AST) -> Iterator[str]:
    """Whatever is put among flags: appended, added, assigned, passed, or in a tuple beside other flags."""
    for node in ast.walk(tree):
        for expression in put_among_flags(node):
            yield from kinds(expression)
        if (
            isinstance(node, ast.Constant)
            and ":" in str(node.value)
            and FLAG.match(str(node.value))
        ):
            yield from kinds(node)


def put_among_flags(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(func=ast.Attribute(value=target, attr="append" | "add" | "extend")):
            return node.args if is_flags(target) else []
        case ast.Assign(targets=[ast.Name(id="flags")], value=value):
            return [value]
        case ast.AugAssign(target=target, value=value):
            return [value] if is_flags(target) else []
        case ast.keyword(arg="flags", value=value):
            return [value]
        case ast.Tuple(elts=elements):
            return [node] if any(map(is_starred_flags, elements)) else []
    return []


def is_starred_flags(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred) and is_flags(node.value)


def every_kind() -> set[str]:
    found = set()
    for path in sorted(DISCHARGE.rglob("*.py")):
        if path.name != "flag_words.py":
            found |= {
                kind for kind in flagged(ast.parse(path.read_text())) if FLAG.match(kind_of(kind))
            }
    return found


def test_every_flag_that_code_can_raise_has_words():
    found = every_kind()

    assert {"nhs-number-invalid", "time-gap", "time-of-receipt", "visit-number-shared"} <= found
    assert sorted(kind for kind in found if in_words(kind) == UNEXPLAINED) == []


@pytest.mark.parametrize("question", get_args(Question))
def test_every_question_has_words_of_its_own(question: str):
    assert in_words(f"question:{question}") != WORDS["question"]


def test_every_state_and_happening_has_words():
    assert set(STATES) == set(get_args(State))
    assert set(HAPPENINGS) == set(get_args(Happening))


def test_every_event_that_a_message_leads_to_has_words():
    ours = ("patient.", "spell.", "document.")
    said = {event.type for event in BY_SCHEMA.values() if event.type.startswith(ours)}

    assert said <= set(SAID)


def test_every_door_dialect_and_event_has_a_name():
    assert set(DOORS) == set(get_args(Door))
    assert set(DIALECTS) == set(get_args(Dialect))
    assert set(TAKEN) <= set(EVENTS)


def test_words_are_sentences():
    for flag, words in WORDS.items():
        assert words[0].isupper(), flag
        assert words.endswith("."), flag


def test_a_flag_is_told_with_its_place():
    assert in_words("unknown-code:PV1-36") == WORDS["unknown-code"]
    assert place_of("unknown-code:PV1-36") == "PV1-36"
    assert place_of("conflict:local-number") == ""
    assert in_words("never-heard-of:PID-3") == UNEXPLAINED
