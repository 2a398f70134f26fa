import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog

from services.chassis import log


class Lines:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    def __call__(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    found = Lines()
    log.configure("referral", "DEBUG", stream=found.stream)
    yield found
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.configure(**before)


def fail(error: Exception) -> None:
    raise error


def test_one_line_is_one_json_object_with_service_level_and_time(lines: Lines) -> None:
    log.get_logger().info("handover.opened", handover_id=uuid4(), tasks=3)

    [line] = lines()
    assert line["event"] == "handover.opened"
    assert (line["service"], line["level"], line["tasks"]) == ("referral", "info", 3)
    assert line["timestamp"].endswith("Z")


def test_a_line_break_in_a_value_cannot_forge_a_line(lines: Lines) -> None:
    log.get_logger().info("request.odd", reason='x\n{"event": "forged"}')

    assert [line["event"] for line in lines()] == ["request.odd"]


def test_libraries_come_out_the_same(lines: Lines) -> None:
    with log.bound(correlation_id="c"):
        logging.getLogger("aiokafka.consumer").warning("Partition %s lost", 3)

    [line] = lines()
    assert line["event"] == "Partition 3 lost"
    assert line["logger"] == "aiokafka.consumer"
    assert line["service"] == "referral"
    assert line["correlation_id"] == "c"


def test_nobody_is_named_in_fields_texts_and_exceptions(lines: Lines) -> None:
    try:
        fail(ValueError("no such number: 999 500 0105"))
    except ValueError:
        log.get_logger().exception("request.failed", name="Edna Hartley", note="e@example.net")
        logging.getLogger("faststream").exception("ValueError: %s", "9995000105")

    everything = lines.stream.getvalue()
    assert len(lines()) == 2
    for private in ("Edna", "Hartley", "999 500 0105", "9995000105", "e@example.net"):
        assert private not in everything
    assert "ValueError" in lines()[0]["exception"]


def test_local_variables_are_not_logged(lines: Lines) -> None:
    surname = "Hart" + "ley"
    try:
        fail(RuntimeError(len(surname)))
    except RuntimeError:
        log.get_logger().exception("request.failed")
    assert surname not in lines.stream.getvalue()


def test_a_library_that_repeats_itself_is_heard_once(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(log.time, "monotonic", lambda: clock[0])
    for attempt in range(50):
        logging.getLogger("aiokafka").error("Unable to connect to node %d", attempt)
    logging.getLogger("aiokafka").error("Something else")
    clock[0] += log.QUIET_SECONDS + 1
    logging.getLogger("aiokafka").error("Unable to connect to node %d", 7)

    assert [line["event"] for line in lines()] == [
        "Unable to connect to node 0",
        "Something else",
        "Unable to connect to node 7 (and 49 more like it)",
    ]


def test_our_own_lines_are_never_left_out(lines: Lines) -> None:
    for _ in range(3):
        log.get_logger().info("timer.rung")
    assert len(lines()) == 3


def test_a_long_foreign_text_is_cut(lines: Lines) -> None:
    logging.getLogger("faststream").error("SubscriberNotFound: %s", "x" * 5000)
    assert len(lines()[0]["event"]) < 500


def test_paths_are_not_logged_because_they_may_carry_a_token(lines: Lines) -> None:
    logging.getLogger("uvicorn.access").info("GET /p/secret-token")
    logging.getLogger("httpx2").info("HTTP Request: GET /p/secret-token")
    assert lines() == []


def test_a_process_that_has_not_set_up_its_log_is_careful_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    surname = "Hart" + "ley"
    try:
        fail(ValueError(len(surname), "999 500 0105"))
    except ValueError:
        log.get_logger().exception("request.failed", name=surname)

    told = capsys.readouterr()
    assert told.out == ""
    assert "ValueError" in told.err
    assert "999 500 0105" not in told.err
    assert surname not in told.err
