"""S04: a death that only the national record knows of stops what waits for the patient; its undoing starts nothing."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest

from tests.support.eventually import eventually_now
from tests.support.fake_pds import API_KEY, FakePds, a_fake_pds, a_patient
from tests.support.made_up import somebody
from tests.support.national import an_event
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]

STOPPED = {"revoked", "withheld"}


@contextmanager
def a_national_record() -> Iterator[FakePds]:
    """One that answers beside the test."""
    ready, over = threading.Event(), threading.Event()
    found: list[FakePds] = []

    async def answer() -> None:
        async with a_fake_pds() as fake:
            found.append(fake)
            ready.set()
            await asyncio.to_thread(over.wait)

    beside = threading.Thread(target=asyncio.run, args=[answer()], daemon=True)
    beside.start()
    assert ready.wait(10)
    try:
        yield found[0]
    finally:
        over.set()
        beside.join(10)


def tell(site: RunningSite, event: dict[str, Any]) -> None:
    with site.client("discharge") as client:
        headers = {"Content-Type": "application/cloudevents+json"}
        answer = client.post("/national-events", json=event, headers=headers)
    assert answer.status_code == 202, answer.text


def for_the_patient(site: RunningSite, number: str) -> set[str]:
    """How the alerts to the patient stand."""
    rows = site.rows(
        "SELECT state FROM notify.alerts WHERE audience = 'patient' AND patient_key = %s",
        site.key_of(number),
    )
    return {row["state"] for row in rows}


def death_status(site: RunningSite, number: str) -> str:
    rows = site.rows(
        "SELECT described FROM discharge.patients WHERE patient_key = %s", site.key_of(number)
    )
    return str(rows[0]["described"].get("death_status", ""))


def test_what_waits_for_the_patient_is_stopped_within_seconds_and_never_starts_again(
    site: RunningSite,
) -> None:
    who = somebody(email="died-unheard-of@patients.example.net")
    with a_national_record() as pds:
        site.restart("notify", BATON_SETTLING_SECONDS="3600")
        site.restart("discharge", BATON_PDS_URL=pds.url, BATON_PDS_API_KEY=API_KEY)
        assert send(site.mllp, who.goes_home()) == ["AA"]
        eventually_now(lambda: for_the_patient(site, who.number), 30, "something waits")
        assert not for_the_patient(site, who.number) & STOPPED
        pds.holds(a_patient(who.number, died="2026-09-16T00:00:00+00:00", death_status="1"))

        told = monotonic()
        tell(site, an_event(who.number))
        eventually_now(
            lambda: for_the_patient(site, who.number) <= STOPPED, 60, "all of it is stopped"
        )
        assert monotonic() - told < 60

        pds.holds(a_patient(who.number, death_status="U"))
        tell(site, an_event(who.number))
        eventually_now(lambda: death_status(site, who.number) == "removed", 30, "it is taken back")
        site.wait_until_quiet()

        assert for_the_patient(site, who.number) <= STOPPED
        assert site.mails("died-unheard-of@patients.example.net") == []
    site.restart("discharge")
    site.restart("notify")
