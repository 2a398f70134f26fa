import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.console.cli import app
from services.console.errors import ConsoleError

SAMPLES = Path(__file__).parents[3] / "samples"
DISCHARGE = SAMPLES / "frail-78-a03.hl7"


def baton(*arguments):
    return CliRunner().invoke(app, ["sources", "check", *map(str, arguments)])


def test_a_folder_of_messages_is_read_and_reported():
    said = baton(SAMPLES)

    assert said.exit_code == 0
    assert "A03 from ZTA/PAS, profile default" in said.output
    assert "2 messages, 2 would be accepted" in said.output
    assert "Segments that no profile names: NK1 (2)" in said.output
    assert "HARTLEY" not in said.output


def test_values_are_shown_to_those_who_ask():
    assert "HARTLEY^EDNA" in baton(DISCHARGE, "--show-values").output


def test_the_report_can_be_read_by_another_program():
    found = json.loads(baton(DISCHARGE, "--json").output)

    assert found["report"]["events"] == {"A03": 1}
    assert found["messages"][0]["happening"] == "discharged"


def test_a_message_that_would_be_refused_makes_the_command_fail(tmp_path):
    message = DISCHARGE.read_bytes().replace(b"ADT^A03^ADT_A03", b"ADT^A17")
    (tmp_path / "one.hl7").write_bytes(message)

    said = baton(tmp_path)

    assert isinstance(said.exception, ConsoleError)
    assert str(said.exception) == "1 of 1 would be refused"
    assert "AR at MSH-9" in said.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id: mine\nname: Mine\ncolour: blue\n", "colour: there is nothing of this name"),
        ("id: mine\nname: Mine\nfields: {method: [PV1.36]}\n", "a place is written like PV1-45"),
    ],
)
def test_a_profile_that_cannot_be_used_is_said_in_a_sentence(tmp_path, text, sentence):
    (tmp_path / "mine.yaml").write_text(text)

    said = baton(DISCHARGE, "--profile", tmp_path / "mine.yaml")

    assert isinstance(said.exception, ConsoleError)
    assert sentence in str(said.exception)


def test_a_folder_without_messages_is_said(tmp_path):
    assert "there is no HL7 v2 message" in str(baton(tmp_path).exception)
