"""Everything said again in any order, and rubbish between it: what is known stays, what is good goes through."""

import asyncio
import random
from collections import Counter

import pytest

from deploy.local.topics import TopicSpec, create_topics
from schemas.topics import TOPICS
from tests.support.eventually import eventually_now
from tests.support.made_up import somebody
from tests.support.memory import without_memory
from tests.support.rubbish import about_nothing, rubbish
from tests.support.sending import send
from tests.support.site import Record, RunningSite
from tests.support.snapshot import snapshot
from tests.support.topics import Said, write
from tests.support.verdict import assert_handed_over_once, parked_ids

pytestmark = [pytest.mark.slow]
SERVICES = ("discharge", "referral", "notify")


def test_everything_said_again_in_any_order_changes_nothing(site: RunningSite) -> None:
    people = [somebody() for _ in range(10)]
    send(site.mllp, *(person.goes_home() for person in people))
    assert_handed_over_once(site, people)
    accept_everything(site)
    site.wait_until_quiet()
    said = site.records()
    before, mails, letters = snapshot(site), len(site.mails()), len(site.letters())
    repeats = site.metric("notify", "baton_events_repeated_total")

    again = [as_said(record) for record in said]
    random.Random(20261122).shuffle(again)
    write(site.broker.bootstrap, again)
    site.wait_until_quiet()

    assert len(site.records()) == 2 * len(said)
    assert snapshot(site) == before
    assert (len(site.mails()), len(site.letters())) == (mails, letters)
    heard = sum("notify" in TOPICS[record.topic].readers for record in said)
    assert site.metric("notify", "baton_events_repeated_total") == repeats + heard


OF_WHAT_WAS_SENT = """
kind = 'withdrawn' AND NOT EXISTS (
    SELECT FROM notify.plan_tasks AS task
    WHERE task.handover_id = alerts.handover_id AND task.owner_team = alerts.team AND task.answer = 'accepted'
)
"""
"""A team that has not accepted is told to stop only if somebody tried to tell it before: what was sent decides that,
not what was heard, and whoever hears everything anew sends nothing. Teams that accepted are told in any case."""

REMEMBERED = {
    "people": "SELECT * FROM notify.people ORDER BY patient_key",
    "plans": "SELECT * FROM notify.plans ORDER BY handover_id",
    "tasks": "SELECT * FROM notify.plan_tasks ORDER BY task_id",
    "alerts": "SELECT handover_id, caused_by, audience, team, kind, urgent, task_count, due_at, last_resort,"
    f" happened_at FROM notify.alerts WHERE NOT ({OF_WHAT_WAS_SENT}) ORDER BY handover_id, caused_by, audience, team",
    "heard": "SELECT stream, sequence, event_id FROM notify.inbox ORDER BY stream",
}


def test_whoever_hears_everything_in_the_wrong_order_remembers_the_same(site: RunningSite) -> None:
    people = [somebody() for _ in range(10)]
    send(site.mllp, *(person.goes_home() for person in people))
    assert_handed_over_once(site, people)
    accept_everything(site)
    site.wait_until_quiet()
    knew = {what: site.rows(query) for what, query in REMEMBERED.items()}
    again = [as_said(record) for record in site.records()]
    random.Random(20261123).shuffle(again)
    site.end("notify")

    with without_memory(site, "notify"):
        site.start_again("notify", BATON_DELIVERY="off")
        write(site.broker.bootstrap, again)
        eventually_now(lambda: site.rows(REMEMBERED["heard"]) == knew["heard"], 60, "all is heard")
        knows = {what: site.rows(query) for what, query in REMEMBERED.items()}
        early = site.value("SELECT count(*) FROM notify.parked WHERE reason = 'gap'")
        waiting = site.value("SELECT count(*) FROM notify.parked WHERE resolved_at IS NULL")
        site.end("notify")
    site.start_again("notify")

    assert knows == knew
    assert early > 0, "nothing came too early"
    assert waiting == 0
    site.wait_until_quiet()


def accept_everything(site: RunningSite) -> None:
    """More facts, so that there is something to put into the wrong order."""
    with site.client("referral") as teams:
        for offer in teams.get("/offers", params={"state": "offered"}).json()["items"]:
            teams.post(f"/offers/{offer['offer_id']}/accept", json={}).raise_for_status()


def as_said(record: Record) -> Said:
    return Said(record.topic, record.key, record.value, record.headers)


def test_rubbish_is_parked_and_what_is_good_goes_through(site: RunningSite) -> None:
    site.wait_until_quiet()
    pids = {service: site.pid(service) for service in SERVICES}
    parked, lying = parked_ids(site), len(site.records())
    victim = f"victim.{somebody().number}"
    asyncio.run(create_topics(site.broker.bootstrap, [TopicSpec(victim)]))
    thrown = [
        each
        for topic in TOPICS.values()
        for partition in range(topic.partitions)
        for each in rubbish(topic.name, partition, victim)
    ]

    write(site.broker.bootstrap, thrown)

    good = [somebody() for _ in range(12)]
    assert set(send(site.mllp, *(person.goes_home() for person in good))) == {"AA"}
    assert_handed_over_once(site, good)
    new = [row for row in site.parked() if row["parked_id"] not in parked]
    assert Counter((row["service"], row["topic"]) for row in new) == Counter(
        (reader, each.topic) for each in thrown for reader in TOPICS[each.topic].readers
    )
    assert {row["reason"] for row in new} == {"undecodable", "poison", "schema", "gap"}
    assert {service: site.pid(service) for service in SERVICES} == pids
    assert all(site.is_running(service) for service in SERVICES)
    assert len(site.records()) == lying + len(thrown) + len(good) * (1 + 1 + 1 + 3)
    keys = {(row["topic"], row["key"]) for row in new if row["service"] == "referral"}
    shown = {(key["topic"], key["key"]) for key in site.overview("referral")["parked"]}
    assert keys <= shown, "an operator does not see everything that waits"


def test_well_formed_events_about_nothing_stop_nobody(site: RunningSite) -> None:
    pids = {service: site.pid(service) for service in SERVICES}
    stories = [each for topic in TOPICS.values() for each in about_nothing(topic.name, partition=0)]

    write(site.broker.bootstrap, stories)

    good = [somebody() for _ in range(6)]
    assert set(send(site.mllp, *(person.goes_home() for person in good))) == {"AA"}
    assert_handed_over_once(site, good)
    site.wait_until_quiet()
    assert {service: site.pid(service) for service in SERVICES} == pids
