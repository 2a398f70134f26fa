"""S11 (4, 5) and H09: the summary arrives as a document, its replacement first; a person reads what it asks for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.support.documents import a_document, changed
from tests.support.eventually import eventually_now
from tests.support.forms import sign_in, words
from tests.support.handovers import Following, Item
from tests.support.made_up import MadeUp, somebody
from tests.support.sending import send
from tests.support.site import RunningSite

pytestmark = [pytest.mark.slow]
PLAN = "Repeat U&amp;E in a week, and ring her daughter."


def about(who: MadeUp, left: datetime, body: bytes) -> bytes:
    """The document, about somebody else's stay."""
    body = changed(body, "9995000105", who.number)
    body = changed(body, "SP-88013", who.visit)
    return changed(body, "2026-09-08T11:20:00+01:00", left.isoformat(timespec="seconds"))


def reading(follow: Following, status: str = "") -> list[Item]:
    return [
        task
        for handover in follow.all("open")
        for task in handover["tasks"]
        if task["code"] == "read-and-extract" and status in ("", task["status"])
    ]


def test_the_replacement_comes_first_and_one_person_is_asked_to_read_it(site: RunningSite) -> None:
    who = somebody()
    follow = Following(site, who.number)
    now = datetime.now(UTC).replace(microsecond=0)
    left = now - timedelta(minutes=40)
    original, replacement = str(uuid4()), str(uuid4())
    second = about(who, left, a_document(replacement, replaces=original, plan=PLAN))
    first = about(who, left, a_document(original, plan="Nothing to do."))

    assert send(site.mllp, who.says("A03", left, left, f"DOC{who.visit}")) == ["AA"]
    with site.client("discharge", **{"Content-Type": "application/fhir+xml"}) as hospital:
        for body in (second, first, second):
            answer = hospital.post("/itk3", content=body)
            assert answer.status_code in {200, 202, 409}, answer.text
    [task] = eventually_now(lambda: reading(follow), 30, "a task to read the document")
    site.wait_until_quiet()

    assert [each["task_id"] for each in reading(follow)] == [task["task_id"]]
    assert len(follow.all()) == 1, "the document is about the same stay"
    codes = {each["code"] for each in follow.the("open")["tasks"]}
    assert not any("u-and-e" in code or "blood" in code for code in codes), "no machine-made task"
    assert "ring her daughter" not in page_of(site, task), "only whoever took it on reads it"
    follow.accept(follow.the("open"), "practice-Z90001")
    page = page_of(site, task)
    assert "ring her daughter" in page
    assert "Nothing to do." not in page


def page_of(site: RunningSite, task: Item) -> str:
    with site.visitor("referral") as visitor:
        sign_in(visitor, "staff-elm-tree")
        page = visitor.get(f"/worklist/tasks/{task['task_id']}").raise_for_status()
        return words(page.text)
