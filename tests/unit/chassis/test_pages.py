import pytest

from tests.support.web import a_visitor, sign_in, some_app


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
