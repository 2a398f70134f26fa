"""Logs as one JSON object a line on standard output, ours and the libraries' alike, without identities."""

import logging
import re
import sys
import time
from collections.abc import Callable
from typing import Any, Final, TextIO

import orjson
import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from services.chassis.redaction import mask_text, redact_fields

QUIET_SECONDS: Final = 30.0
_LONGEST_FOREIGN_TEXT: Final = 400
_OWN: Final = frozenset({"timestamp", "level", "logger", "service"})

bound = bound_contextvars
"""`with bound(correlation_id=…, event_id=…):` adds fields to every line inside."""


def get_logger() -> FilteringBoundLogger:
    """A logger. Events are constant names such as `handover.opened`, values are fields."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def configure(service: str, level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Send every line of this process to `stream` (standard output), from `level` upwards."""
    out = stream or sys.stdout
    render, shared = _renderer(out), _shared(service)
    _speak(shared, render, level, structlog.WriteLoggerFactory(file=out))
    handler = logging.StreamHandler(out)
    handler.addFilter(Calm())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                _shorten,
                *shared,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    _adopt_the_libraries(handler, level)


class Calm(logging.Filter):
    """Lets a library say the same thing once in half a minute, with a count of what was left out.

    With the broker down, aiokafka says the same line every 50 ms.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; counts it when not."""
        key = (record.name, record.levelno, re.sub(r"\d+", "#", str(record.msg))[:160])
        now = time.monotonic()
        last, left_out = self._said.get(key, (-QUIET_SECONDS, 0))
        if now - last < QUIET_SECONDS:
            self._said[key] = (last, left_out + 1)
            return False
        if len(self._said) > 1000:
            self._said.clear()
        self._said[key] = (now, 0)
        if left_out:
            record.msg = f"{record.getMessage()} (and {left_out} more like it)"
            record.args = ()
        return True


def _shared(service: str) -> list[Processor]:
    return [
        merge_contextvars,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Service(service),
        structlog.processors.format_exc_info,
        _redact,
    ]


def _speak(
    shared: list[Processor], render: Processor, level: str, factory: Callable[..., WrappedLogger]
) -> None:
    structlog.configure(
        processors=[structlog.processors.add_log_level, *shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=factory,
        cache_logger_on_first_use=False,
    )


class _Service:
    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = self._service
        return event


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    own = {name: event.pop(name) for name in _OWN & event.keys()}
    kept = {name: value for name, value in event.items() if name.startswith("_")}
    for name in kept:
        del event[name]
    return {**own, **redact_fields(event), **kept}


def _shorten(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    text = mask_text(str(event.get("event", "")))
    event["event"] = text[:_LONGEST_FOREIGN_TEXT]
    return event


def _renderer(out: TextIO) -> Processor:
    if out.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return _as_json()


def _as_json() -> Processor:
    return structlog.processors.JSONRenderer(serializer=_to_json)


def _to_json(fields: Any, **_: Any) -> str:
    return orjson.dumps(fields, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _adopt_the_libraries(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    for name in ("uvicorn", "uvicorn.error", "faststream", "aiokafka"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logging.getLevelNamesMapping()[level], logging.INFO))
        logger.handlers.clear()
        logger.propagate = True
    # The access log prints paths, and a path may carry a private token.
    logging.getLogger("uvicorn.access").disabled = True


# The library's own default shows local variables: a process that has not called `configure` must not.
_speak(_shared("baton"), _as_json(), "INFO", lambda *_: structlog.WriteLogger(sys.stderr))
