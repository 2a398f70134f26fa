"""Messages as integration engineers look for them: lists, looks that leave a trace, and counted flags."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

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
from tests.integration.discharge.reviewing import a_clash, last_id, listed
from tests.support.hospital import an_adt


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
