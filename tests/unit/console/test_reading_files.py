"""Files that hold one message."""

from pathlib import Path

import pytest

from services.console.errors import ConsoleError
from services.console.messages.message import FhirMessage, Hl7Message, read_message
from services.console.messages.post import way_for


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_any_line_end_will_do_and_a_carriage_return_travels(tmp_path: Path, end: str) -> None:
    file = tmp_path / "a.hl7"
    file.write_bytes(f"MSH|^~\\&|A{end}PID|1{end}".encode())

    message = read_message(file)

    assert message.to_bytes() == b"MSH|^~\\&|A\rPID|1\r"


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "b.json").write_text('{"resourceType": "Patient"}')

    with pytest.raises(ConsoleError, match=r"a\.txt is neither"):
        read_message(tmp_path / "a.txt")
    with pytest.raises(ConsoleError, match=r"b\.json is not a FHIR Bundle"):
        read_message(tmp_path / "b.json")


def test_each_kind_has_its_own_way() -> None:
    old, new = Hl7Message("a", ("MSH|",)), FhirMessage("b", {})

    assert way_for(old, None) == "mllp"
    assert way_for(old, "hl7v2") == "hl7v2"
    assert way_for(new, None) == "fhir"
    with pytest.raises(ConsoleError, match="a cannot go to fhir; mllp or hl7v2 would do"):
        way_for(old, "fhir")
