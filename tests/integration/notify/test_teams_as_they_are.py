"""A team is told and rung where it is now; what a closed one should learn, somebody else does."""

from datetime import timedelta

from schemas.alert import AlertNotDelivered
from tests.unit.notify.builders import ELM_TREE, PHARMACY, WARD
from tests.unit.notify.facts import (
    described,
    opened,
    team_described,
)


async def test_what_referral_says_of_a_team_counts_before_the_data_file(house):
    await house.hear(team_described(ELM_TREE, name="Elm Tree and Harbour Surgery"))
    await house.hear(described(), opened())
    await house.deliver()

    (mail,) = house.mails_to("new-address@teams.example.net")
    assert "Elm Tree and Harbour Surgery" in mail.body
    assert house.mails_to("practice-z90001@teams.example.net") == []


async def test_an_older_word_on_a_team_changes_nothing(house):
    now = house.now
    await house.hear(team_described(ELM_TREE, described_at=now))
    await house.hear(
        team_described(
            ELM_TREE, name="As it was called before", described_at=now - timedelta(days=1)
        )
    )

    assert await house.database.pool.fetchval("SELECT name FROM teams") == "Elm Tree Surgery"


async def test_what_a_closed_team_should_learn_the_accountable_one_does(house):
    await house.hear(team_described(PHARMACY, active=False))
    await house.hear(opened())
    await house.deliver()

    assert house.mails_to("pharmacy-fzz01@teams.example.net") == []
    assert house.mails_to("new-address@teams.example.net") == []
    teams = [team for audience, team, *_ in await house.alerts() if audience == "team"]
    assert sorted(teams) == sorted([WARD, ELM_TREE]), "the ward hears once"


async def test_an_alert_whose_team_closed_since_becomes_a_persons(house):
    await house.hear(opened())
    await house.hear(team_described(PHARMACY, active=False))
    await house.deliver()

    said = [one for one in await house.said(AlertNotDelivered) if one.team == PHARMACY]
    assert [(one.reason, one.needs_person) for one in said] == [("team-closed", True)]
