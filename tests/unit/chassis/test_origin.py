import pytest
from starlette.requests import Request

from services.chassis.origin import comes_from_another_site


def a_request(method: str = "POST", scheme: str = "https", **headers: str) -> Request:
    sent = {"host": "baton.example"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    return Request(
        {"type": "http", "method": method, "scheme": scheme, "path": "/", "headers": raw}
    )


@pytest.mark.parametrize(
    "request_",
    [
        a_request("GET", sec_fetch_site="cross-site"),
        a_request(sec_fetch_site="same-origin"),
        a_request(sec_fetch_site="none"),
        a_request(origin="https://baton.example"),
        a_request(authorization="Bearer x", sec_fetch_site="cross-site"),
        a_request(),
        a_request(scheme="http", origin="null"),
    ],
)
def test_our_own_pages_programs_and_reads_pass(request_: Request) -> None:
    assert not comes_from_another_site(request_)


@pytest.mark.parametrize(
    "request_",
    [
        a_request(sec_fetch_site="cross-site"),
        a_request(sec_fetch_site="same-site"),
        a_request(sec_fetch_site="cross-site", origin="https://baton.example"),
        a_request(origin="https://evil.example"),
        a_request(origin="https://baton.example.evil.example"),
        a_request(origin="https://baton.example:8443"),
        a_request(origin="null"),
        a_request("DELETE", origin="https://evil.example"),
        a_request(scheme="http", origin="null", sec_fetch_site="cross-site"),
    ],
)
def test_what_another_site_sends_is_noticed(request_: Request) -> None:
    assert comes_from_another_site(request_)
