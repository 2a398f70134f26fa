"""Other systems read, search and move tasks as FHIR R4; fhir.resources says whether it is FHIR."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from fhir.resources.R4B.task import Task

from services.chassis.ids import new_id
from tests.integration.referral.conftest import (
    EDNA,
    HARBOUR,
    PHARMACY,
    WARD,
    House,
    after_asthma,
    described,
)
from tests.support.fhir import found, get, link, refused

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


async def accept(house: House, team: str) -> None:
    offer = await house.offer_to(team)
    async with house.client(team) as client:
        (await client.post(f"/offers/{offer}/accept")).raise_for_status()


async def a_task_of(house: House, team: str) -> tuple[UUID, dict[str, Any], str]:
    """A task that the team has accepted, as the team's system reads it."""
    await accept(house, team)
    [task, *_] = await found(house, f"/fhir/Task?owner={team}", team)
    answer = await get(house, f"/fhir/Task/{task['id']}", team)
    return UUID(task["id"]), answer.json(), answer.headers["etag"]


async def put(house: House, task: dict[str, Any], team: str, **headers: str) -> httpx2.Response:
    given = {"Content-Type": "application/fhir+json"} | headers
    async with house.client(team, **given) as client:
        return await client.put(f"/fhir/Task/{task['id']}", json=task)


async def test_a_task_says_who_owns_it_until_when_and_for_whom(house: House) -> None:
    await house.hear(described())
    handover = await house.open()

    tasks = await found(house, "/fhir/Task")

    assert len(tasks) == await house.pool.fetchval("SELECT count(*) FROM tasks")
    for task in tasks:
        Task.model_validate(task)
        assert task["groupIdentifier"]["value"] == str(handover)
        assert task["for"]["identifier"] == {"system": NHS_NUMBER, "value": EDNA}
        assert task["owner"]["identifier"]["value"] == WARD
        assert task["owner"]["identifier"]["assigner"]["identifier"]["value"] == "ZTA"
        due = await house.pool.fetchval(
            "SELECT due_at FROM tasks WHERE task_id = $1", UUID(task["id"])
        )
        end = task["restriction"]["period"]["end"]
        assert end == due.isoformat(timespec="microseconds").replace("+00:00", "Z")


async def test_a_reader_sees_what_their_teams_are_part_of_and_nothing_else(house: House) -> None:
    await house.open()
    await house.open(after_asthma())
    [task, *_] = await found(house, "/fhir/Task", WARD)

    edna = {one["groupIdentifier"]["value"] for one in await found(house, "/fhir/Task", PHARMACY)}

    assert len(edna) == 1
    assert await found(house, "/fhir/Task?owner=ward-ZTA", HARBOUR) != []
    assert await found(house, "/fhir/Task", "safety-ZTA") == []
    refused(await get(house, f"/fhir/Task/{task['id']}", "safety-ZTA"), 404)
    refused(await get(house, f"/fhir/Task/{new_id()}", WARD), 404)
    refused(await get(house, "/fhir/Task/anything", WARD), 404)
    refused(await get(house, "/fhir/Task", "hospital"), 403)


async def test_the_number_of_a_protected_patient_is_given_to_nobody(house: House) -> None:
    await house.hear(described(restricted=True))
    await house.open()

    [task, *_] = await found(house, "/fhir/Task")

    assert task["for"]["identifier"]["system"] == "urn:baton:patient-key"
    assert task["meta"]["security"][0]["code"] == "R"


async def test_an_operator_reads_tasks_without_knowing_whose(house: House) -> None:
    await house.hear(described())
    await house.open()

    [task, *_] = await found(house, "/fhir/Task", "operators")

    assert task["for"]["identifier"]["system"] == "urn:baton:patient-key"


async def test_a_search_narrows_by_owner_status_code_and_handover(house: House) -> None:
    first, second = await house.open(), await house.open(after_asthma())
    await accept(house, PHARMACY)

    async def ids(query: str) -> set[str]:
        return {task["id"] for task in await found(house, f"/fhir/Task?{query}")}

    everything = await ids("")
    accepted = await ids("status=accepted&owner=pharmacy-FZZ01")
    assert accepted == await ids("owner:identifier=urn:baton:team|pharmacy-FZZ01") != set()
    assert await ids("status=accepted,requested") >= accepted
    assert (
        await ids(f"group-identifier={first}")
        | await ids(f"group-identifier=urn:baton:handover|{second}")
        == everything
    )
    code = await house.pool.fetchval("SELECT code FROM tasks LIMIT 1")
    assert await ids(f"code=urn:baton:task-code|{code}") <= everything
    one = next(iter(everything))
    assert await ids(f"_id={one}") == {one}
    assert await ids("owner=nobody") == set()


async def test_pages_follow_each_other_without_a_gap_or_a_repeat(house: House) -> None:
    await house.open()
    await house.open(after_asthma())
    everything = [task["id"] for task in await found(house, "/fhir/Task?_sort=_lastUpdated")]

    walked: list[str] = []
    url: str | None = "/fhir/Task?_sort=_lastUpdated&_count=2"
    while url:
        answer = (await get(house, url)).json()
        walked += [entry["resource"]["id"] for entry in answer["entry"]]
        assert "_count=2" in (link(answer, "self") or "")
        url = link(answer, "next")

    assert walked == everything
    assert [t["id"] for t in await found(house, "/fhir/Task")] == everything[::-1]


async def test_what_changed_since_is_found_by_both_bounds(house: House) -> None:
    await house.open()
    before = max(t["meta"]["lastUpdated"] for t in await found(house, "/fhir/Task"))
    await accept(house, PHARMACY)

    since = await found(house, f"/fhir/Task?_lastUpdated=gt{before}")

    assert {task["owner"]["identifier"]["value"] for task in since} == {PHARMACY}
    assert {task["meta"]["versionId"] for task in since} == {"2"}
    between = f"/fhir/Task?_lastUpdated=ge2020-01-01&_lastUpdated=le{before}"
    assert {task["meta"]["versionId"] for task in await found(house, between)} == {"1"}
    assert await found(house, "/fhir/Task?_lastUpdated=lt2020") == []


async def test_a_patient_is_looked_for_in_a_body_or_a_header_and_never_in_an_address(
    house: House,
) -> None:
    await house.hear(described())
    handover = await house.open()
    await house.open(after_asthma())

    async with house.client(WARD) as client:
        form = {"patient:identifier": f"{NHS_NUMBER}|{EDNA}", "_count": "1"}
        answer = await client.post("/fhir/Task/_search", data=form)
        bundle = answer.json()
        following = (await client.get(str(link(bundle, "next")))).json()
    by_header = await found(house, "/fhir/Task", **{"X-Patient-Identifier": EDNA})

    assert {task["groupIdentifier"]["value"] for task in by_header} == {str(handover)}
    for one in (bundle, following):
        assert {e["resource"]["groupIdentifier"]["value"] for e in one["entry"]} == {str(handover)}
        assert EDNA not in str(one["link"])
    for query in (
        f"patient:identifier={NHS_NUMBER}|{EDNA}",
        f"patient={EDNA}",
        "patient.identifier=x",
        f"owner={EDNA[:3]}-{EDNA[3:6]}-{EDNA[6:]}",
        f"nonsense={EDNA}",
    ):
        said = refused(await get(house, f"/fhir/Task?{query}"), 400)
        assert "_search" in said
        assert EDNA not in said
    refused(await get(house, "/fhir/Task", WARD, **{"X-Patient-Identifier": "12"}), 400)


async def test_what_nobody_knows_is_left_out_or_refused_as_the_asker_wants(house: House) -> None:
    await house.open()

    answer = await get(house, "/fhir/Task?colour=red&status=requested")

    assert "colour" not in str(link(answer.json(), "self"))
    assert "status=requested" in str(link(answer.json(), "self"))
    strict = await get(house, "/fhir/Task?colour=red", WARD, Prefer="handling=strict")
    refused(strict, 400)
    for query in (
        "_count=0",
        "_count=many",
        "_sort=owner",
        "_lastUpdated=yesterday",
        "_lastUpdated=ge2026-13-01",
        "_lastUpdated=ge2026-01-01T10:00:00",
        "_cursor=mine",
        "status=",
        "status=a&status=b",
        "owner=a%00b",
    ):
        refused(await get(house, f"/fhir/Task?{query}"), 400)


async def test_only_json_is_spoken(house: House) -> None:
    await house.open()

    refused(await get(house, "/fhir/Task", WARD, Accept="application/fhir+xml"), 406)
    refused(await get(house, "/fhir/Task?_format=xml", WARD), 406)
    for accept_ in ("application/fhir+json", "*/*", "application/json;q=0.5, text/html"):
        assert (await get(house, "/fhir/Task", WARD, Accept=accept_)).status_code == 200
    assert (await get(house, "/fhir/Task?_format=application/fhir+json")).status_code == 200
    async with house.client(WARD) as client:
        refused(await client.post("/fhir/Task/_search", json={}), 415)


async def test_a_reader_who_has_the_version_gets_nothing_again(house: House) -> None:
    await house.open()
    task_id, task, etag = await a_task_of(house, PHARMACY)

    again = await get(house, f"/fhir/Task/{task_id}", PHARMACY, **{"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert etag == f'W/"{task["meta"]["versionId"]}"'
    started = await put(house, task | {"status": "in-progress"}, PHARMACY, **{"If-Match": etag})
    assert started.headers["etag"] != etag
    fresh = await get(house, f"/fhir/Task/{task_id}", PHARMACY, **{"If-None-Match": etag})
    assert fresh.status_code == 200


async def test_a_system_moves_a_task_of_its_team_as_people_do(house: House) -> None:
    await house.open()
    task_id, task, etag = await a_task_of(house, PHARMACY)

    started = await put(house, task | {"status": "in-progress"}, PHARMACY, **{"If-Match": etag})
    done = await put(
        house,
        started.json()
        | {
            "status": "completed",
            "statusReason": {"text": "Reconciled and told"},
            "note": [{"text": "Rang the patient first"}],
        },
        PHARMACY,
        **{"If-Match": started.headers["etag"]},
    )

    assert (started.status_code, done.status_code) == (200, 200), done.text
    Task.model_validate(done.json())
    assert done.json()["status"] == "completed"
    assert done.json()["statusReason"]["text"] == "Reconciled and told"
    history = await house.pool.fetch(
        "SELECT what, by_whom FROM history WHERE subject = $1 ORDER BY entry_id", task_id
    )
    assert [row["what"] for row in history] == [
        "task.in-progress",
        "task.noted",
        "task.completed",
    ]
    assert {row["by_whom"] for row in history} == {f"api-{PHARMACY}"}


async def test_a_failed_task_is_followed_by_another_one_for_the_coordinator(house: House) -> None:
    await house.open()
    task_id, task, etag = await a_task_of(house, PHARMACY)

    without = await put(house, task | {"status": "failed"}, PHARMACY, **{"If-Match": etag})
    failed = await put(
        house,
        task | {"status": "failed", "statusReason": {"text": "Nobody opens the door"}},
        PHARMACY,
        **{"If-Match": etag},
    )

    refused(without, 400)
    assert failed.json()["status"] == "failed"
    follows = [t for t in await found(house, "/fhir/Task") if "partOf" in t]
    assert [t["partOf"][0]["reference"] for t in follows] == [f"Task/{task_id}"]


async def test_an_update_from_an_old_version_is_refused_and_changes_nothing(house: House) -> None:
    await house.open()
    task_id, task, etag = await a_task_of(house, PHARMACY)
    await put(house, task | {"status": "in-progress"}, PHARMACY, **{"If-Match": etag})

    late = task | {"status": "failed", "statusReason": {"text": "Cannot"}}

    refused(await put(house, late, PHARMACY, **{"If-Match": etag}), 412)
    refused(await put(house, late, PHARMACY), 428)
    refused(await put(house, late, PHARMACY, **{"If-Match": "*"}), 400)
    status = await house.pool.fetchval("SELECT status FROM tasks WHERE task_id = $1", task_id)
    assert status == "in-progress"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"status": "cancelled"}, 422),
        ({"status": "rejected"}, 422),
        ({"owner": {"display": "somebody else"}}, 422),
        ({"restriction": {"period": {"end": "2030-01-01"}}}, 422),
        ({"resourceType": "Patient"}, 400),
        ({"id": "other"}, 400),
        ({"status": None}, 400),
        ({"statusReason": {"text": "x" * 2000}}, 400),
        ({"status": "completed", "statusReason": {"text": "a\0b"}}, 400),
    ],
)
async def test_what_is_not_a_systems_to_change_is_refused(
    house: House, change: dict[str, Any], status: int
) -> None:
    await house.open()
    task_id, task, etag = await a_task_of(house, PHARMACY)

    async with house.client(PHARMACY, **{"If-Match": etag}) as client:
        answer = await client.put(
            f"/fhir/Task/{task_id}",
            json=task | change,
            headers={"Content-Type": "application/fhir+json"},
        )

    refused(answer, status)
    assert (await get(house, f"/fhir/Task/{task_id}", PHARMACY)).headers["etag"] == etag


async def test_only_the_owner_moves_a_task_and_only_after_acceptance(house: House) -> None:
    await house.open()
    [task, *_] = await found(house, "/fhir/Task?status=requested", PHARMACY)
    etag = f'W/"{task["meta"]["versionId"]}"'

    by_other = await put(house, task | {"status": "in-progress"}, PHARMACY, **{"If-Match": etag})
    by_owner = await put(house, task | {"status": "in-progress"}, WARD, **{"If-Match": etag})

    refused(by_other, 403)
    refused(by_owner, 409)
    async with house.client(WARD, **{"If-Match": etag}) as client:
        refused(await client.put(f"/fhir/Task/{task['id']}", content=b"<Task/>"), 415)


async def test_a_warning_is_no_change_that_readers_see(house: House) -> None:
    await house.open()
    [task, *_] = await found(house, "/fhir/Task")

    await house.pool.execute("UPDATE tasks SET ladder_step = 1, rings_at = due_at")

    assert (await found(house, f"/fhir/Task?_id={task['id']}"))[0] == task
