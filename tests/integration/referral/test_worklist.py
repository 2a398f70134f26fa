"""The list that a team lives with: what comes first, whose it is, and what is not shown and why."""

import re
from urllib.parse import parse_qs, urlparse

import pytest

from schemas.patient import PersonName
from services.chassis.ids import new_id
from tests.integration.referral.conftest import (
    ELM_TREE,
    HARBOUR,
    TOM,
    after_asthma,
    described,
    discharged,
)
from tests.integration.referral.test_pages import plain


async def list_of(house, who, path="/"):
    visitor = await house.visitor(who)
    answer = await visitor.get(path)
    assert answer.status_code == 200, plain(answer)
    return answer


def headings(page) -> list[str]:
    return re.findall(r'<h3[^>]*id="patient-\d+"><a[^>]*>([^<]+)</a>', page.text)


def sections(page) -> list[str]:
    return re.findall(
        r'<section class="nhsuk-card baton-patient".*?</section>', page.text, re.DOTALL
    )


def titles(page) -> list[str]:
    return re.findall(r'href="/worklist/tasks/[^"]+">([^<]+)<', page.text)


def key_in(page) -> str:
    return re.search(r'name="idempotency_key" value="([^"]+)"', page.text).group(1)


async def two_patients(house):
    """Edna and Tom, both with work for Elm Tree Surgery and for the ward."""
    await house.hear(
        described(),
        discharged(),
        described(TOM, name=PersonName(family="Bell", given="Tom")),
        after_asthma(practice="Z90001"),
    )


async def accepted(house):
    await two_patients(house)
    async with house.client() as anybody:
        for row in await house.pool.fetch("SELECT offer_id FROM offers WHERE team = $1", ELM_TREE):
            await anybody.post(f"/offers/{row['offer_id']}/accept")


async def test_what_is_most_pressing_comes_first_and_a_patient_has_one_heading(house):
    await accepted(house)
    await house.pool.execute("UPDATE tasks SET priority = 0")
    await house.pool.execute(
        "UPDATE tasks SET due_at = clock_timestamp() + interval '1 hour' WHERE rule_id = 'R06' "
        "AND handover_id IN (SELECT handover_id FROM handovers WHERE patient_key = $1)",
        await house.pool.fetchval("SELECT patient_key FROM people WHERE family = 'Hartley'"),
    )

    by_deadline = headings(await list_of(house, "staff-elm-tree"))
    await house.pool.execute("UPDATE tasks SET priority = 3 WHERE rule_id = 'R26'")
    by_priority = await list_of(house, "staff-elm-tree")

    assert by_deadline == ["HARTLEY, Edna", "BELL, Tom"]
    assert headings(by_priority) == ["BELL, Tom", "HARTLEY, Edna"]
    assert "Immediately" in plain(by_priority)
    toms = sections(by_priority)[0]
    assert toms.index("Review the patient after an asthma attack") < toms.index(
        "Bring the practice"
    )


async def test_offers_and_tasks_of_a_patient_stand_under_one_heading_across_handovers(house):
    await house.hear(described(), discharged())
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
    await house.hear(discharged())

    page = await list_of(house, "staff-elm-tree")

    assert headings(page) == ["HARTLEY, Edna"]
    assert "Waiting for your answer" in plain(page)
    assert "Everything (2)" in plain(page)


@pytest.mark.parametrize(
    ("show", "titles"),
    [
        ("all", {"R06", "R26"}),
        ("mine", {"R26"}),
        ("unclaimed", {"R06"}),
        ("unanswered", set()),
        ("overdue", {"R06"}),
        ("snoozed", set()),
    ],
)
async def test_a_part_of_the_list_is_chosen_and_counted(house, show, titles):
    await house.hear(described(TOM), after_asthma(practice="Z90001"))
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
    await house.pool.execute(
        "UPDATE tasks SET owner_person = 'staff-elm-tree' WHERE rule_id = 'R26'"
    )
    await house.pool.execute(
        "UPDATE tasks SET due_at = clock_timestamp() - interval '1 hour', not_before = NULL WHERE rule_id = 'R06'"
    )

    page = await list_of(house, "staff-elm-tree", f"/?show={show}")

    rules = {
        row["rule_id"]
        for row in await house.pool.fetch("SELECT rule_id, task_id FROM tasks")
        if f"/worklist/tasks/{row['task_id']}" in page.text
    }
    assert rules == titles
    words = plain(page)
    for text, count in (
        ("Everything", 2),
        ("Taken by me", 1),
        ("Taken by nobody", 1),
        ("Overdue", 1),
    ):
        assert f"{text} ({count})" in words


async def test_filters_live_in_an_address_that_names_nobody(house):
    await accepted(house)

    page = await list_of(house, "staff-elm-tree", "/?skill=pharmacy&show=unclaimed")

    for href in re.findall(r'href="(/\?[^"]*)"', page.text):
        asked = parse_qs(urlparse(href.replace("&amp;", "&")).query)
        assert set(asked) <= {"show", "skill", "team", "after"}
    assert 'aria-current="true">Taken by nobody' in page.text


async def test_clerical_work_is_not_on_a_clinicians_list_unless_they_ask(house):
    await accepted(house)
    await house.pool.execute("UPDATE tasks SET skill = 'clinical'")
    await house.pool.execute("UPDATE tasks SET skill = 'clerical' WHERE rule_id = 'R26'")

    doctor = await list_of(house, "staff-elm-tree-doctor")
    desk = await list_of(house, "staff-elm-tree-desk")
    all_of_it = await list_of(house, "staff-elm-tree-doctor", "/?skill=any")

    review = "Review the patient after an asthma attack"
    assert review not in plain(doctor)
    assert "1 more that takes other skills is not shown" in plain(doctor)
    assert (review in plain(desk), "Bring the practice" in plain(desk)) == (True, False)
    assert review in plain(all_of_it)


async def test_an_offer_of_clerical_work_alone_goes_to_those_who_do_it(house):
    await two_patients(house)
    await house.pool.execute("UPDATE offers SET skills = '{clerical}' WHERE team = $1", ELM_TREE)

    doctor = await list_of(house, "staff-elm-tree-doctor")
    desk = await list_of(house, "staff-elm-tree-desk")

    assert "Waiting for our answer (0)" in plain(doctor)
    assert "Waiting for our answer (2)" in plain(desk)


async def test_taking_clerical_work_asks_a_clinician_first(house):
    await accepted(house)
    await house.pool.execute("UPDATE tasks SET skill = 'clerical' WHERE rule_id = 'R26'")
    task = await house.task("R26")
    doctor = await house.visitor("staff-elm-tree-doctor")
    link = f"/worklist/tasks/{task['task_id']}"

    asked = await doctor.post(f"{link}/claim", data={"back": "/?skill=any"})
    before = await house.task("R26")
    taken = await doctor.post(f"{link}/claim", data={"confirmed": "true", "back": "/?skill=any"})

    assert "This takes: Clerical . Your work is: Clinical." in plain(asked)
    assert before["owner_person"] == ""
    assert (taken.status_code, taken.headers["location"]) == (303, "/?skill=any")
    assert (await house.task("R26"))["owner_person"] == "staff-elm-tree-doctor"


async def test_a_task_is_taken_from_the_list_and_put_back_with_forms(house):
    await accepted(house)
    surgery = await house.visitor("staff-elm-tree")
    link = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"
    page = await surgery.get("/?show=unclaimed")
    form = {"idempotency_key": key_in(page), "back": "/?show=unclaimed"}

    first = await surgery.post(f"{link}/claim", data=form)
    again = await surgery.post(f"{link}/claim", data=form)
    mine = plain(await surgery.get("/?show=mine"))
    await surgery.post(f"{link}/put-back", data={})

    assert first.headers["location"] == again.headers["location"] == "/?show=unclaimed"
    assert "Taken by me (1)" in mine
    assert (await house.task("R26"))["owner_person"] == ""


async def test_a_list_is_never_led_to_another_site(house):
    await accepted(house)
    surgery = await house.visitor("staff-elm-tree")
    link = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"

    answer = await surgery.post(f"{link}/claim", data={"back": "//elsewhere.example"})

    assert answer.headers["location"] == "/"


async def test_what_a_colleague_has_is_said_and_taken_over_only_on_purpose(house):
    await accepted(house)
    await house.pool.execute("UPDATE tasks SET owner_person = 'staff-elm-tree-desk'")
    surgery = await house.visitor("staff-elm-tree")
    link = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"

    page = plain(await surgery.get("/"))
    refused = await surgery.post(f"{link}/claim", data={})
    over = await surgery.post(f"{link}/claim", data={"take_over": "true"})
    given = await surgery.post(f"{link}/reassign", data={"colleague": "staff-elm-tree-desk"})

    assert "Taken by Sam Reed" in page
    assert (refused.status_code, over.status_code, given.status_code) == (409, 303, 303)
    assert (await house.task("R26"))["owner_person"] == "staff-elm-tree-desk"


async def test_a_task_that_was_told_in_silence_is_listed_and_cannot_be_taken_by_those_told(house):
    await house.hear(described(), discharged())
    await house.let_deadlines_pass()
    await house.ring()

    page = await list_of(house, "staff-safety")

    assert "Send the discharge summary to the GP practice" in plain(page)
    assert "Ward 7, Fellside Hospital" in plain(page)
    assert "/claim" not in page.text


async def test_a_long_list_comes_in_pages_without_gap_or_repeat(house):
    people = [new_id().hex for _ in range(47)]
    await house.hear(*(discharged(key) for key in people))
    ward = await house.visitor("staff-ward")

    seen, address = [], "/"
    while address:
        page = await ward.get(address)
        seen.append(re.findall(r'href="(/worklist/tasks/[^"]+)"', page.text))
        more = re.search(r'nhsuk-pagination__link--next" href="([^"]+)"', page.text)
        address = more.group(1).replace("&amp;", "&") if more else ""

    links = [link for page in seen for link in page]
    assert [len(page) for page in seen] == [20, 20, 7]
    assert len(set(links)) == len(links) == 47


async def test_much_work_for_one_patient_does_not_fill_the_page(house):
    await house.hear(*(discharged() for _ in range(12)))

    page = await list_of(house, "staff-ward")

    link = re.search(r'href="([^"]+)#patient-1">Show 4 more', page.text)
    assert len(headings(page)) == 1
    assert link

    whole = await list_of(house, "staff-ward", link.group(1))

    assert len(titles(page)) == 8
    assert len(titles(whole)) == 12


async def test_a_patient_without_a_named_contact_is_a_warning_to_the_accountable_team(house):
    await house.hear(described(), discharged())
    await house.pool.execute("UPDATE handovers SET coordinator_state = 'missing'")

    ward, surgery = await list_of(house, "staff-ward"), await list_of(house, "staff-elm-tree")

    assert "Nobody is named whom these patients can ask" in plain(ward)
    assert "Nobody is named" not in plain(surgery)


async def test_nothing_of_another_team_is_on_the_list(house):
    await accepted(house)

    page = await list_of(house, "staff-harbour")
    asked = await list_of(house, "staff-harbour", f"/?team={ELM_TREE}")

    for one in (page, asked):
        assert headings(one) == []
        assert "Hartley" not in one.text


@pytest.mark.parametrize("query", ["after=nonsense", "after=WzEsMl0", "after=bnVsbA"])
async def test_a_place_in_the_list_of_somebody_elses_making_is_refused(house, query):
    visitor = await house.visitor("staff-ward")

    assert (await visitor.get(f"/?{query}")).status_code == 400


async def test_an_unknown_choice_is_as_if_nothing_was_chosen(house):
    await accepted(house)

    page = await list_of(house, "staff-elm-tree", "/?show=secrets&skill=magic")

    assert 'aria-current="true">Everything' in page.text


async def test_lists_for_programs_say_how_pressing_and_whose_a_task_is(house):
    await accepted(house)
    await house.pool.execute(
        "UPDATE tasks SET priority = 2, owner_person = 'staff-elm-tree' WHERE rule_id = 'R26'"
    )

    async with house.client(ELM_TREE) as program:
        tasks = (await program.get("/tasks")).json()["items"]
        offers = (await program.get("/offers")).json()["items"]

    [review] = [task for task in tasks if task["rule"]["rule_id"] == "R26"]
    assert (review["priority"], review["owner_person"]) == ("asap", "staff-elm-tree")
    assert {"skill", "snoozed_until", "working", "rings_at"} <= set(review)
    assert {"redirect_count", "accept_by", "skills", "priority"} <= set(offers[0])


async def test_who_looked_when_is_in_the_history_once(house):
    await house.hear(described(), discharged())
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")
    surgery, operator = await house.visitor("staff-elm-tree"), await house.visitor("operator")
    link = f"/worklist/tasks/{(await house.task('R06'))['task_id']}"

    for visitor in (surgery, surgery, operator):
        await visitor.get(link)

    rows = await house.pool.fetch("SELECT team, by_whom FROM history WHERE what = 'task.seen'")
    assert [tuple(row) for row in rows] == [(ELM_TREE, "staff-elm-tree")]
    ward = await house.visitor("staff-ward")
    page = plain(await ward.get(f"/worklist/handovers/{handover_id}"))
    assert "Elm Tree Surgery looked at: Bring the practice" in page


async def test_who_passed_work_on_and_how_often_is_seen_on_both_sides(house):
    await house.hear(described(), discharged())
    async with house.client(ELM_TREE) as surgery:
        offer_id = await house.offer_to(ELM_TREE)
        answer = await surgery.post(
            f"/offers/{offer_id}/redirect", json={"team": HARBOUR, "reason": "registered-elsewhere"}
        )
    assert answer.status_code == 200, answer.text

    asked = plain(await list_of(house, "staff-harbour"))
    passed_on = plain(await list_of(house, "staff-elm-tree", "/worklist/waiting"))
    sender = plain(await list_of(house, "staff-ward", "/worklist/waiting"))

    for page in (asked, passed_on, sender):
        assert "Passed on once" in page
    assert "Harbour Medical Centre" in passed_on
    assert "Harbour Medical Centre" in sender


async def test_what_is_due_at_midnight_is_due_today(house):
    await accepted(house)
    await house.pool.execute(
        "UPDATE tasks SET not_before = NULL, due_at = (date_trunc('day', clock_timestamp() AT TIME ZONE "
        "'Europe/London') + interval '1 day') AT TIME ZONE 'Europe/London' WHERE rule_id = 'R26'"
    )

    today = await list_of(house, "staff-elm-tree", "/?show=today")

    assert "Due end of today" in plain(today)
    assert "Due today (1)" in plain(today)
