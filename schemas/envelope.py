"""CloudEvents 1.0 in Kafka binary mode: attributes as `ce_` headers, the event as the body."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CONTENT_TYPE = "application/json"
_is_safe = re.compile(r"[\x21-\x7e]{1,200}").fullmatch
_REQUIRED = (
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_specversion",
    "ce_time",
    "ce_dataschema",
    "ce_subject",
)


class EnvelopeError(ValueError):
    """The headers of a record are not those of one of our events; the text names the header, never its value."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything said about an event beside its body."""

    event_id: UUID
    source: str
    """`/baton/<service>`."""
    type: str
    dataschema: str
    stream: str
    """The aggregate that spoke, `<noun>:<uuid>`; travels as `ce_subject`."""
    sequence: int
    """Counts 1, 2, 3 within the stream without a gap."""
    occurred_at: datetime
    """UTC."""
    correlation_id: UUID
    """One journey: constant from the hospital's message to the last alert."""
    causation_id: UUID
    """What directly led to this: an event, a source message, a timer or a request."""
    partition_key: str

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers."""
        return [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.event_id).encode()),
            ("ce_source", self.source.encode()),
            ("ce_type", self.type.encode()),
            ("ce_dataschema", self.dataschema.encode()),
            ("ce_subject", self.stream.encode()),
            ("ce_sequence", b"%d" % self.sequence),
            ("ce_time", self.occurred_at.isoformat().encode()),
            ("ce_correlationid", str(self.correlation_id).encode()),
            ("ce_causationid", str(self.causation_id).encode()),
            ("ce_partitionkey", self.partition_key.encode()),
            ("content-type", CONTENT_TYPE.encode()),
        ]


def read_envelope(headers: Iterable[tuple[str, bytes | None]]) -> Envelope:
    """Read the headers of a record.

    Raises `EnvelopeError` for a header that is missing, null, not UTF-8, too long or not of its form.
    """
    found = _text_by_name(headers)
    for name in _REQUIRED:
        if name not in found:
            raise EnvelopeError(f"missing header {name}")
    if found["ce_specversion"] != "1.0":
        raise EnvelopeError("unsupported ce_specversion")
    try:
        return Envelope(
            event_id=UUID(found["ce_id"]),
            source=found["ce_source"],
            type=found["ce_type"],
            dataschema=found["ce_dataschema"],
            stream=found["ce_subject"],
            sequence=int(found["ce_sequence"]),
            occurred_at=_instant(found["ce_time"]),
            correlation_id=UUID(found["ce_correlationid"]),
            causation_id=UUID(found["ce_causationid"]),
            partition_key=found["ce_partitionkey"],
        )
    except KeyError as error:
        raise EnvelopeError(f"missing header {error.args[0]}") from None
    except ValueError:
        raise EnvelopeError("a header is not of its form") from None


def _text_by_name(headers: Iterable[tuple[str, bytes | None]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if not name.startswith("ce_"):
            continue
        if value is None:
            raise EnvelopeError(f"null header {name[:40]!a}")
        try:
            text = value.decode("ascii")
        except UnicodeDecodeError:
            raise EnvelopeError(f"header {name[:40]!a} is not plain text") from None
        if not _is_safe(text):
            raise EnvelopeError(f"header {name[:40]!a} is not of its form")
        found[name] = text
    return found


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no offset")
    return at
