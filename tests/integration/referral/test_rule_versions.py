"""Tasks explain themselves by the rule that made them, whatever becomes of the rule."""

from dataclasses import replace

import pytest

from services.referral.app import build
from services.referral.outbound.rule_versions import RuleChangedError, RuleVersionTable
from services.referral.usecases.read_documents import UNCLAIMED
from services.referral.usecases.recording import COORDINATOR, DEADLINE, UNANSWERED, UNREAD
from tests.integration.referral.conftest import WARD, some_settings


async def keep(house, playbook):
    async with house.database.unit_of_work() as unit:
        await RuleVersionTable().keep(unit.connection, playbook.rules)


def changed(playbook, **changes):
    rules = tuple(
        replace(rule, fingerprint="another text", **changes) if rule.id == "R01" else rule
        for rule in playbook.rules
    )
    return replace(playbook, rules=rules)


async def test_a_rule_changed_without_a_new_version_is_refused(house):
    with pytest.raises(RuleChangedError, match="R01"):
        await keep(house, changed(house.playbook))


async def test_an_old_task_keeps_the_words_of_its_version(house):
    await house.open()

    await keep(house, changed(house.playbook, version="2027.1", title="Send it sooner"))

    async with house.client(WARD) as ward:
        [task] = (await ward.get("/tasks", params={"state": "accepted"})).json()["items"]
    assert task["rule"]["title"] == "Send the discharge summary to the GP practice"
    assert task["rule"]["version"] == "2026.2"


async def test_a_process_has_its_parts(house):
    parts = build(some_settings(), house.database)

    assert {DEADLINE, UNREAD, UNCLAIMED, UNANSWERED, COORDINATOR} <= set(parts.timers)
    assert set(parts.loops) == {"watch", "queues", "directory", "webhooks"}
    assert parts.subscription.topics == [
        "care.alerts.v1",
        "care.documents.v1",
        "care.patients.v1",
        "care.spells.v1",
    ]


async def test_a_task_says_what_completes_it_and_what_does_not_count(house):
    await house.open()
    async with house.client(WARD) as ward:
        [task] = (await ward.get("/tasks", params={"state": "accepted"})).json()["items"]
    reader = await house.visitor("staff-ward")

    page = (await reader.get(f"/worklist/tasks/{task['task_id']}")).text

    assert "Done by itself when" in page
    assert "The practice has received the discharge summary" in page
    assert "Does not count" in page
    assert "A letter that was printed; a letter that was posted" in page
