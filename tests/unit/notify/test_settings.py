from datetime import timedelta

import pytest

from services.chassis.settings import SettingsError
from services.notify.domain.alert import Kind
from services.notify.outbound.site_data import (
    read_banned_lists,
    read_demo_people,
    read_policy_file,
    read_reasons,
    read_site,
)
from tests.unit.notify.builders import some_settings

LIVE = {
    "environment": "live",
    "kafka_security": "SSL",
    "site_secret": "s" * 40,
    "session_secret": "t" * 40,
    "smtp_security": "tls",
    "public_url": "https://plan.example.net",
    "quiet_hours": "on",
    "settling_seconds": None,
}


def test_a_live_site_that_keeps_to_the_rules_may_start():
    assert some_settings(**LIVE).live


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"quiet_hours": "off"}, "BATON_QUIET_HOURS"),
        ({"settling_seconds": 0}, "BATON_SETTLING_SECONDS"),
        ({"smtp_security": "opportunistic"}, "BATON_SMTP_SECURITY"),
        ({"public_url": "http://plan.example.net"}, "BATON_PUBLIC_URL"),
    ],
)
def test_a_live_site_may_not_disturb_the_night_nor_speak_in_the_open(changes, variable):
    with pytest.raises(SettingsError, match=variable):
        some_settings(**LIVE | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"mail_from": "baton@example.net\r\nBcc: all@example.net"},
        {"mail_from": "baton"},
        {"public_url": "javascript:alert(1)"},
        {"staff_url": "//example.net"},
        {"smtp_port": 0},
        {"settling_seconds": -1},
        {"smtp_user": "baton"},
        {"delivery": "maybe"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(changes):
    with pytest.raises(SettingsError):
        some_settings(**changes)


def test_addresses_are_kept_without_a_slash_at_their_end():
    assert (
        some_settings(public_url="http://plan.example.net/").public_url == "http://plan.example.net"
    )


def test_every_team_of_the_site_can_be_told_and_rung():
    for team in read_site(live=False, quiet=True).teams.values():
        assert team.email == f"{team.team_id.lower()}@teams.example.net"
        assert team.phone.startswith("01632 960")
        assert team.hours


def test_everybody_of_the_demonstration_belongs_to_a_team_that_exists():
    teams = read_site(live=False, quiet=True).teams

    people = read_demo_people(teams)

    assert {person.team for person in people} == set(teams) - {"practice-Z90003"}  # closed


def test_the_limits_are_those_of_the_file():
    policy = read_policy_file().policy(quiet=True)

    assert policy.quiet is not None
    assert (policy.quiet.begin.hour, policy.quiet.end.hour) == (21, 8)
    assert policy.minimum_age == 16
    assert policy.verified == {"01"}
    assert read_policy_file().policy(quiet=False).quiet is None


def test_how_long_a_patients_message_waits_is_data_which_a_demonstration_may_cut_short():
    asked = read_policy_file().policy(quiet=True)
    cut_short = read_policy_file().policy(quiet=True, settling_seconds=0)

    assert asked.settling == timedelta(seconds=120)
    assert cut_short.settling == timedelta(0)
    assert asked.identity_held == asked.late_news == timedelta(hours=24)
    assert asked.longest_wait > asked.late_news


def test_what_teams_are_told_of_why_names_no_death():
    reasons = read_reasons(read_banned_lists())

    assert "Do not contact the patient" in reasons[Kind.WITHDRAWN]["deceased"]
    for sentences in reasons.values():
        assert "*" in sentences
