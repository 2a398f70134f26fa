"""Messages as integration engineers work on them: lists, looks that leave a trace, and taking one in again."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import orjson
import pytest
from asyncpg import InsufficientPrivilegeError

from tests.integration.discharge.conftest import (
    ENGINEER,
    HOSPITAL,
    NEIGHBOUR,
    OPERATOR,
    TEAM,
    Ward,
    bearer,
)
from tests.support.hospital import a_notification, an_adt

BROKEN = an_adt(left="", admitted="", version="2.9")


async def listed(ward: Ward, token: str = ENGINEER, **asked: Any) -> list[dict[str, Any]]:
    answer = await ward.http.get("/intake/messages", params=asked, headers=bearer(token))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def last_id(ward: Ward) -> UUID:
    found: UUID = (await ward.stored())[-1]["message_id"]
    return found


async def post(
    ward: Ward, path: str, body: Any, token: str = ENGINEER, **headers: str
) -> httpx2.Response:
    return await ward.http.post(path, json=body, headers=bearer(token) | headers)


def as_typed(message: bytes) -> str:
    """What a person sees in the form, with the line ends of a browser."""
    return message.decode().replace("\r", "\r\n")


async def a_clash(ward: Ward) -> UUID:
    """An A13 that has the control id of its A03."""
    await ward.send(an_adt("A03"))
    assert b"MSA|AE|M1001" in await ward.send(an_adt("A13", sent="20260908123000"))
    return await last_id(ward)


class TestLists:
    async def test_the_newest_comes_first_with_its_answer(self, ward: Ward):
        await ward.send(an_adt("A01", control_id="M1"))
        await ward.send(an_adt("A03", control_id="M2", version="2.9"))

        items = await listed(ward)

        assert [item["control_id"] for item in items] == ["M2", "M1"]
        assert [item["answer"]["code"] for item in items] == ["AR", "AA"]
        assert [item["waiting"] for item in items] == [True, False]

    @pytest.mark.parametrize(
        "asked",
        [
            {"event": "A03"},
            {"answer": "AR"},
            {"source": "ztb"},
            {"source": "ZTB/EPR"},
            {"door": "http"},
            {"waiting": "true"},
            {"from": "2020-01-01T00:00:00Z", "event": "A03"},
        ],
    )
    async def test_it_is_narrowed_to_what_somebody_looks_for(
        self, ward: Ward, asked: dict[str, str]
    ):
        await ward.send(an_adt("A01", control_id="M1"))
        await ward.post_hl7(
            an_adt("A03", control_id="M2", sender="ZTB", application="EPR", version="2.9")
        )

        assert [item["control_id"] for item in await listed(ward, **asked)] == ["M2"]

    async def test_it_is_narrowed_to_a_flag_a_spell_and_clashes(self, ward: Ward):
        clashing = await a_clash(ward)
        await ward.send(an_adt("A01", control_id="M9", method="9", visit="SP-2"))
        spell = (await listed(ward, event="A03"))[0]["spell_id"]

        assert [item["id"] for item in await listed(ward, clash="true")] == [str(clashing)]
        assert [item["event"] for item in await listed(ward, spell=spell)] == ["A03"]
        flagged = await listed(ward, flag="unknown-code")
        assert flagged == await listed(ward, flag="unknown-code:PV1-36")
        assert await listed(ward, flag="unknown") == []

    async def test_what_lies_outside_the_time_is_left_out(self, ward: Ward):
        await ward.send(an_adt())
        now = datetime.now(UTC)

        soon = (now + timedelta(minutes=1)).isoformat()
        assert await listed(ward, **{"from": soon}) == []
        assert len(await listed(ward, to=soon)) == 1
        assert await listed(ward, to=(now - timedelta(days=1)).isoformat()) == []

    async def test_pages_stay_whole_while_messages_come_in(self, ward: Ward):
        for number in range(5):
            await ward.send(an_adt("A01", control_id=f"M{number}"))
        first = (await ward.http.get("/intake/messages?limit=2", headers=bearer(ENGINEER))).json()
        await ward.send(an_adt("A01", control_id="M5"))

        seen, before = [item["control_id"] for item in first["items"]], first["next"]
        while before:
            page = await ward.http.get(
                "/intake/messages",
                params={"limit": 2, "before": before},
                headers=bearer(ENGINEER),
            )
            seen += [item["control_id"] for item in page.json()["items"]]
            before = page.json()["next"]

        assert seen == ["M4", "M3", "M2", "M1", "M0"]

    async def test_a_hospital_sees_what_it_handed_in_and_nothing_else(self, ward: Ward):
        await ward.post_hl7(an_adt(control_id="M1"))
        await ward.send(an_adt(control_id="M2"))

        assert [item["control_id"] for item in await listed(ward, HOSPITAL)] == ["M1"]
        assert await listed(ward, NEIGHBOUR) == []
        assert len(await listed(ward, OPERATOR)) == 2
        answer = await ward.http.get("/intake/messages", headers=bearer(TEAM))
        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "rubbish",
        [
            "answer=XX",
            "door=window",
            "before=first",
            "limit=0",
            "limit=1000",
            "from=yesterday",
            "from=2026-09-08T11:00:00",
            "spell=1",
            "event=%27%3B--",
            "flag=%00",
            "source=" + "x" * 300,
        ],
    )
    async def test_rubbish_is_sent_away_without_being_repeated(self, ward: Ward, rubbish: str):
        answer = await ward.http.get(f"/intake/messages?{rubbish}", headers=bearer(ENGINEER))

        assert answer.status_code == 422
        said = rubbish.split("=", 1)[1]
        assert len(said) < 4 or said not in answer.text


class TestWhatAMessageSays:
    async def test_an_engineer_sees_it_and_leaves_a_trace(self, ward: Ward):
        await ward.send(an_adt())
        message = await last_id(ward)

        answer = await ward.http.get(f"/intake/messages/{message}/body", headers=bearer(ENGINEER))

        assert answer.content == an_adt()
        assert answer.headers["cache-control"] == "no-store"
        [view] = await ward.database.pool.fetch("SELECT * FROM message_views")
        assert (view["message_id"], view["viewed_by"], view["purpose"]) == (
            message,
            ENGINEER,
            "read",
        )

    @pytest.mark.parametrize("token", [OPERATOR, HOSPITAL, NEIGHBOUR, TEAM])
    async def test_nobody_else_does(self, ward: Ward, token: str):
        await ward.post_hl7(an_adt())
        message = await last_id(ward)

        answer = await ward.http.get(f"/intake/messages/{message}/body", headers=bearer(token))

        assert answer.status_code == 403
        assert await ward.database.pool.fetch("SELECT * FROM message_views") == []

    async def test_the_trace_can_be_neither_changed_nor_removed(self, ward: Ward):
        for statement in (
            "UPDATE message_views SET viewed_by = 'nobody'",
            "DELETE FROM message_views",
            "UPDATE message_decisions SET reason = ''",
            "DELETE FROM message_decisions",
        ):
            with pytest.raises(InsufficientPrivilegeError):
                await ward.database.pool.execute(statement)

    async def test_a_message_that_is_not_there_leaves_none(self, ward: Ward):
        answer = await ward.http.get(f"/intake/messages/{uuid4()}/body", headers=bearer(ENGINEER))

        assert answer.status_code == 404


class TestMending:
    async def test_a_mended_message_is_taken_in_beside_the_first(self, ward: Ward):
        await ward.send(BROKEN)
        refused = await last_id(ward)

        answer = await post(
            ward, f"/intake/messages/{refused}/resubmit", {"message": as_typed(an_adt())}
        )

        assert answer.status_code == 200
        assert answer.json()["answer"]["code"] == "AA"
        first, second = await ward.stored()
        assert (second["resubmits"], second["handed_in_by"]) == (refused, ENGINEER)
        assert second["body"] == an_adt()
        assert (first["answer"], second["answer"]) == ("AR", "AA")
        assert len(await ward.said("spell.discharged")) == 1
        assert await listed(ward, waiting="true") == []

        shown = (await ward.show(f"/intake/messages/{refused}", ENGINEER)).json()
        assert [each["id"] for each in shown["resubmitted_by"]] == [str(second["message_id"])]
        assert shown["decisions"][0]["decision"] == "resubmitted"
        mended = (await ward.show(f"/intake/messages/{second['message_id']}", ENGINEER)).json()
        assert mended["resubmits"] == str(refused)

    async def test_a_message_that_is_still_wrong_still_waits(self, ward: Ward):
        await ward.send(BROKEN)
        refused = await last_id(ward)

        again = an_adt(version="2.8")
        answer = await post(
            ward, f"/intake/messages/{refused}/resubmit", {"message": as_typed(again)}
        )

        assert answer.json()["answer"]["error"] == 203
        assert [item["id"] for item in await listed(ward, waiting="true")] == [str(refused)]

    async def test_mending_an_attempt_mends_the_message_it_stands_for(self, ward: Ward):
        await ward.send(BROKEN)
        refused = await last_id(ward)
        path = "/intake/messages/{}/resubmit"
        attempt = await post(
            ward, path.format(refused), {"message": as_typed(an_adt(version="2.8"))}
        )

        answer = await post(
            ward, path.format(attempt.json()["id"]), {"message": as_typed(an_adt())}
        )

        assert answer.json()["answer"]["code"] == "AA"
        assert {row["resubmits"] for row in await ward.stored()} == {None, refused}
        assert await listed(ward, waiting="true") == []

    async def test_sent_twice_with_one_key_it_acts_once(self, ward: Ward):
        await ward.send(BROKEN)
        path = f"/intake/messages/{await last_id(ward)}/resubmit"
        body = {"message": as_typed(an_adt())}

        first = await post(ward, path, body, **{"Idempotency-Key": "k1"})
        second = await post(ward, path, body, **{"Idempotency-Key": "k1"})
        other = await post(ward, path, {"message": "MSH|"}, **{"Idempotency-Key": "k1"})

        assert first.json() == second.json()
        assert second.headers["idempotency-replayed"] == "true"
        assert other.status_code == 422
        assert len(await ward.stored()) == 2

    async def test_sent_twice_without_a_key_it_changes_nothing_more(self, ward: Ward):
        await ward.send(BROKEN)
        path = f"/intake/messages/{await last_id(ward)}/resubmit"
        body = {"message": as_typed(an_adt()), "reason": "the version was wrong"}

        first, second = [(await post(ward, path, body)).json() for _ in range(2)]

        assert (first["id"], second["repeated"]) == (second["id"], True)
        assert len(await ward.said("spell.discharged")) == 1

    async def test_what_was_taken_in_is_taken_in_again_for_a_reason_only(self, ward: Ward):
        await ward.send(an_adt())
        path = f"/intake/messages/{await last_id(ward)}/resubmit"
        mended = as_typed(an_adt(destination="54"))

        without = await post(ward, path, {"message": mended, "reason": "  "})
        given = await post(ward, path, {"message": mended, "reason": "the ward rang"})

        assert (without.status_code, without.json()["code"]) == (422, "intake.reason_needed")
        assert given.json()["answer"]["code"] == "AA"

    async def test_two_who_mend_it_alike_at_once_mend_it_once(self, ward: Ward):
        await ward.send(BROKEN)
        path = f"/intake/messages/{await last_id(ward)}/resubmit"
        body = {"message": as_typed(an_adt()), "reason": "wrong version"}

        answers = await asyncio.gather(*(post(ward, path, body) for _ in range(6)))

        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(await ward.said("spell.discharged")) == 1

    async def test_a_fhir_message_is_mended_too(self, ward: Ward):
        broken = a_notification()
        del broken["entry"][1]
        await ward.post_fhir(broken)
        refused = await last_id(ward)
        answer = await post(
            ward,
            f"/intake/messages/{refused}/resubmit",
            {"message": orjson.dumps(a_notification()).decode()},
        )

        assert answer.json()["answer"]["code"] == "AA"

    async def test_the_character_set_of_the_message_holds(self, ward: Ward):
        await ward.send(an_adt(charset="8859/1", coding="iso8859-1", name="ZOË^X", version="2.9"))
        path = f"/intake/messages/{await last_id(ward)}/resubmit"
        mended = as_typed(an_adt(charset="8859/1", name="ZOË^X"))

        wrong = await post(ward, path, {"message": mended.replace("ZOË", "Łucja")})
        right = await post(ward, path, {"message": mended})

        assert wrong.json()["code"] == "intake.not_mendable"
        assert "ucja" not in wrong.text
        assert right.json()["answer"]["code"] == "AA"
        assert "ZOË".encode("iso8859-1") in (await ward.stored())[-1]["body"]

    @pytest.mark.parametrize("token", [OPERATOR, HOSPITAL, TEAM])
    async def test_only_engineers_mend(self, ward: Ward, token: str):
        await ward.post_hl7(BROKEN)
        message = await last_id(ward)

        for verb in ("resubmit", "accept", "set-aside"):
            body = {"message": "MSH|"} if verb == "resubmit" else {"reason": "x"}
            answer = await post(ward, f"/intake/messages/{message}/{verb}", body, token)
            assert answer.status_code == 403
        assert len(await ward.stored()) == 1

    @pytest.mark.parametrize(
        "body", [{}, {"message": ""}, {"message": ["x"]}, {"massage": "MSH|"}, [], "MSH|", None]
    )
    async def test_rubbish_is_not_taken_for_a_message(self, ward: Ward, body: Any):
        await ward.send(BROKEN)

        answer = await post(ward, f"/intake/messages/{await last_id(ward)}/resubmit", body)

        assert answer.status_code == 422
        assert len(await ward.stored()) == 1

    async def test_what_is_no_message_at_all_is_stored_with_its_answer(self, ward: Ward):
        await ward.send(BROKEN)

        answer = await post(
            ward, f"/intake/messages/{await last_id(ward)}/resubmit", {"message": "Dear colleague"}
        )

        assert answer.json()["answer"]["code"] == "AR"
        assert len(await ward.stored()) == 2


class TestASourceWithItsOwnProfile:
    @pytest.fixture
    def given_settings(self, tmp_path: Path) -> dict[str, Any]:
        profile = "id: ours\nname: Ours\nsenders: [{organisation: ZTQ}]\nfields: {visit_number: [ZVN-1]}\n"
        (tmp_path / "ours.yaml").write_text(profile, encoding="utf-8")
        return {"sources_folder": tmp_path}

    async def test_a_mended_message_is_read_as_the_profile_says(self, ward: Ward):
        await ward.send(an_adt("A03", "ZVN|SP-9", sender="ZTQ", version="2.9"))
        mended = as_typed(an_adt("A03", "ZVN|SP-9", sender="ZTQ"))

        path = f"/intake/messages/{await last_id(ward)}/resubmit"
        await post(ward, path, {"message": mended})

        [spell] = await ward.spells()
        assert spell["correlation"] == "visit:SP-9"


class TestClashes:
    async def test_a_cancellation_with_its_discharges_control_id_is_let_through(self, ward: Ward):
        clashing = await a_clash(ward)
        reason = {"reason": "This sender gives an A13 the control id of its A03"}

        answer = await post(ward, f"/intake/messages/{clashing}/accept", reason)

        assert answer.json()["answer"]["code"] == "AA"
        assert await ward.said("spell.discharge_cancelled")
        assert await listed(ward, waiting="true") == []
        shown = (await ward.show(f"/intake/messages/{clashing}", ENGINEER)).json()
        assert shown["clashes_with"] == str((await ward.stored())[0]["message_id"])
        assert shown["decisions"][0] | {"at": "", "became": ""} == {
            "decision": "accepted",
            "by": ENGINEER,
            "at": "",
            "became": "",
            **reason,
        }

    async def test_the_hospital_that_sends_it_again_is_told_that_it_was_accepted(self, ward: Ward):
        clashing = await a_clash(ward)
        await post(ward, f"/intake/messages/{clashing}/accept", {"reason": "looked at"})

        again = await ward.send(an_adt("A13", sent="20260908123000"))

        assert b"MSA|AA|M1001" in again
        assert len(await ward.stored()) == 3

    async def test_accepted_twice_it_counts_once(self, ward: Ward):
        clashing = await a_clash(ward)
        path = f"/intake/messages/{clashing}/accept"

        answers = [(await post(ward, path, {"reason": "looked at"})).json() for _ in range(2)]

        assert answers[0]["id"] == answers[1]["id"]
        assert len(await ward.said("spell.discharge_cancelled")) == 1

    async def test_another_message_with_that_control_id_still_clashes(self, ward: Ward):
        clashing = await a_clash(ward)
        await post(ward, f"/intake/messages/{clashing}/accept", {"reason": "looked at"})

        third = await ward.send(an_adt("A08", sent="20260908124500"))

        assert b"MSA|AE|M1001" in third

    async def test_what_does_not_clash_is_not_let_through(self, ward: Ward):
        await ward.send(BROKEN)
        path = f"/intake/messages/{await last_id(ward)}/accept"

        assert (await post(ward, path, {"reason": "please"})).status_code == 409
        assert (await post(ward, path, {"reason": ""})).status_code == 422


class TestWhatWaits:
    async def test_what_is_set_aside_waits_no_more(self, ward: Ward):
        await ward.send(BROKEN)
        refused = await last_id(ward)
        path = f"/intake/messages/{refused}/set-aside"

        done = await post(ward, path, {"reason": "a test of the supplier"})
        again = await post(ward, path, {"reason": "a test of the supplier"})

        assert (done.status_code, again.status_code) == (204, 409)
        assert await listed(ward, waiting="true") == []

    async def test_what_its_hospital_mended_itself_waits_no_more(self, ward: Ward):
        await ward.send(BROKEN)
        await ward.send(an_adt())

        assert await listed(ward, waiting="true") == []

    async def test_operators_do_not_read_what_engineers_wrote(self, ward: Ward):
        await ward.send(BROKEN)
        refused = await last_id(ward)
        await post(ward, f"/intake/messages/{refused}/set-aside", {"reason": "Mr Shaw went home"})

        shown = await ward.show(f"/intake/messages/{refused}", OPERATOR)

        assert "Shaw" not in shown.text
        assert "Shaw" in (await ward.show(f"/intake/messages/{refused}", ENGINEER)).text


class TestDataQuality:
    async def test_flags_are_counted_for_each_source(self, ward: Ward):
        for number in range(3):
            await ward.send(an_adt(control_id=f"M{number}", method="9", visit=f"SP-{number}"))
        await ward.post_hl7(an_adt(control_id="M9", sender="ZTB", practice=""))

        answer = await ward.http.get("/intake/data-quality?days=1", headers=bearer(OPERATOR))

        found = {
            (item["sender"]["organisation"], item["flag"]): item for item in answer.json()["items"]
        }
        assert found["ZTA", "unknown-code:PV1-36"]["messages"] == 3
        assert found["ZTA", "unknown-code:PV1-36"]["last_day"] == 3
        assert "national list" in found["ZTA", "unknown-code:PV1-36"]["meaning"]
        assert found["ZTB", "practice-missing:PD1-3"]["messages"] == 1

    async def test_a_hospital_sees_its_own(self, ward: Ward):
        await ward.send(an_adt(method="9"))
        await ward.post_hl7(an_adt(control_id="M2", practice=""))

        answer = await ward.http.get("/intake/data-quality", headers=bearer(HOSPITAL))

        assert [item["flag"] for item in answer.json()["items"]] == ["practice-missing:PD1-3"]


async def test_a_message_shows_the_stay_that_it_is_about(ward: Ward):
    await ward.send(an_adt("A01", control_id="M1"))
    await ward.send(an_adt("A03", control_id="M2"))

    spell = (await ward.show(f"/intake/messages/{await last_id(ward)}", ENGINEER)).json()["spell"]

    assert spell["state"] == "discharged"
    assert [each["happening"] for each in spell["happenings"]] == ["admitted", "discharged"]
