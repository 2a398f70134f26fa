"""S11: out of order, late, merged. The patient who is in bed is not discharged, and no late message is lost."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.eventually import eventually_now
from tests.support.handovers import Following
from tests.support.made_up import somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
HOUR = timedelta(hours=1)


def test_a_cancellation_before_its_discharge_an_old_update_a_merge_and_a_late_discharge(
    site: RunningSite,
) -> None:
    who = somebody(email="any-order@patients.example.net")
    follow = Following(site, who.number)
    now = datetime.now(UTC).replace(microsecond=0)
    both = f"{who.number}^^^NHS^NH~L55{who.visit}^^^ZTA^MR"
    other = f"L91{who.visit}^^^ZTA^MR"
    new_phone, old_phone = "07700 900123^PRS^CP", "07700 900999^PRS^CP"

    assert (
        send(
            site.mllp,
            who.says("A13", now - HOUR, now, f"S11-1{who.visit}", numbers=both, phones=new_phone),
            who.says(
                "A03",
                now - 2 * HOUR,
                now - 2 * HOUR,
                f"S11-2{who.visit}",
                numbers=both,
                phones=new_phone,
            ),
            who.says(
                "A08", now - 3 * HOUR, now, f"S11-3{who.visit}", numbers=both, phones=old_phone
            ),
        )
        == ["AA"] * 3
    )
    site.wait_until_quiet()
    assert follow.all("open") == [], "he is in bed"

    merge = (
        who.says("A40", now, now, f"S11-6{who.visit}", numbers=both, phones=new_phone)
        + f"MRG|{other}\r".encode()
    )
    late = who.says(
        "A03", now - 5 * HOUR, now, f"S11-7{who.visit}",
        numbers=other, visit=f"{who.visit}-1", verified="02", phones="",
    )  # fmt: skip
    assert send(site.mllp, merge, late) == ["AA", "AA"]

    handover = follow.the("open")
    assert handover["clock_started_at"].startswith((now - 5 * HOUR).isoformat()[:16])
    key = site.key_of(who.number)
    person = site.rows("SELECT * FROM notify.people WHERE patient_key = %s", key)[0]
    assert "900123" in str(person)
    assert "900999" not in str(person)
    held = eventually_now(
        lambda: site.rows(
            "SELECT state FROM notify.alerts WHERE audience = 'patient' AND handover_id = %s",
            handover["handover_id"],
        ),
        what="what became of the patient's message",
    )
    assert {row["state"] for row in held}.isdisjoint({"sent"}), "merged records are held"
    assert follow.mails_to(who.email) == []
    undone = who.says(
        "A13", now, now, f"S11-8{who.visit}", numbers=other, visit=f"{who.visit}-1", phones=""
    )
    assert send(site.mllp, undone) == ["AA"]
    follow.the("withdrawn")
