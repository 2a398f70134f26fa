from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from services.chassis import pages
from tests.support.web import a_visitor, sign_in, some_app


@pytest.fixture(autouse=True)
def this_year(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frozen(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2026, 11, 22, tzinfo=UTC)

    monkeypatch.setattr(pages, "datetime", Frozen)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 24, 10, 0, tzinfo=UTC), "Tue 24 Nov, 10:00"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thu 2 Jul, 00:30"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "Sun 29 Mar, 00:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Sun 29 Mar, 02:00"),
        (
            datetime(2026, 12, 31, 23, 0, tzinfo=timezone(timedelta(hours=-5))),
            "Fri 1 Jan 2027, 04:00",
        ),
        (datetime(2025, 12, 31, 9, 5, tzinfo=UTC), "Wed 31 Dec 2025, 09:05"),
        (None, ""),
    ],
)
def test_times_are_told_on_londons_clock(moment: datetime | None, shown: str) -> None:
    assert pages.when(moment) == shown


def test_a_time_without_an_offset_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="offset"):
        pages.when(datetime(2026, 11, 24, 10, 0))  # noqa: DTZ001


def test_an_nhs_number_is_told_in_three_groups_on_one_line() -> None:
    assert pages.nhs_number("9995000105") == "999\u00a0500\u00a00105"
    assert pages.nhs_number("999 500 0105") == "999\u00a0500\u00a00105"
    assert pages.nhs_number("12") == "12"
    assert pages.nhs_number(None) == ""


def test_a_name_is_told_surname_first() -> None:
    assert pages.person_name({"family": "Baker-Reid", "given": "Tom"}) == "BAKER-REID, Tom"
    assert pages.person_name(SimpleNamespace(family="Hartley", given=None)) == "HARTLEY"
    assert pages.person_name({"given": "Tom"}) == "Tom"


@pytest.mark.parametrize(
    "words",
    [
        "{{ 7*7 }}",
        "{% include 'header.html' %}",
        "<script>alert(1)</script>",
        '" onmouseover="x',
        "a&b",
    ],
)
def test_values_are_text_and_nothing_else(words: str) -> None:
    page = a_visitor().get("/said/x", params={"words": words}).text
    assert "<script>alert" not in page
    assert '" onmouseover' not in page
    assert "49" not in page.split("<main")[1].split("</main")[0]
    assert page.count("<header") == 1


def test_the_layout_has_what_every_page_needs() -> None:
    client = a_visitor()
    sign_in(client)

    page = client.get("/worklist?done=true").text

    assert '<html lang="en"' in page
    assert "<title>Worklist - Baton example</title>" in page
    assert page.count("<h1") == 1
    assert page.index("Skip to main content") < page.index("<header")
    assert 'aria-current="page"' in page
    assert "Ada Example" in page
    assert "The task was taken." in page
    assert "Reference for support" in page
    assert "Overdue 25 min" in page
    assert page.count("idempotency_key") == 1


def test_no_page_asks_anybody_else_for_anything_and_none_claims_to_be_the_nhs() -> None:
    client = a_visitor()
    sign_in(client)
    for path in ("/worklist", "/sign-in", "/docs", "/no/such"):
        page = client.get(path, headers={"accept": "text/html"}).text
        assert "//" not in page.replace("http://www.w3.org", "")
        assert "nhsuk-header__logo" not in page
        assert "nhs.uk" not in page


def test_a_live_service_does_not_call_itself_a_demonstration() -> None:
    app = some_app()
    assert "A demonstration" in a_visitor(app).get("/sign-in").text
