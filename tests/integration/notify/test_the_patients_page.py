"""The patient's private page: what it says, to whom it opens, and that its key shows up nowhere else."""

import re
from datetime import timedelta

import pytest

from schemas.offer import OfferMade
from services.chassis.ids import new_id
from services.notify.inbound.guessing import MOST_MISSES
from tests.integration.notify.test_alerts_of_teams import knock
from tests.unit.notify.builders import COMMUNITY, EDNA, ELM_TREE, TWENTY_POINTS
from tests.unit.notify.facts import a_task_made, accepted, described, opened, withdrawn


async def path_of_link(house) -> str:
    """The link in the mail that Edna got."""
    (mail,) = house.mails_to("edna@patients.example.net")
    return re.search(r"/p/\S+", mail.body).group()


@pytest.fixture
async def told(house):
    """Edna was told of her handover; gives the handover and the path of her link."""
    handover = opened(at=house.now)
    await house.hear(described(), handover)
    await house.deliver()
    return handover, await path_of_link(house)


@pytest.fixture
async def browser_of_edna(house):
    async with knock(house.app(), Accept="text/html") as client:
        yield client


async def test_the_page_says_what_happens_next_who_does_it_by_when_and_whom_to_ring(
    house, told, browser_of_edna
):
    handover, path = told
    await house.hear(accepted(handover))

    answer = await browser_of_edna.get(path)

    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    for said in (
        "What happens next",
        "Elm Tree Surgery will bring its list of your medicines up to date",
        "Elm Tree Surgery has accepted this.",
        "Station Road Pharmacy has been asked.",
        "01632 960101",
        "111",
    ):
        assert said in answer.text
    assert re.search(r"by \w+day \d+ \w+", answer.text)


async def test_the_page_names_neither_the_patient_nor_an_illness(told, browser_of_edna):
    answer = await browser_of_edna.get(told[1])

    for private in ("Edna", "Hartley", "9995000105", "Mill Lane", "asthma", "frail", EDNA):
        assert private.lower() not in answer.text.lower()


async def test_no_code_of_a_task_reaches_the_page(house, browser_of_edna):
    offer = new_id()
    await house.hear(
        described(),
        opened(
            offers=(OfferMade(offer_id=offer, team=ELM_TREE, role="gp-practice"),),
            tasks=(a_task_made("gp-asthma-review", rule_id="R26", offer_id=offer),),
        ),
    )
    await house.deliver()

    html = (await browser_of_edna.get(await path_of_link(house))).text

    assert "Elm Tree Surgery will arrange to see how you are getting on" in html
    assert "asthma" not in html.lower()
    assert "R26" not in html


async def test_nobody_keeps_or_passes_on_the_page_or_its_address(told, browser_of_edna):
    answer = await browser_of_edna.get(told[1])

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "set-cookie" not in answer.headers
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", answer.text).replace("http-equiv", "")


async def test_who_needs_large_print_gets_it_on_the_page_too(house, browser_of_edna):
    await house.hear(described(needs=(TWENTY_POINTS,)), opened())
    await house.deliver()
    (letter,) = house.letters()
    path = re.search(r"/p/[\w-]+", letter.read_text(encoding="utf-8")).group()

    html = (await browser_of_edna.get(path)).text

    assert 'class="nhsuk-body nhsuk-u-font-size-36"' in html


async def test_a_guessed_link_tells_nothing_but_whom_to_ring(told, browser_of_edna):
    wrong = told[1][:-1] + ("A" if told[1][-1] != "A" else "B")

    answer = await browser_of_edna.get(wrong)

    assert answer.status_code == 404
    assert "This link does not work any more" in answer.text
    assert "01632 960100" in answer.text
    assert "Elm Tree" not in answer.text
    assert "Ward" not in answer.text


async def test_an_expired_link_tells_nothing_but_whom_to_ring(house, told, browser_of_edna):
    await house.database.pool.execute("UPDATE links SET expires_at = clock_timestamp()")

    answer = await browser_of_edna.get(told[1])

    assert answer.status_code == 410
    assert "Elm Tree" not in answer.text
    assert "01632 960100" in answer.text


async def test_a_link_lives_as_long_as_the_policy_says(house, told):
    made, expires = await house.database.pool.fetchrow("SELECT made_at, expires_at FROM links")

    assert expires - made == timedelta(days=90)


@pytest.mark.parametrize("changes", [{"deceased": True}, {"restricted": True}])
async def test_the_page_closes_when_its_patient_has_died_or_is_protected(
    house, told, browser_of_edna, changes
):
    await house.hear(described(described_at=house.now, **changes))

    answer = await browser_of_edna.get(told[1])

    assert answer.status_code == 410
    assert "Elm Tree" not in answer.text


async def test_the_page_of_a_withdrawn_plan_says_that_it_changed(house, told, browser_of_edna):
    handover, path = told
    await house.hear(withdrawn(handover))

    answer = await browser_of_edna.get(path)

    assert answer.status_code == 200
    assert "Your plan has changed" in answer.text
    assert "01632 960101" in answer.text
    assert "Elm Tree" not in answer.text


async def test_an_erased_patients_link_opens_nothing(house, told, browser_of_edna):
    await house.hear_again([house.record("care.patients.v1", EDNA, [], None)])

    assert (await browser_of_edna.get(told[1])).status_code == 404


async def test_who_tries_many_links_must_wait_even_with_a_right_one(told, browser_of_edna):
    for number in range(MOST_MISSES):
        assert (await browser_of_edna.get(f"/p/{number:043}")).status_code == 404

    answer = await browser_of_edna.get(told[1])

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Elm Tree" not in answer.text


@pytest.mark.parametrize(
    "token", ["x" * 5000, "%00", "..%2f..%2fetc", "'%20OR%201=1--", "%F0%9F%92%A9"]
)
async def test_a_token_that_is_none_is_not_found(browser_of_edna, token):
    assert (await browser_of_edna.get(f"/p/{token}")).status_code == 404


async def test_a_team_that_nobody_here_knows_does_not_break_the_page(house, browser_of_edna):
    offer = new_id()
    await house.hear(
        described(),
        opened(
            offers=(OfferMade(offer_id=offer, team="practice-Z99999", role="gp-practice"),),
            tasks=(a_task_made(offer_id=offer),),
        ),
    )
    await house.deliver()

    answer = await browser_of_edna.get(await path_of_link(house))

    assert answer.status_code == 200
    assert "Your care team" in answer.text


async def test_only_the_hash_of_a_token_is_kept(house, told):
    token = told[1].removeprefix("/p/")

    tables = await house.database.pool.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'notify'"
    )
    for (table,) in tables:
        rows = await house.database.pool.fetch(f'SELECT t::text FROM "{table}" t')
        assert not any(token in row[0] for row in rows), table


async def test_a_plan_without_steps_says_that_somebody_will_be_in_touch(house, browser_of_edna):
    await house.hear(
        described(),
        opened(offers=(OfferMade(offer_id=new_id(), team=COMMUNITY, role="x"),), tasks=()),
    )
    await house.deliver()

    html = (await browser_of_edna.get(await path_of_link(house))).text

    assert "Nothing is planned yet" in html
