import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis.settings import (
    MASK,
    ServiceSettings,
    SettingsError,
    demo_only,
    describe,
)

GIVEN = {
    "BATON_ENVIRONMENT": "demo",
    "BATON_DATABASE_URL": "postgresql://baton:hunter2@db/baton",
    "BATON_KAFKA_BOOTSTRAP": "kafka:9092",
    "BATON_HTTP_PORT": "8002",
    "BATON_SITE_SECRET": "demo site secret",
    "BATON_SESSION_SECRET": "demo session secret",
}
LIVE = GIVEN | {
    "BATON_ENVIRONMENT": "live",
    "BATON_KAFKA_SECURITY": "SSL",
    "BATON_SITE_SECRET": "s" * 40,
    "BATON_SESSION_SECRET": "t" * 40,
}

SetEnvironment = Callable[[dict[str, str]], None]


class Divided(ServiceSettings):
    demo_deadline_divisor: int = demo_only(1, ge=1)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> SetEnvironment:
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)

    def put(variables: dict[str, str]) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


def test_every_setting_comes_from_the_environment(environment: SetEnvironment) -> None:
    environment(GIVEN)

    settings = ServiceSettings()

    assert settings.environment == "demo"
    assert settings.http_port == 8002
    assert settings.database_url.get_secret_value() == GIVEN["BATON_DATABASE_URL"]


def test_an_unknown_setting_is_refused_by_name_without_its_value(
    environment: SetEnvironment,
) -> None:
    environment(GIVEN | {"BATON_DATABSE_URL": "hunter2"})

    with pytest.raises(SettingsError) as refused:
        ServiceSettings()

    assert "BATON_DATABSE_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_wrong_or_missing_setting_is_named_without_its_value(environment: SetEnvironment) -> None:
    environment(GIVEN | {"BATON_HTTP_PORT": "hunter2"})
    with pytest.raises(SettingsError) as refused:
        ServiceSettings()
    assert "BATON_HTTP_PORT" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_secret_may_come_from_a_file(
    environment: SetEnvironment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    environment(GIVEN | {"BATON_SITE_SECRET_FILE": str(tmp_path / "secret")})
    monkeypatch.delenv("BATON_SITE_SECRET")

    assert ServiceSettings().site_secret.get_secret_value() == "from a file"


def test_a_secret_given_twice_is_refused(environment: SetEnvironment, tmp_path: Path) -> None:
    environment(GIVEN | {"BATON_SITE_SECRET_FILE": str(tmp_path / "secret")})
    with pytest.raises(SettingsError, match="both set"):
        ServiceSettings()


def test_a_secret_file_that_is_not_there_is_named(
    environment: SetEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(GIVEN | {"BATON_SITE_SECRET_FILE": "/nowhere"})
    monkeypatch.delenv("BATON_SITE_SECRET")
    with pytest.raises(SettingsError, match="BATON_SITE_SECRET_FILE"):
        ServiceSettings()


def test_only_secrets_have_a_file_twin(environment: SetEnvironment) -> None:
    environment(GIVEN | {"BATON_KAFKA_BOOTSTRAP_FILE": "/etc/passwd"})
    with pytest.raises(SettingsError, match="unknown settings: BATON_KAFKA_BOOTSTRAP_FILE"):
        ServiceSettings()


def test_no_secret_is_shown(environment: SetEnvironment) -> None:
    environment(GIVEN | {"BATON_KAFKA_PASSWORD": "hunter2"})
    settings = ServiceSettings()

    shown = describe(settings)

    assert shown["BATON_DATABASE_URL"] == MASK
    assert shown["BATON_KAFKA_BOOTSTRAP"] == "kafka:9092"
    everything = f"{settings!r} {settings} {shown}"
    for name in ("DATABASE_URL", "SITE_SECRET", "SESSION_SECRET"):
        assert GIVEN[f"BATON_{name}"] not in everything
    assert "hunter2" not in everything


NOTIFY = {
    "BATON_SMTP_HOST": "mail",
    "BATON_MAIL_FROM": "baton@example.org",
    "BATON_LETTER_FOLDER": "/letters",
    "BATON_PUBLIC_URL": "https://plans.example.org",
    "BATON_STAFF_URL": "https://baton.example.org",
}


@pytest.mark.parametrize(
    ("service", "more"), [("discharge", {}), ("referral", {}), ("notify", NOTIFY)]
)
def test_a_service_shows_what_it_would_run_with(service: str, more: dict[str, str]) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "--print-config"],
        env={"PATH": os.environ["PATH"], **GIVEN, **more},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    lines = shown.stdout.splitlines()
    assert "BATON_KAFKA_BOOTSTRAP=kafka:9092" in lines
    assert f"BATON_SITE_SECRET={MASK}" in lines
    assert "hunter2" not in shown.stdout


def test_a_slip_of_the_pen_starts_no_service() -> None:
    slip = [sys.executable, "-m", "services.referral", "migrat"]
    asked = subprocess.run(
        slip,
        check=False,
        env={"PATH": os.environ["PATH"], **GIVEN},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert asked.returncode == 2
    assert "choose from 'migrate'" in asked.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"BATON_KAFKA_SECURITY": "PLAINTEXT"}, "BATON_KAFKA_SECURITY"),
        ({"BATON_KAFKA_PACED": "true"}, "BATON_KAFKA_PACED"),
        ({"BATON_DEMO_DEADLINE_DIVISOR": "60"}, "BATON_DEMO_DEADLINE_DIVISOR"),
        ({"BATON_SITE_SECRET": "short"}, "BATON_SITE_SECRET"),
        ({"BATON_SESSION_SECRET": "demo-" + "x" * 40}, "BATON_SESSION_SECRET"),
    ],
)
def test_live_refuses_what_is_for_a_demonstration(
    environment: SetEnvironment, change: dict[str, str], named: str
) -> None:
    environment(LIVE)
    assert Divided().live

    environment(change)
    with pytest.raises(SettingsError, match=named):
        Divided()


def test_what_is_said_is_not_kept_shorter_than_its_topic_keeps_it(
    environment: SetEnvironment,
) -> None:
    environment(GIVEN | {"BATON_KEEP_OUTBOX_DAYS": "30", "BATON_KAFKA_RETENTION_DAYS": "31"})
    with pytest.raises(SettingsError, match="shorter than BATON_KAFKA_RETENTION_DAYS"):
        ServiceSettings()

    environment(GIVEN | {"BATON_KEEP_OUTBOX_DAYS": "45", "BATON_KAFKA_RETENTION_DAYS": "45"})
    assert ServiceSettings().keep_outbox_days == 45


def test_sasl_needs_a_user_and_a_password(environment: SetEnvironment) -> None:
    environment(GIVEN | {"BATON_KAFKA_SECURITY": "SASL_SSL", "BATON_KAFKA_USER": "referral"})
    with pytest.raises(SettingsError, match="BATON_KAFKA_PASSWORD"):
        ServiceSettings()


def test_a_certificate_needs_its_key(environment: SetEnvironment) -> None:
    environment(GIVEN | {"BATON_KAFKA_CERT_PATH": "/etc/cert.pem"})
    with pytest.raises(SettingsError, match="BATON_KAFKA_KEY_PATH"):
        ServiceSettings()


def test_with_arguments_the_environment_is_not_asked(environment: SetEnvironment) -> None:
    environment(GIVEN | {"BATON_SOMETHING": "else"})
    given = {name.removeprefix("BATON_").lower(): value for name, value in GIVEN.items()}

    assert ServiceSettings(**given | {"http_port": 1}).http_port == 1
    with pytest.raises(SettingsError, match="BATON_KAFKA_BOOTSTRAP"):
        ServiceSettings(environment="demo")
