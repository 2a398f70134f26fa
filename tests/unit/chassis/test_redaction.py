import json
import time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from services.chassis.redaction import MASK, mask_text, redact, redact_fields


@pytest.mark.parametrize(
    "private",
    [
        "9995000105",
        "999 500 0105",
        "999-500-0105",
        "edna.hartley@example.net",
        "01632 960123",
        "(01632) 960 123",
        "07700900123",
        "+44 7700 900123",
        "SW1A 1AA",
        "m1 1ae",
        "LS29JT",
    ],
)
def test_what_looks_private_is_masked_wherever_it_stands(private: str) -> None:
    for text in (
        private,
        f"said {private}.",
        f"({private})",
        f"x='{private}', y=1",
        f"a\n{private}\nb",
    ):
        masked = mask_text(text)
        assert private not in masked, masked
        assert MASK in masked


@pytest.mark.parametrize(
    "plain",
    [
        "handover.opened",
        "care.handovers.v1",
        "01a200ab-64e1-736d-9841-e5692340ca61",
        "01a200ab-64e1-736d-9841-123456789012",
        "c356e438-776c-c087-0690-1338200c2855",
        "01234567-1234-7123-8123-012345678901",
        "2026-11-22T00:32:42.859396Z",
        "2026-11-22 10:00:00+00:00",
        "offset 12345 of partition 3",
        "urn:baton:spell.discharged:1",
        "practice-Z90001",
        "127.0.0.1:9092",
        "0.123456789 s",
        "d2c76a1fbe",
    ],
)
def test_ordinary_values_stay(plain: str) -> None:
    assert mask_text(plain) == plain


@given(st.uuids())
def test_no_reference_is_mistaken_for_a_person(reference: UUID) -> None:
    assert mask_text(str(reference)) == str(reference)
    assert mask_text(f"spell:{reference},{reference}") == f"spell:{reference},{reference}"


@given(st.integers(0, 999_999_999), st.sampled_from(["", " ", "-"]))
def test_no_number_of_ten_digits_passes(start: int, gap: str) -> None:
    digits = f"{start:09d}7"
    text = gap.join((digits[:3], digits[3:6], digits[6:]))
    assert text not in mask_text(f"number {text} given")


@pytest.mark.parametrize("part", ["a", "0", "+1 ", "a@", "1 ", "(0 ", "x.y-z ", "input_value="])
def test_a_long_text_cannot_hold_up_the_process(part: str) -> None:
    started = time.perf_counter()
    mask_text(part * 20_000)
    assert time.perf_counter() - started < 2


def test_identifying_fields_are_gone_at_every_depth() -> None:
    fields: dict[str, Any] = {
        "team": "ward-ZTA",
        "name": "Edna",
        "NHS_number": 1,
        "inner": {"given": "Edna", "count": 2, "list": [{"postcode": "x", "kept": True}]},
    }
    assert redact_fields(fields) == {
        "team": "ward-ZTA",
        "inner": {"count": 2, "list": [{"kept": True}]},
    }


def test_values_of_every_kind_come_out_fit_for_a_log() -> None:
    class Loud:
        def __str__(self) -> str:
            return "loud 999 500 0105"

    assert redact(b"PID|1|9995000105") == "[16 bytes]"
    assert redact(Loud()) == f"loud {MASK}"
    assert redact(9995000105) == MASK
    assert redact(1234567891) == 1234567891
    assert redact({"9995000105": 1}) == {MASK: 1}
    assert redact((1.5, None, True)) == [1.5, None, True]


def test_a_validation_error_does_not_repeat_the_input() -> None:
    class Named(BaseModel):
        number: int

    with pytest.raises(ValidationError) as refused:
        Named.model_validate_json(json.dumps({"number": "Edna Hartley"}))

    assert "Hartley" in str(refused.value)
    assert "Hartley" not in mask_text(str(refused.value))
    assert "int_parsing" in mask_text(str(refused.value))


def test_a_database_error_does_not_show_the_row() -> None:
    text = 'duplicate key value violates "x"\nDETAIL:  Key (surname)=(Hartley) already exists.'
    assert mask_text(text) == f'duplicate key value violates "x"\n{MASK}'
