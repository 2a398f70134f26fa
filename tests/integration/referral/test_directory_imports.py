"""The directory is changed while people work: looked at first, kept as a version, taken up without a restart."""

import json
from typing import Any

import pytest

from schemas.directory import TeamDescribed
from services.referral.app import build_directory_clock
from services.referral.outbound.playbook_files import read_playbook
from tests.integration.referral.conftest import ELM_TREE, WARD, discharged
from tests.integration.referral.moving_house import moving
from tests.unit.referral.builders import london

__all__ = ["moving"]
JSON = "/directory/imports?name=teams.json&note=merger"
HARBOUR_CLOSES = {
    "organisations": [
        {
            "id": "Z90002",
            "name": "Harbour Medical Centre",
            "kind": "gp-practice",
            "valid_until": "2026-10-31",
            "successor": "Z90006",
        },
        {"id": "Z90006", "name": "Quayside Surgery", "kind": "gp-practice"},
    ],
    "teams": [
        {
            "id": "practice-Z90006",
            "name": "Quayside Surgery",
            "organisation": "Z90006",
            "role": "gp-practice",
            "place": "fellside",
            "calendar": "practice-core-hours",
            "phone": "01632 960199",
            "email": "practice-z90006@teams.example.net",
        }
    ],
}
CSV = """row,id,name,kind,valid_until,successor,organisation,role,place,calendar,phone,email
organisation,Z90002,Harbour Medical Centre,gp-practice,2026-10-31,Z90006,,,,,,
organisation,Z90006,Quayside Surgery,gp-practice,,,,,,,,
team,practice-Z90006,Quayside Surgery,,,,Z90006,gp-practice,fellside,practice-core-hours,01632 960199,practice-z90006@teams.example.net
"""


async def post(house: Any, address: str, content: Any, team: str = "operators") -> Any:
    body = content if isinstance(content, str | bytes) else json.dumps(content)
    async with house.client(team) as somebody:
        return await somebody.post(address, content=body)


async def imported(house: Any, content: Any = HARBOUR_CLOSES, version: int = 0) -> Any:
    answer = await post(house, f"{JSON}&version={version}", content)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def take_up(house: Any) -> None:
    """What every process does within seconds."""
    await build_directory_clock(house.database, house.playbook).look(sweep=False)


@pytest.mark.parametrize(("name", "content"), [("t.json", HARBOUR_CLOSES), ("t.csv", CSV)])
async def test_a_preview_says_what_would_change_and_changes_nothing(house, name, content):
    answer = await post(house, f"/directory/preview?name={name}", content)

    assert answer.status_code == 200, answer.text
    looked = answer.json()
    assert looked["version"] == 0
    preview = looked["preview"]
    assert [one["id"] for one in preview["added"]] == ["Z90006", "practice-Z90006"]
    [closed] = preview["closed"]
    assert closed["words"] == "last day: none → 31.10.2026; followed by: none → Z90006"
    assert (preview["changed"], preview["moved"]) == ([], [])
    assert await house.pool.fetchval("SELECT count(*) FROM directory_versions") == 0


async def test_an_import_is_kept_as_a_version_and_taken_up_without_a_restart(house):
    said = await imported(house)
    assert said == {"version": 1, "added": 2, "changed": 0, "closed": 1, "moved": 0}

    await take_up(house)

    assert house.playbook.directory.teams["practice-Z90006"].name == "Quayside Surgery"
    found = house.playbook.directory.at_organisation("gp-practice", "Z90002")
    assert found is not None
    assert found.id == "practice-Z90006"  # the real clock is past 31 October 2026
    kept = await house.pool.fetchrow("SELECT said_by, note FROM directory_versions")
    assert tuple(kept) == ("api-operators", "merger")


async def test_a_process_that_starts_later_has_the_imports_too(house):
    await imported(house)
    later = read_playbook(live=False)

    await build_directory_clock(house.database, later).look(sweep=False)

    assert "practice-Z90006" in later.directory.teams


async def test_who_sends_messages_is_told_how_to_reach_an_imported_team(house):
    await imported(house)

    [told] = await house.said(TeamDescribed)
    assert (told.team, told.phone, told.active) == ("practice-Z90006", "01632 960199", True)
    assert told.patient_key == "team:practice-Z90006"

    again = {"teams": [HARBOUR_CLOSES["teams"][0] | {"phone": "01632 960198"}]}
    await imported(house, again, version=1)

    assert [one.phone for one in await house.said(TeamDescribed)] == [
        "01632 960199",
        "01632 960198",
    ]
    sequences = await house.pool.fetch("SELECT stream, sequence FROM outbox ORDER BY event_id")
    assert [tuple(row) for row in sequences] == [
        ("team:practice-Z90006", 1),
        ("team:practice-Z90006", 2),
    ]


async def test_what_was_imported_already_is_no_change(house):
    await imported(house)

    answer = await post(house, f"{JSON}&version=1", HARBOUR_CLOSES)

    assert answer.status_code == 409
    assert answer.json()["code"] == "directory.nothing_new"


async def test_who_looked_at_an_older_version_must_look_again(house):
    await imported(house)

    answer = await post(house, f"{JSON}&version=0", HARBOUR_CLOSES)

    assert answer.json()["code"] == "directory.changed_since_preview"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"organisations": [{"id": "Z90002", "name": "H", "successor": "Z77777"}]}, "Z77777"),
        ({"organisations": [{"id": "Z90004", "name": "R", "successor": "Z90003"}]}, "in a circle"),
        ({"teams": [{"id": "ward-ZTA"}]}, "teams.0.name: Field required"),
        ({"teams": [HARBOUR_CLOSES["teams"][0] | {"calendar": "never"}]}, "calendar 'never'"),
        ({"team": []}, "team: Extra inputs"),
        ("no json", "it is no JSON"),
        (b"\xff\xfe", "not written in UTF-8"),
        (
            {"organisations": [{"id": "ABC", "name": "A"}, {"id": "ABC", "name": "B"}]},
            "ABC: it is there twice",
        ),
    ],
)
async def test_a_file_that_does_not_hold_together_changes_nothing(house, content, says):
    answer = await post(house, f"{JSON}&version=0", content)

    assert answer.status_code in (409, 422), answer.text
    assert says in answer.json()["detail"]
    assert await house.pool.fetchval("SELECT count(*) FROM directory_versions") == 0


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("id,name\nA,B\n", "column `row`"),
        ("row,id,name\nward,A,B\n", "line 2"),
        ("row,id,name\nteam,A,B,C\n", "line 2: it has more cells"),
    ],
)
async def test_a_table_that_cannot_be_read_names_the_line(house, table, says):
    answer = await post(house, "/directory/preview?name=t.csv", table)

    assert says in answer.json()["detail"]


async def test_only_an_operator_imports(house):
    answer = await post(house, f"{JSON}&version=0", HARBOUR_CLOSES, team=WARD)

    assert answer.status_code == 403


async def test_the_check_names_what_needs_a_person(house):
    async with house.client("operators") as operator:
        found = (await operator.get("/directory/check")).json()

    assert [one["sentence"] for one in found if one["fault"]] == []
    assert any("Northgate has no care home team" in one["sentence"] for one in found)


async def test_a_practice_that_an_import_closes_loses_its_work_within_the_minute(moving):
    await moving.hear(discharged(practice="Z90002", discharged_at=london("2026-09-28 09:00")))
    await moving.answer("practice-Z90002", "accept")
    merged = HARBOUR_CLOSES["organisations"][0] | {"valid_until": "2026-09-27"}

    await imported(
        moving, HARBOUR_CLOSES | {"organisations": [merged, HARBOUR_CLOSES["organisations"][1]]}
    )
    await moving.ring()

    task = (await moving.practice_tasks())["R06"]
    assert task["owner_team"] == WARD
    assert ("practice-Z90006", "offered", "practice-closed") in await moving.offers()


async def test_an_import_that_closes_somebody_later_does_so_on_its_day(moving):
    await moving.hear(discharged(practice="Z90002", discharged_at=london("2026-09-28 09:00")))
    await imported(moving)

    await moving.at("2026-10-31 23:59")
    assert (await moving.practice_tasks())["R06"]["offer_id"]
    waiting = {team for team, _, _ in await moving.offers("offered")}
    assert "practice-Z90002" in waiting
    await moving.at("2026-11-01 00:01")

    waiting = {team for team, _, _ in await moving.offers("offered")}
    assert "practice-Z90006" in waiting
    assert "practice-Z90002" not in waiting


async def test_a_team_says_how_much_it_can_take_on_and_others_see_it(house):
    async with house.client(ELM_TREE) as practice:
        answer = await practice.post(
            f"/directory/teams/{ELM_TREE}/capacity",
            json={"state": "closed", "until": "2099-12-31", "note": "Flooded"},
        )
    assert answer.status_code == 200, answer.text

    await take_up(house)

    directory = house.playbook.directory
    assert (
        "is closed to referrals until 31.12.2099" in directory.suits(directory.teams[ELM_TREE])[0]
    )
    async with house.client(WARD) as ward:
        teams = (await ward.get("/directory/teams?role=gp-practice")).json()
    [shown] = [one for one in teams if one["id"] == ELM_TREE]
    assert shown["capacity"]["state"] == "closed"


@pytest.mark.parametrize(
    ("team", "said", "code"),
    [
        (WARD, {"state": "full"}, "team.not_yours"),
        (ELM_TREE, {"state": "sleepy"}, "capacity.refused"),
        (ELM_TREE, {"state": "full", "until": "2001-01-01"}, "capacity.refused"),
    ],
)
async def test_a_capacity_that_cannot_be_is_refused(house, team, said, code):
    async with house.client(team) as somebody:
        answer = await somebody.post(f"/directory/teams/{ELM_TREE}/capacity", json=said)

    assert answer.json()["code"] == code


async def test_the_pages_let_a_team_speak_and_an_operator_import(house):
    practice = await house.visitor("staff-elm-tree")
    page = (await practice.get("/directory")).text
    assert "Riverside Family Practice follows" in page
    assert "Import teams" not in page
    own = await practice.post(
        f"/directory/team/{ELM_TREE}", data={"state": "limited", "note": "Two away"}
    )
    assert own.status_code == 303, own.text
    assert "Two away" in (await practice.get(own.headers["location"])).text
    wrong = await practice.post(
        f"/directory/team/{ELM_TREE}", data={"state": "limited", "until": "soon"}
    )
    assert wrong.status_code == 422
    await practice.aclose()

    operator = await house.visitor("operator")
    looked = await operator.post(
        "/directory/import/preview", files={"file": ("t.csv", CSV.encode(), "text/csv")}
    )
    assert looked.status_code == 200, looked.text
    assert "Nothing has been changed yet" in looked.text
    applied = await operator.post(
        "/directory/import",
        data={"entries": json.dumps(HARBOUR_CLOSES), "version": "0", "note": "Merger of practices"},
    )
    assert applied.status_code == 303, applied.text
    assert "Merger of practices" in (await operator.get("/directory")).text
    bad = await operator.post(
        "/directory/import/preview", files={"file": ("t.json", b"{", "application/json")}
    )
    assert bad.status_code == 422
    await operator.aclose()
