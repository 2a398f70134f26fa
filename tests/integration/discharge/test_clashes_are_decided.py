"""What a person decides about a message: that a clash is let through, or that nothing waits any more."""

from tests.integration.discharge.conftest import (
    ENGINEER,
    OPERATOR,
    Ward,
)
from tests.integration.discharge.reviewing import BROKEN, a_clash, last_id, listed, post
from tests.support.hospital import an_adt


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
