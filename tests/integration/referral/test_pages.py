"""The pages without a script: what a team sees, and what its forms do."""

import re

import pytest

from schemas.offer import OfferAccepted, OfferDeclined
from schemas.patient import PersonName
from schemas.task import TaskChanged
from tests.integration.referral.conftest import (
    COMMUNITY,
    ELM_TREE,
    PHARMACY,
    TOM,
    after_asthma,
    described,
    discharged,
    not_delivered,
)


async def opened(house):
    await house.hear(described(), discharged())
    return await house.pool.fetchval("SELECT handover_id FROM handovers")


def hidden_key(page) -> str:
    return re.search(r'name="idempotency_key" value="([^"]+)"', page.text).group(1)


def plain(page) -> str:
    """The words of a page, without its markup."""
    body = re.sub(r"<(script|style).*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


async def test_a_team_reads_what_waits_for_its_answer(house):
    await opened(house)
    practice = await house.visitor("staff-elm-tree")

    page = await practice.get("/")

    words = plain(page)
    assert page.status_code == 200
    assert "Waiting for our answer (1)" in words
    assert "HARTLEY, Edna" in words
    assert "NHS number: 999 500 0105" in words
    assert "Bring the practice&#39;s medicines list in line with the discharge" in words
    assert "From Ward 7, Fellside Hospital." in words


async def test_the_sender_sees_what_waits_for_others_and_what_is_its_own(house):
    await opened(house)
    ward = await house.visitor("staff-ward")

    own, waiting = plain(await ward.get("/")), plain(await ward.get("/worklist/waiting"))

    assert "Send the discharge summary to the GP practice" in own
    assert "Discharge Medicines Service" not in own
    for team in ("Elm Tree Surgery", "Station Road Pharmacy", "Fellside Community Nursing"):
        assert team in waiting


async def test_an_offer_is_accepted_with_a_form_and_a_double_click_acts_once(house):
    await opened(house)
    practice = await house.visitor("staff-elm-tree")
    page = await practice.get("/")
    form = {"idempotency_key": hidden_key(page)}
    offer_id = await house.offer_to(ELM_TREE)

    first = await practice.post(f"/worklist/offers/{offer_id}/accept", data=form)
    second = await practice.post(f"/worklist/offers/{offer_id}/accept", data=form)

    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    after = plain(await practice.get(first.headers["location"]))
    assert "Your team has accepted and is now accountable for these tasks." in after
    assert len(await house.said(OfferAccepted)) == 1


async def test_an_offer_that_somebody_else_answered_says_so(house):
    await opened(house)
    offer_id = await house.offer_to(ELM_TREE)
    async with house.client(ELM_TREE) as colleague:
        await colleague.post(f"/offers/{offer_id}/accept")
    practice = await house.visitor("staff-elm-tree")

    answer = await practice.post(f"/worklist/offers/{offer_id}/accept")

    assert answer.status_code == 409
    assert "Somebody answered first: this offer is already accepted." in plain(answer)


async def test_declining_without_a_reason_points_at_the_question(house):
    await opened(house)
    offer_id = await house.offer_to(ELM_TREE)
    practice = await house.visitor("staff-elm-tree")

    asked = await practice.get(f"/worklist/offers/{offer_id}/decline")
    refused = await practice.post(f"/worklist/offers/{offer_id}/decline", data={})

    assert "Why does your team decline?" in plain(asked)
    assert refused.status_code == 422
    assert "<title>Error: Decline - Baton worklist</title>" in refused.text
    assert re.search(r'class="nhsuk-error-summary".*?href="#reason"', refused.text, re.DOTALL)
    assert "Choose why your team declines" in plain(refused)
    assert await house.said(OfferDeclined) == []


async def test_a_decline_goes_back_to_the_sender_with_its_reason(house):
    handover_id = await opened(house)
    offer_id = await house.offer_to(PHARMACY)
    pharmacy = await house.visitor("staff-pharmacy")

    answer = await pharmacy.post(
        f"/worklist/offers/{offer_id}/decline", data={"reason": "not-our-patient"}
    )

    assert answer.headers["location"] == "/?done=declined"
    assert "You declined the offer." in plain(await pharmacy.get("/?done=declined"))
    ward = await house.visitor("staff-ward")
    assert "Declined by Station Road Pharmacy" in plain(await ward.get("/"))
    page = plain(await ward.get(f"/worklist/handovers/{handover_id}"))
    assert "Not our patient: registered or looked after elsewhere" in page


async def test_a_task_explains_itself_and_where_its_deadline_comes_from(house):
    await opened(house)
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(COMMUNITY)}/accept")
    nurse = await house.visitor("staff-community")

    page = plain(await nurse.get(f"/worklist/tasks/{(await house.task('R14'))['task_id']}"))

    assert "This patient is at risk of coming back to hospital." in page
    assert "An unanswered call does not count." in page
    assert "Between 24 and 72 hours after the patient left hospital" in page
    assert re.search(r"R14, version [0-9.]+. NICE NG27 .guideline. Verified", page)
    assert "Local default, unverified A Clinical Frailty Scale score of 5 or more" in page


async def test_numbers_that_nobody_verified_are_shown_as_such(house):
    handover_id = await opened(house)
    await house.hear(not_delivered(handover_id))
    ward = await house.visitor("staff-ward")

    page = plain(await ward.get(f"/worklist/tasks/{(await house.task('undelivered'))['task_id']}"))

    assert "Local default (rule R77) (local rule) Local default, unverified" in page


async def test_a_task_is_started_noted_and_completed_with_forms(house):
    await opened(house)
    task = f"/worklist/tasks/{(await house.task('R01'))['task_id']}"
    ward = await house.visitor("staff-ward")

    started = await ward.post(f"{task}/start")
    noted = await ward.post(f"{task}/note", data={"text": "Rang the practice, no answer"})
    completed = await ward.post(f"{task}/complete", data={"outcome": ""})

    assert "The task is in progress." in plain(await ward.get(started.headers["location"]))
    assert "Your note is in the history" in plain(await ward.get(noted.headers["location"]))
    page = plain(await ward.get(completed.headers["location"]))
    assert "The task is done." in page
    assert "Rang the practice, no answer" in page
    assert [change.status for change in await house.said(TaskChanged)] == [
        "in-progress",
        "completed",
    ]


@pytest.mark.parametrize(
    ("act", "field", "says"),
    [
        ("fail", "reason", "Say why this cannot be done"),
        ("note", "text", "Write the note before you save it."),
    ],
)
async def test_an_empty_form_points_at_its_field(house, act, field, says):
    await opened(house)
    task = f"/worklist/tasks/{(await house.task('R01'))['task_id']}"
    ward = await house.visitor("staff-ward")

    answer = await ward.post(f"{task}/{act}", data={field: "  "})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert says in plain(answer)
    assert re.search(rf'<textarea[^>]*id="{field}"', answer.text)


async def test_a_task_done_before_its_window_needs_a_reason(house):
    await opened(house)
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(COMMUNITY)}/accept")
    task = f"/worklist/tasks/{(await house.task('R14'))['task_id']}"
    nurse = await house.visitor("staff-community")

    refused = await nurse.post(f"{task}/complete", data={"outcome": ""})
    done = await nurse.post(f"{task}/complete", data={"outcome": "Met at the door of the ward"})

    assert refused.status_code == 422
    assert "Why this was done before its time" in plain(refused)
    assert done.status_code == 303


async def test_a_handover_is_withdrawn_with_a_reason(house):
    handover_id = await opened(house)
    ward = await house.visitor("staff-ward")
    form = f"/worklist/handovers/{handover_id}/withdraw"

    asked = await ward.get(form)
    refused = await ward.post(form, data={})
    withdrawn = await ward.post(form, data={"reason": "readmitted"})

    assert "Why is it withdrawn?" in plain(asked)
    assert (refused.status_code, withdrawn.status_code) == (422, 303)
    page = plain(await ward.get(withdrawn.headers["location"]))
    assert "The patient is back in hospital" in page
    assert "Withdraw handover" not in page


async def test_owners_are_shown_over_time(house):
    handover_id = await opened(house)
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
    ward = await house.visitor("staff-ward")

    page = plain(await ward.get(f"/worklist/handovers/{handover_id}"))

    owners = page[page.index("Who was accountable, and when") :]
    medicines = owners[owners.index("Bring the practice") :]
    assert medicines.index("Ward 7, Fellside Hospital") < medicines.index("Elm Tree Surgery")


async def test_overdue_comes_first_in_words(house):
    await opened(house)
    await house.pool.execute(
        "UPDATE tasks SET due_at = clock_timestamp() - interval '25 minutes' WHERE rule_id = 'R01'"
    )
    ward = await house.visitor("staff-ward")

    words = plain(await ward.get("/"))

    assert "Overdue (1)" in words
    assert "25 minutes overdue" in words


@pytest.mark.parametrize(
    "family",
    ["<script>alert(1)</script>", "{{ 7 * 7 }}", "{% raw %}", '"><img src=x onerror=alert(1)>'],
)
async def test_what_a_name_says_is_shown_and_not_obeyed(house, family):
    await house.hear(described(name=PersonName(family=family, given="Edna")), discharged())
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")
    ward = await house.visitor("staff-ward")

    pages = [await ward.get("/"), await ward.get(f"/worklist/handovers/{handover_id}")]

    for page in pages:
        assert "<script>alert" not in page.text.lower()
        assert "<img src" not in page.text.lower()
        assert "49, Edna" not in page.text
        shown = (
            family.upper()
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace('"', "&#34;")
        )
        assert f"{shown}, Edna" in page.text


async def test_work_about_a_forgotten_patient_stays_on_the_list(house):
    await house.hear(discharged())
    ward = await house.visitor("staff-ward")

    assert "Name not known here" in plain(await ward.get("/"))


async def test_a_stranger_gets_the_same_page_as_for_what_does_not_exist(house):
    handover_id = await opened(house)
    harbour = await house.visitor("staff-harbour")
    paths = [
        f"/worklist/handovers/{handover_id}",
        f"/worklist/tasks/{(await house.task('R01'))['task_id']}",
        f"/worklist/offers/{await house.offer_to(ELM_TREE)}/decline",
    ]

    answers = [await harbour.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "Hartley" not in "".join(answer.text for answer in answers)


async def test_an_operator_reads_every_teams_list_and_answers_nothing(house):
    await house.hear(described(), discharged(), described(TOM), after_asthma())
    operator = await house.visitor("operator")

    page = await operator.get("/")
    one = plain(await operator.get("/?team=practice-Z90002"))
    act = await operator.post(f"/worklist/offers/{await house.offer_to(ELM_TREE)}/accept")

    assert "Waiting for our answer (4)" in plain(page)
    assert "/accept" not in page.text
    assert "Review the patient after an asthma attack" in one
    assert "Elm Tree Surgery</option>" in page.text
    assert act.status_code == 403


async def test_who_is_not_signed_in_is_asked_who_they_are(house):
    handover_id = await opened(house)
    browser = await house.visitor("staff-ward")
    browser.cookies.clear()

    answer = await browser.get(f"/worklist/handovers/{handover_id}")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")
