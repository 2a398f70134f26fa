"""`baton pathways`: rule files tried on the command line, as somebody who writes rules does."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.console.cli import app
from services.console.errors import ConsoleError

SAMPLES = Path(__file__).parents[3] / "samples"
FRAIL, ASTHMA = SAMPLES / "frail-78-a03.hl7", SAMPLES / "asthma-34-discharge.json"


@pytest.fixture
def place(tmp_path):
    (tmp_path / "R14.yaml").write_text(
        "id: R14\noff: true\nreason: Our nurses see everybody on the day after.\n"
    )
    return tmp_path


def baton(*arguments):
    return CliRunner().invoke(app, ["pathways", *map(str, arguments)])


def test_the_rules_that_come_with_baton_are_sound():
    said = baton("check")

    assert said.exit_code == 0
    assert "nothing is wrong" in said.output


def test_a_fault_ends_with_1_and_names_the_file_and_the_field(place):
    (place / "R26.yaml").write_text("id: R26\ntitel: misspelt\n")

    said = baton("check", "--folder", place)

    assert isinstance(said.exception, ConsoleError)
    assert "R26.yaml: title: Field required" in said.output


@pytest.mark.parametrize(
    ("message", "fires"),
    [(FRAIL, ["R01", "R06", "R09", "R14"]), (ASTHMA, ["R01", "R06", "R26"])],
)
def test_a_message_is_explained_without_who_it_is_about(message, fires):
    said = baton("explain", message)
    found = json.loads(baton("explain", message, "--json").output)

    assert [rule["rule"] for rule in found["fired"]] == fires
    assert "needs encounter.class is one of EMER (seen: IMP)" in said.output
    for identity in ("HARTLEY", "9995000105", "MILL LANE", "1948"):
        assert identity not in said.output


def test_each_deadline_is_shown_with_its_working():
    said = baton("explain", ASTHMA, "--at", "2026-12-24T16:40").output

    assert "Handover opened Thu 24 Dec 2026 16:40" in said
    assert "Tue 8 Sep 10:05 + 24 h → Wed 9 Sep 10:05" in said


def test_what_the_place_changed_is_said_in_words(place):
    assert baton("explain", FRAIL, "--folder", place, "--json").output.count('"R14"') == 1
    said = baton("diff", "--folder", place)

    assert "R14 is switched off: Phone or visit the patient at home" in said.output
    assert "because: Our nurses see everybody on the day after." in said.output


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("frail-78-a01.hl7", "nobody leaves hospital in it: admitted"),
        ("frail-78-edischarge.xml", "a document begins no handover"),
    ],
)
def test_a_message_without_a_discharge_is_told_so(message, why):
    assert why in str(baton("explain", SAMPLES / message).exception)


def test_a_comparison_needs_a_place():
    assert "no folder of the place is named" in str(baton("diff").exception)


def test_a_person_approves_after_reading_what_is_different(place):
    said = baton("approve", "--folder", place, "--name", "Ada Thornley", "--role", "Lead", "--yes")

    assert "R14 is switched off: Phone or visit the patient at home" in said.output
    assert "approved by Ada Thornley, Lead, 20" in said.output
    assert "1 of 2 approvals of the text as it is now: a live site does not start" in said.output

    again = baton("approve", "--folder", place, "--name", "ADA THORNLEY", "--role", "Lead", "--yes")
    assert "has approved this text already" in str(again.exception)


def test_who_does_not_agree_has_approved_nothing(place):
    said = CliRunner().invoke(
        app,
        ["pathways", "approve", "--folder", str(place), "--name", "Sam Okafor", "--role", "Lead"],
        input="n\n",
    )

    assert str(said.exception) == "nothing was approved"
    assert not (place / "approved.yaml").exists()


def test_a_check_says_how_many_have_approved_the_text_as_it_is_now(place):
    baton("approve", "--folder", place, "--name", "Ada Thornley", "--role", "Lead", "--yes")
    file = place / "R14.yaml"
    file.write_text(file.read_text().replace("everybody on", "everybody, on"))

    said = baton("check", "--folder", place).output

    assert "of an earlier text: Ada Thornley, Lead, 20" in said
    assert "0 of 2 approvals of the text as it is now: a live site does not start with it" in said


def test_what_a_place_would_do_otherwise_is_said_patient_by_patient(place):
    said = baton("compare", "--folder", place, FRAIL, ASTHMA).output

    assert "asthma-34-discharge.json: nothing differs" in said
    assert "R14 vanishes: Phone or visit the patient at home" in said
    assert "Made up: encounter.class is one of IMP" in said
    for identity in ("HARTLEY", "9995000105", "MILL LANE", "1948"):
        assert identity not in said


def test_without_messages_the_samples_are_compared(place):
    found = json.loads(baton("compare", "--folder", place, "--json").output)

    assert {one["case"] for one in found["messages"]} == {FRAIL.name, ASTHMA.name}
