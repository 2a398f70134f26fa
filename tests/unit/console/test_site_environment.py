"""What each process of a site is told."""

import json
from pathlib import Path

import pytest

from services.console.site.environment import Environment
from services.console.site.keys import SERVICES, SiteKeys
from services.console.site.plan import USUAL, Plan


def environment() -> Environment:
    plan = Plan(ports=dict(USUAL), data=Path("/data"), logs=Path("/logs"), deadline_divisor=60)
    return Environment(
        plan, kafka="h:1", paced=True, dsn=lambda db, role, word: f"{role}:{word}@{db}"
    )


def baton(variables: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith("BATON_")}


def test_nobody_is_told_what_another_one_needs() -> None:
    told = {service: baton(environment().of(service)) for service in SERVICES}

    assert [name for name in SERVICES if "BATON_SMTP_HOST" in told[name]] == ["notify"]
    assert [name for name in SERVICES if "BATON_MLLP_PORT" in told[name]] == ["discharge"]
    assert [name for name in SERVICES if "BATON_DEMO_DEADLINE_DIVISOR" in told[name]] == [
        "referral"
    ]


def test_no_service_holds_the_key_of_its_schemas_owner() -> None:
    for service in SERVICES:
        told = baton(environment().of(service))
        assert told["BATON_DATABASE_URL"].startswith(f"baton_{service}:")
        assert "owner" not in json.dumps(told)
        assert "BATON_MIGRATION_DATABASE_URL" not in told


def test_the_operator_page_has_neither_database_nor_broker() -> None:
    told = environment().of_console()

    assert json.loads(told["BATON_SERVICES"])["notify"] == "http://127.0.0.1:8003"
    assert not {"BATON_DATABASE_URL", "BATON_KAFKA_BOOTSTRAP", "BATON_SITE_SECRET"} & told.keys()


def test_what_somebody_set_for_themselves_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_HOME", "/elsewhere")
    monkeypatch.setenv("PATH", "/bin")

    told = environment().of("discharge")

    assert "BATON_HOME" not in told
    assert told["PATH"] == "/bin"


def test_every_site_has_secrets_of_its_own_and_tokens_travel_as_hashes() -> None:
    first, second = SiteKeys(), SiteKeys()

    assert first.token not in first.api_tokens
    assert (
        len({first.site, second.site, first.session, first.token, *first.passwords.values()}) == 10
    )
