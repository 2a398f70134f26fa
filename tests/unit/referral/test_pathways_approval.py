"""Two people approve what a place changes of the rules, each of them the very text that goes live."""

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import structlog
import yaml

from services.chassis import process
from services.referral import app
from services.referral.config import ReferralSettings
from services.referral.outbound.approval_file import NotApprovedError, digest_of, read_approvals
from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.rulebook.approve import approve
from services.referral.outbound.rulebook.check import check
from services.referral.outbound.rulebook.diff import diff

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ADA, SAM = "Ada Thornley", "Sam Okafor"
R26 = (DATA / "pathways" / "R26.yaml").read_text().replace("days: 2", "days: 1")
GIVEN = {
    "database_url": "postgresql:///nowhere",
    "kafka_bootstrap": "localhost:1",
    "kafka_security": "SSL",
    "http_port": 8002,
    "site_secret": "a site secret that is long enough to be live",
    "session_secret": "a session secret that is long enough to be live",
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A place that reviews after asthma a day sooner."""
    version = yaml.safe_load(R26)["version"]
    (tmp_path / "R26.yaml").write_text(R26.replace(version, f"{version}-local.1"))
    return tmp_path


def approved(place: Path, *names: str, role: str = "Clinical safety officer") -> dict:
    said: dict = {}
    for name in names:
        said = approve(place, {"name": name, "role": role, "of": digest_of(place)}, AT)
    return said


def starts(place: Path, environment: str = "live") -> object:
    settings = ReferralSettings(environment=environment, pathways_folder=place, **GIVEN)
    return app.build(settings, MagicMock(service="referral"))


def test_a_rule_that_nobody_approved_does_not_go_live(place):
    with pytest.raises(NotApprovedError, match="0 of 2 approvals of the text as it is now"):
        starts(place)


def test_a_rule_that_one_person_approved_does_not_go_live(place):
    approved(place, ADA)

    with pytest.raises(NotApprovedError, match="1 of 2 approvals"):
        starts(place)


def test_a_rule_that_two_people_approved_goes_live(place):
    said = approved(place, ADA, SAM)

    assert said["enough"]
    assert read_playbook(live=True, local=place).rule("R26").counting.days == 1
    assert starts(place) is not None


def last_words(place: Path, environment: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """What a process says as it ends."""

    async def serve(service, settings, build):
        build(settings, MagicMock(service=service))

    monkeypatch.setattr("sys.argv", ["services.referral"])
    monkeypatch.setattr(process, "_serve", serve)
    monkeypatch.setattr(process.telemetry, "configure", lambda service: None)
    monkeypatch.setattr(process.log, "configure", lambda service, level: None)
    given = GIVEN | {"environment": environment, "pathways_folder": place}
    for name, value in given.items():
        monkeypatch.setenv(f"BATON_{name.upper()}", str(value))
    with pytest.raises(SystemExit) as end:
        process.main("referral", ReferralSettings, app.build)
    return end.value.code


def test_who_starts_a_live_site_too_soon_is_told_what_to_run(place, monkeypatch):
    assert last_words(place, "live", monkeypatch) == (
        f"referral: {place}: 0 of 2 approvals of the text as it is now, and a live site needs them all; "
        f"run: baton pathways approve --folder {place} --name NAME --role ROLE"
    )


def test_a_rule_file_that_cannot_be_used_ends_the_start_with_its_name_and_field(place, monkeypatch):
    """The process ended with the kind of fault alone, and nobody on call knew which file."""
    (place / "R27.yaml").write_text("id: R27\nreason: We do not need it here.\noff: maybe\n")

    assert str(last_words(place, "test", monkeypatch)).startswith("referral: R27.yaml: off: ")


def test_the_rules_of_the_nation_need_nobody_s_approval_here(tmp_path):
    (tmp_path / "README.md").write_text("Nothing of ours yet.")

    assert read_playbook(live=True).rule("R26").counting.days == 2
    assert read_playbook(live=True, local=tmp_path).rule("R26").counting.days == 2


def test_a_site_that_is_not_live_starts_and_says_so_once(place):
    with structlog.testing.capture_logs() as lines:
        starts(place, "test")
        approved(place, ADA, SAM)
        starts(place, "test")

    said = [line for line in lines if line["event"] == "pathways.not_approved"]
    assert [(line["log_level"], line["approvals"]) for line in said] == [("warning", 0)]


@pytest.mark.parametrize(
    "again", [ADA, "ada thornley", " Ada  Thornley ", "Ada. Thornley", "AdaThornley"]
)
def test_the_same_person_cannot_approve_twice(place, again):
    approved(place, ADA)

    with pytest.raises(DataError, match="has approved this text already; somebody else has to"):
        approved(place, again)


def test_one_person_written_in_twice_by_hand_counts_once(place):
    approved(place, ADA, SAM)
    file = place / "approved.yaml"
    file.write_text(file.read_text().replace(SAM, "ADA THORNLEY"))

    assert len(read_approvals(place).present) == 1
    with pytest.raises(NotApprovedError):
        starts(place)


def test_a_comma_changed_after_approval_needs_approving_again(place):
    approved(place, ADA, SAM)
    file = place / "R26.yaml"
    text = file.read_text()
    file.write_text(text.replace("after", ", after", 1))

    with pytest.raises(NotApprovedError, match="0 of 2"):
        starts(place)
    assert [one.name for one in read_approvals(place).earlier] == [ADA, SAM]

    approved(place, SAM, ADA)
    assert starts(place) is not None
    assert [one.name for one in read_approvals(place).said] == [ADA, SAM, SAM, ADA]


def test_a_text_that_comes_back_is_the_text_that_was_approved(place):
    approved(place, ADA, SAM)
    file = place / "R26.yaml"
    text = file.read_text()

    file.write_text(text + "# one more remark\n")
    assert not read_approvals(place).enough
    file.write_text(text)
    assert read_approvals(place).enough


OTHER = {
    "a rule more": ("X1.yaml", "id: X1"),
    "a rule switched off": (
        "R33.yaml",
        "id: R33\noff: true\nreason: We have a programme of our own.\n",
    ),
    "a value set": ("value_sets.yaml", "[]"),
    "something that may happen": ("happenings.yaml", "happenings: []"),
    "a policy": ("policy.yaml", "version: '1'"),
}


@pytest.mark.parametrize("what", OTHER)
def test_whatever_the_folder_holds_is_part_of_what_was_approved(place, what):
    approved(place, ADA, SAM)
    name, text = OTHER[what]
    (place / name).write_text(text)

    assert read_approvals(place).present == ()


def test_a_file_by_another_name_is_another_text(place):
    approved(place, ADA, SAM)
    (place / "R26.yaml").rename(place / "R27.yaml")

    assert not read_approvals(place).enough


def test_line_ends_of_another_machine_change_nothing(place):
    approved(place, ADA, SAM)
    file = place / "R26.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert read_approvals(place).enough


def test_rules_with_a_fault_cannot_be_approved(place):
    (place / "R27.yaml").write_text("id: R27\ntitel: misspelt\n")

    with pytest.raises(DataError, match=r"the rules have faults: R27\.yaml: title: Field required"):
        approved(place, ADA)


def test_what_changed_while_it_was_read_is_not_approved(place):
    seen = digest_of(place)
    (place / "R26.yaml").write_text((place / "R26.yaml").read_text() + "# later\n")

    with pytest.raises(DataError, match="changed since they were shown"):
        approve(place, {"name": ADA, "role": "Lead nurse", "of": seen}, AT)


@pytest.mark.parametrize(("name", "role"), [("", "Lead nurse"), ("--", "Lead nurse"), (ADA, "")])
def test_an_approval_says_who_and_as_what(place, name, role):
    with pytest.raises(DataError):
        approved(place, name, role=role)


def test_there_is_nothing_to_approve_where_nothing_was_changed(tmp_path):
    with pytest.raises(DataError, match="nothing to approve"):
        approved(tmp_path, ADA)


def test_an_approval_that_cannot_be_read_is_named(place):
    approved(place, ADA)
    file = place / "approved.yaml"
    file.write_text(file.read_text().replace("role: ", "rolle: "))

    [fault] = check(local=place)["faults"]

    assert "approved.yaml: approvals.0.role: Field required" in fault


def test_who_approves_sees_every_field_of_what_is_new_and_what_stands_beside_the_rules(place):
    said = yaml.safe_load((place / "R26.yaml").read_text()) | {"id": "R26-call"}
    (place / "R26-call.yaml").write_text(yaml.safe_dump(said))
    (place / "value_sets.yaml").write_text(
        "- id: gout\n  title: Gout\n  version: '1'\n  codes:\n"
        "    - {system: snomed, code: '90560007', display: Gout, confidence: K}\n"
    )
    policy = (DATA / "policy.yaml").read_text().replace("value: 3", "value: 4")
    (place / "policy.yaml").write_text(policy)

    found = diff(local=place)

    [added] = found["added"]
    assert {"field": "deadline.days", "from": "", "to": "1"} in added["fields"]
    beside = {one["entry"]: one for one in found["beside"]}
    assert beside["gout"]["added"]
    assert beside["policy"]["fields"] == [{"field": "complex_from.value", "from": "3", "to": "4"}]
