"""A message that was refused is mended and taken in, once."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.integration.discharge.conftest import (
    ENGINEER,
    HOSPITAL,
    OPERATOR,
    TEAM,
    Ward,
)
from tests.integration.discharge.reviewing import BROKEN, as_typed, last_id, listed, post
from tests.support.hospital import a_notification, an_adt


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
