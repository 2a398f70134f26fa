import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.testclient import TestClient

from services.chassis import sessions
from services.chassis.errors import Refusal
from services.chassis.sessions import IDLE_SECONDS, own_path
from services.chassis.web import create_app
from tests.support.web import NURSE, a_visitor, sign_in, some_app, some_settings

LIVE = some_settings(
    environment="live",
    kafka_security="SSL",
    site_secret="s" * 40,
    session_secret="t" * 40,
)
COOKIE = "baton-example"


def test_the_page_says_plainly_that_it_is_a_demonstration() -> None:
    page = a_visitor().get("/sign-in").text
    assert "Demonstration sign-in" in page
    assert "Anybody can be anybody here" in page
    assert "Ada Example" in page
    assert "Elm Tree Surgery" in page


def test_live_offers_no_demonstration_sign_in() -> None:
    with pytest.raises(Refusal, match="not for live"):
        create_app("example", LIVE, "Baton example", demo_people=[NURSE])
    assert (
        a_visitor(create_app("example", LIVE, "Baton example")).get("/sign-in").status_code == 404
    )


def test_signing_in_leads_back_and_shows_who_is_there() -> None:
    client = a_visitor(accept="text/html")
    answer = client.post("/sign-in", data={"ref": NURSE.ref, "next": "/worklist"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/worklist")

    for path in ("/worklist", "/no/such"):
        assert "Ada Example, Elm Tree Surgery" in client.get(path).text

    client.post("/sign-out")
    assert client.get("/worklist").status_code == 303


@pytest.mark.parametrize("ref", ["", "nobody", "<script>", "nurse-1 "])
def test_only_listed_people_can_sign_in(ref: str) -> None:
    client = a_visitor()
    answer = client.post("/sign-in", data={"ref": ref})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert 'href="#person-nurse-1"' in answer.text
    assert "<title>Error: Sign in" in answer.text
    assert not client.cookies


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites() -> None:
    given = a_visitor().post("/sign-in", data={"ref": NURSE.ref}).headers["set-cookie"]
    assert given.startswith(f"{COOKIE}=")
    assert "HttpOnly" in given
    assert "SameSite=lax" in given
    assert "Secure" not in given
    assert NURSE.name not in given


def test_over_https_the_cookie_is_bound_to_this_host() -> None:
    client = TestClient(some_app(), base_url="https://testserver", follow_redirects=False)
    answer = client.post("/sign-in", data={"ref": NURSE.ref})
    assert answer.headers["set-cookie"].startswith(f"__Host-{COOKIE}=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]
    assert client.get("/worklist").status_code == 200


def forged(secret: str, salt: str) -> str:
    return str(URLSafeTimedSerializer(secret, salt=salt).dumps(NURSE.ref))


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "nurse-1",
        forged("another secret", "baton-example-session"),
        forged("session secret of a test", "baton-other-session"),
        forged("session secret of a test", "baton-example-session")[:-1],
        "a" * 8000,
    ],
)
def test_a_forged_cookie_is_nobody(cookie: str) -> None:
    assert a_visitor().get("/worklist", headers={"cookie": f"{COOKIE}={cookie}"}).status_code == 401


def test_a_session_ends_after_eight_idle_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    client = a_visitor()
    sign_in(client)
    real = sessions.time.time()

    monkeypatch.setattr("time.time", lambda: real + IDLE_SECONDS - 60)
    renewed = client.get("/worklist")
    assert renewed.status_code == 200
    assert "set-cookie" in renewed.headers

    monkeypatch.setattr("time.time", lambda: real + 2 * IDLE_SECONDS - 120)
    assert client.get("/worklist").status_code == 200

    monkeypatch.setattr("time.time", lambda: real + 4 * IDLE_SECONDS)
    assert client.get("/worklist").status_code == 401


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = a_visitor()
    sign_in(client)
    real = sessions.time.time()
    monkeypatch.setattr("time.time", lambda: real + IDLE_SECONDS - 60)

    answer = client.get("/worklist", headers={"hx-request": "true"})

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_another_site_cannot_act_for_somebody_who_is_signed_in() -> None:
    client = a_visitor()
    sign_in(client)
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        for path in ("/worklist", "/sign-in", "/sign-out"):
            answer = client.post(path, data={"task": "review", "ref": NURSE.ref}, headers=headers)
            assert answer.status_code == 403
            assert answer.json()["code"] == "request.other_site"
    assert client.post("/worklist", data={"task": "review"}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a\\b",
        "javascript:alert(1)",
        "/a\r\nset-cookie: b=c",
        "",
        "evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(path: str) -> None:
    assert own_path(path) == "/"
    answer = a_visitor().post("/sign-in", data={"ref": NURSE.ref, "next": path})
    assert answer.headers["location"] == "/"


def test_an_own_path_is_kept() -> None:
    assert own_path("/worklist?team=ward-ZTA") == "/worklist?team=ward-ZTA"
