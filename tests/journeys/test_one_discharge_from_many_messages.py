"""S03: HL7 v2 and FHIR, a resend, and another message under the same control id: one handover."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from tests.support.eventually import eventually_now
from tests.support.handovers import Following
from tests.support.hospital import a_notification
from tests.support.made_up import MadeUp, somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
ELM_TREE = "practice-Z90001"


def a_bundle(who: MadeUp, left: datetime, **more: Any) -> bytes:
    times = {"start": (left - timedelta(days=3)).isoformat(), "end": left.isoformat()}
    bundle = a_notification(number=who.number, visit=who.visit, id=_uuid(who), **times, **more)
    bundle["timestamp"] = datetime.now(UTC).isoformat()
    return orjson.dumps(bundle)


def _uuid(who: MadeUp) -> str:
    return f"0b7f3f0e-1111-4222-8333-{who.number:0>12}"


def test_one_set_of_tasks_and_one_alert_for_each_team(site: RunningSite) -> None:
    who = somebody()
    follow = Following(site, who.number)
    now = datetime.now(UTC).replace(microsecond=0)
    left = now - timedelta(minutes=20)
    control_id = f"M{who.visit}"
    a03 = who.says("A03", left, now, control_id)
    bundle = a_bundle(who, left + timedelta(hours=3))

    assert send(site.mllp, a03) == ["AA"]
    with site.client("discharge", **{"Content-Type": "application/fhir+json"}) as hospital:
        first = hospital.post("/fhir/$process-message", content=bundle)
        assert first.status_code == 200, first.text
        assert send(site.mllp, a03) == ["AA"], "a resend is answered as before"
        other = who.says("A03", left, now, control_id, numbers="9995000113^^^NHS^NH")
        assert send(site.mllp, other) == ["AE"], "the control id is taken"
        again = hospital.post("/fhir/$process-message", content=bundle)
        assert (again.status_code, again.content) == (200, first.content)

    handover = follow.the("open")
    due = datetime.fromisoformat(follow.task(handover, "R01")["due_at"])
    assert due == left + timedelta(hours=24), "the earlier discharge time stands"
    question = eventually_now(
        lambda: [
            task for task in follow.the("open")["tasks"] if task["code"] == "answer-discharge-time"
        ],
        what="a person is asked which time is right",
    )
    assert [task["owner_team"] for task in question] == ["ward-ZTA"]
    site.wait_until_quiet()
    assert len(follow.all()) == 1
    rules = [task["rule"]["rule_id"] for task in handover["tasks"]]
    assert len(rules) == len(set(rules))
    assert len(follow.mails_to_team(ELM_TREE, handover)) == 1
    assert Following(site, "9995000113").all() == []
    clashes = site.rows(
        "SELECT answer, error FROM discharge.source_messages WHERE control_id = %s AND clash",
        control_id,
    )
    assert [(row["answer"], row["error"]) for row in clashes] == [("AE", 205)]
