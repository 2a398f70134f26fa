from collections.abc import Iterator
from uuid import UUID

import pytest
from starlette.types import Message

from services.chassis.metrics import exposition
from tests.support.web import TOKEN, a_visitor, some_app

HTML = {"accept": "text/html,application/xhtml+xml;q=0.9"}
BEARER = {"authorization": f"Bearer {TOKEN}"}


def test_probes_answer_with_reasons() -> None:
    app = some_app()
    client = a_visitor(app)
    assert client.get("/livez").json() == {"status": "ok", "reasons": {}}

    async def away() -> str | None:
        return "away"

    app.state.health.ready_probes["database"] = away
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unwell", "reasons": {"database": "away"}}

    app.state.health.live_probes["consumer"] = lambda: "no progress"
    assert client.get("/livez").status_code == 503


def test_metrics_count_routes_by_template_and_never_by_path() -> None:
    client = a_visitor()
    client.get("/said/9995000105")
    client.get("/no/such/9995000105")
    client.request("BREW\x7f", "/livez")

    told = client.get("/metrics")

    assert told.headers["content-type"].startswith("text/plain")
    assert 'route="/said/{where}"' in told.text
    assert "9995000105" not in exposition().decode()
    assert "BREW" not in told.text


def test_a_correlation_id_is_taken_over_only_when_it_is_a_uuid() -> None:
    client = a_visitor()
    good = "0198c1d2-0000-7000-8000-000000000001"
    assert (
        client.get("/livez", headers={"x-correlation-id": good}).headers["x-correlation-id"] == good
    )

    for bad in ("patient 9995000105", "x" * 10_000, good + '"\tforged', "{" + good + "}", ""):
        given = client.get("/livez", headers={"x-correlation-id": bad}).headers["x-correlation-id"]
        assert given != bad
        assert UUID(given).version == 7


def test_a_header_cannot_be_split() -> None:
    answer = a_visitor().get("/livez", headers={b"x-correlation-id": b"a\r\nset-cookie: b=c"})
    assert "set-cookie" not in answer.headers


def test_every_answer_is_protected() -> None:
    client = a_visitor()
    for path in ("/livez", "/no/such", "/fault", "/sign-in", "/static/baton.css", "/wishes"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "x-correlation-id" in headers


def test_only_static_files_are_kept_by_a_browser() -> None:
    client = a_visitor()
    assert client.get("/livez").headers["cache-control"] == "no-store"
    assert client.get("/sign-in").headers["cache-control"] == "no-store"
    assert "public" in client.get("/static/baton.css").headers["cache-control"]
    vendored = "/static/vendor/htmx-4.0.1/htmx.min.js"
    assert "immutable" in client.get(vendored).headers["cache-control"]


def test_each_answer_has_its_own_nonce_and_its_scripts_carry_it() -> None:
    client = a_visitor()
    first, second = client.get("/sign-in"), client.get("/sign-in")
    policy = first.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert nonce not in second.headers["content-security-policy"]
    assert first.text.count("<script") == first.text.count(f'nonce="{nonce}"') > 0


def test_a_problem_says_why_to_a_program() -> None:
    answer = a_visitor().get("/no/such")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "request.missing"
    assert body["status"] == 404
    assert body["type"] == "urn:baton:problem:request.missing"
    assert body["correlation_id"] == answer.headers["x-correlation-id"]


def test_a_wrong_method_is_405_and_names_the_right_one() -> None:
    answer = a_visitor().put("/livez")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert answer.json()["code"] == "request.method_not_allowed"


def test_a_misfit_is_told_where_and_never_what() -> None:
    wrong = {"number": "Edna Hartley 9995000105"}
    answer = a_visitor().post("/wishes", json=wrong, headers=BEARER)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == ["body", "number"]
    assert "Hartley" not in answer.text
    assert "9995000105" not in answer.text


@pytest.mark.parametrize(
    "body", [b"{", b'{"number": 1', b"\xff\xfe", b'"9995000105"', b"[" * 20_000]
)
def test_broken_json_is_refused_without_being_repeated(body: bytes) -> None:
    headers = BEARER | {"content-type": "application/json"}
    answer = a_visitor().post("/wishes", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert "9995000105" not in answer.text


def test_where_fhir_is_spoken_every_no_is_an_operation_outcome() -> None:
    client = a_visitor()
    refused = client.post("/fhir/$process-message", json={"number": 1}, headers=BEARER)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/fhir+json"
    assert refused.json()["resourceType"] == "OperationOutcome"
    assert refused.json()["issue"][0]["code"] == "business-rule"

    misfit = client.post("/fhir/$process-message", json={"number": "x"}, headers=BEARER).json()
    assert misfit["issue"][0]["expression"] == ["body.number"]

    nobody = client.post("/fhir/$process-message", json={"number": 1})
    assert nobody.status_code == 401
    assert nobody.json()["issue"][0]["code"] == "login"
    assert client.get("/fhir/no/such").json()["issue"][0]["code"] == "not-found"


def test_a_large_body_is_refused() -> None:
    answer = a_visitor().post("/wishes", content=b"x" * 2_000_000, headers=BEARER)
    assert answer.status_code == 413
    assert answer.json()["code"] == "request.too_large"


async def test_a_body_that_says_it_is_large_is_not_read() -> None:
    app, sent = some_app(), []
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/wishes",
        "query_string": b"",
        "headers": [(b"content-length", b"2000000")],
    }

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)

    assert sent[0]["status"] == 413


def test_a_large_body_without_a_length_is_refused_while_it_comes() -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    answer = a_visitor().post(
        "/wishes", content=endless(), headers=BEARER | {"content-type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("length", ["-1", "9" * 500, "1e3", "١٢"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    answer = a_visitor().post("/wishes", headers={"content-length": length.encode()})
    assert answer.status_code in {400, 413}


def test_a_service_may_take_larger_bodies() -> None:
    client = a_visitor(some_app(max_body=3_000_000))
    answer = client.post("/wishes", content=b"x" * 2_000_000, headers=BEARER)
    assert answer.status_code == 422


def test_one_path_may_take_larger_bodies_than_the_others() -> None:
    client = a_visitor(some_app(larger_bodies={"/wishes": 3_000_000}))

    wished = client.post("/wishes", content=b"x" * 2_000_000, headers=BEARER)
    too_much = client.post("/wishes", content=b"x" * 4_000_000, headers=BEARER)
    elsewhere = client.post("/said/more", content=b"x" * 2_000_000, headers=BEARER)

    assert (wished.status_code, too_much.status_code, elsewhere.status_code) == (422, 413, 413)


def test_a_fault_of_ours_is_logged_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    answer = a_visitor().get("/fault")

    assert answer.status_code == 500
    assert answer.json()["code"] == "service.fault"
    logged = "".join(capsys.readouterr())
    assert "ValueError" in logged
    assert "ValueError" not in answer.text
    for private in ("999 500 0105", "edna@example.net"):
        assert private not in logged + answer.text


def test_trouble_that_passes_says_when_to_come_again() -> None:
    answer = a_visitor().get("/away")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


def test_a_missing_template_is_a_fault_and_no_passing_trouble() -> None:
    assert a_visitor().get("/no-template").status_code == 500


@pytest.mark.parametrize(("path", "heading"), [("/no/such", "Page not found"), ("/fault", "Sorry")])
def test_those_who_read_pages_get_a_page(path: str, heading: str) -> None:
    answer = a_visitor().get(path, headers=HTML)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<h1 class="nhsuk-heading-l">{heading}' in answer.text
    assert answer.headers["x-correlation-id"] in answer.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html", ""])
def test_programs_get_problems(accept: str) -> None:
    answer = a_visitor().get("/no/such", headers={"accept": accept})
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_interface_is_described_without_help_from_outside() -> None:
    client = a_visitor()
    page = client.get("/docs")
    assert "http" not in page.text.replace("http-equiv", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert client.get(f"/static/docs/{asset}").status_code == 200
    described = client.get("/openapi.json").json()
    assert "/wishes" in described["paths"]
    assert "4XX" in described["paths"]["/wishes"]["post"]["responses"]
    assert "HTTPValidationError" not in str(described)


@pytest.mark.parametrize(
    "path", ["/static/../web.py", "/static/%2e%2e/web.py", "/static/vendor/..%2f..%2fweb.py"]
)
def test_static_files_stay_in_their_folder(path: str) -> None:
    assert a_visitor().get(path).status_code == 404
