import contextlib
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import Envelope, EnvelopeError, read_envelope

AN_ENVELOPE = Envelope(
    event_id=UUID("01920000-0000-7000-8000-000000000001"),
    source="/baton/discharge",
    type="spell.discharged",
    dataschema="urn:baton:spell.discharged:1",
    stream="spell:01920000-0000-7000-8000-000000000002",
    sequence=1,
    occurred_at=datetime(2026, 9, 8, 10, 20, tzinfo=UTC),
    correlation_id=UUID("01920000-0000-7000-8000-000000000003"),
    causation_id=UUID("01920000-0000-7000-8000-000000000004"),
    partition_key="5b1f0c9d3e7a48628d1c0f9e2b3a4d5c",
)


def test_what_is_written_is_read() -> None:
    assert read_envelope(AN_ENVELOPE.headers()) == AN_ENVELOPE


@pytest.mark.parametrize(
    "name", [name for name, _ in AN_ENVELOPE.headers() if name.startswith("ce_")]
)
@pytest.mark.parametrize("value", [None, b"\xff\xfe", b"", b"a b", b"x" * 300, b"line\r\nbreak"])
def test_a_damaged_header_is_named_and_its_value_is_not_repeated(
    name: str, value: bytes | None
) -> None:
    damaged = [(n, value if n == name else v) for n, v in AN_ENVELOPE.headers()]

    with pytest.raises(EnvelopeError) as refused:
        read_envelope(damaged)

    assert "xxx" not in str(refused.value)


def test_a_time_without_an_offset_is_not_a_time() -> None:
    naive = [(n, b"2026-09-08T10:20:00" if n == "ce_time" else v) for n, v in AN_ENVELOPE.headers()]

    with pytest.raises(EnvelopeError):
        read_envelope(naive)


@given(
    st.lists(
        st.tuples(st.text(max_size=20), st.one_of(st.none(), st.binary(max_size=50))), max_size=15
    )
)
def test_any_headers_are_read_or_refused(headers: list[tuple[str, bytes | None]]) -> None:
    with contextlib.suppress(EnvelopeError):
        read_envelope(headers)
