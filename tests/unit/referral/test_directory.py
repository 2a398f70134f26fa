"""The directory: who is asked on a day, who follows whom, and who is not asked at all."""

from datetime import date, time

import pytest

from services.referral.domain.calendars import Calendar, Hours
from services.referral.domain.directory import Directory, Team
from services.referral.domain.organisations import Capacity, Organisation, Service
from services.referral.outbound.playbook_files import read_playbook

LAST_OF_SEPTEMBER, FIRST_OF_OCTOBER = date(2026, 9, 30), date(2026, 10, 1)
EVERY_DAY = Calendar("every-day", (Hours(time(8), time(20)),) * 7, open_on_bank_holidays=True)


def a_team(team_id: str, **changes) -> Team:
    given = {
        "id": team_id,
        "name": f"Team {team_id}",
        "organisation": team_id.rsplit("-", 1)[-1],
        "role": team_id.rsplit("-", 1)[0],
        "place": "fellside",
        "calendar": EVERY_DAY,
        "phone": "01632 960000",
        "email": f"{team_id.lower()}@teams.example.net",
    }
    return Team(**given | changes)


def a_directory(*teams: Team, organisations=(), day=date(2026, 11, 24)) -> Directory:
    return Directory.of((*teams, a_team("place-ZPL")), "place-ZPL", organisations, day)


def practices(**of_z3) -> Directory:
    """Z90003 is followed by Z90004, unless it is said otherwise."""
    closed = Organisation(
        **{
            "id": "Z90003",
            "name": "Mill Lane Surgery",
            "valid_until": LAST_OF_SEPTEMBER,
            "successor": "Z90004",
        }
        | of_z3
    )
    return a_directory(
        a_team("gp-practice-Z90003"),
        a_team("gp-practice-Z90004"),
        organisations=(closed, Organisation("Z90004", "Riverside")),
    )


def found(directory: Directory, *asked, on=None) -> str | None:
    team = directory.at_organisation(*asked, on=on)
    return team.id if team else None


def test_a_practice_is_asked_until_its_last_day_and_its_successor_from_the_next():
    directory = practices()

    assert found(directory, "gp-practice", "Z90003", on=LAST_OF_SEPTEMBER) == "gp-practice-Z90003"
    assert found(directory, "gp-practice", "Z90003", on=FIRST_OF_OCTOBER) == "gp-practice-Z90004"
    assert directory.follower_of("gp-practice-Z90003", on=LAST_OF_SEPTEMBER) is None


def test_succession_is_walked_as_a_chain():
    directory = a_directory(
        a_team("gp-practice-A01"),
        a_team("gp-practice-A03"),
        organisations=(
            Organisation("A01", "First", valid_until=LAST_OF_SEPTEMBER, successor="A02"),
            Organisation("A02", "Second", valid_until=LAST_OF_SEPTEMBER, successor="A03"),
            Organisation("A03", "Third"),
        ),
    )

    assert found(directory, "gp-practice", "A01") == "gp-practice-A03"
    assert found(directory, "gp-practice", "A02") == "gp-practice-A03"
    follower = directory.follower_of("gp-practice-A01")
    assert follower is not None
    assert follower.id == "gp-practice-A03"


def test_a_circle_of_successors_leads_to_nobody():
    directory = a_directory(
        a_team("gp-practice-A01"),
        organisations=(
            Organisation("A01", "First", valid_until=LAST_OF_SEPTEMBER, successor="A02"),
            Organisation("A02", "Second", valid_until=LAST_OF_SEPTEMBER, successor="A01"),
        ),
    )

    assert found(directory, "gp-practice", "A01") is None
    assert directory.follower_of("gp-practice-A01") is None


def test_a_closed_practice_without_a_successor_is_not_asked_and_keeps_its_name():
    directory = practices(successor=None)

    assert found(directory, "gp-practice", "Z90003") is None
    assert not directory.is_open("gp-practice-Z90003")
    assert directory.name_of("gp-practice-Z90003") == "Team gp-practice-Z90003"


def test_a_team_may_be_followed_by_another_one_of_its_own_organisation():
    directory = a_directory(
        a_team("north-ZTC", role="community", valid_until=LAST_OF_SEPTEMBER, successor="south-ZTC"),
        a_team("south-ZTC", role="neighbourhood"),
    )

    assert found(directory, "community", "ZTC") == "south-ZTC"
    at_place = directory.at_place("community", "fellside")
    assert at_place is not None
    assert at_place.id == "south-ZTC"


def test_a_team_is_not_asked_before_its_first_day():
    directory = a_directory(a_team("ward-ZTA", valid_from=FIRST_OF_OCTOBER))

    assert found(directory, "ward", "ZTA", on=LAST_OF_SEPTEMBER) is None
    assert found(directory, "ward", "ZTA", on=FIRST_OF_OCTOBER) == "ward-ZTA"


def test_the_directory_follows_the_day_and_the_newest_edition_for_whoever_holds_it():
    directory = practices()
    teams = directory.teams

    directory.stand_on(LAST_OF_SEPTEMBER)
    before = found(directory, "gp-practice", "Z90003")
    directory.stand_on(FIRST_OF_OCTOBER)
    after = found(directory, "gp-practice", "Z90003")
    directory.take(a_directory(a_team("gp-practice-Z90009")).edition)

    assert (before, after) == ("gp-practice-Z90003", "gp-practice-Z90004")
    assert found(directory, "gp-practice", "Z90009") == "gp-practice-Z90009"
    assert "gp-practice-Z90003" in teams
    assert "gp-practice-Z90009" in teams


@pytest.mark.parametrize(
    ("trust", "says"),
    [
        ({}, "has not been vetted"),
        ({"vetted_until": date(2027, 1, 1)}, "no agreement to share data"),
        ({"vetted_until": date(2026, 1, 1), "data_shared_until": date(2027, 1, 1)}, "run out"),
    ],
)
def test_a_voluntary_organisation_is_asked_only_with_vetting_and_an_agreement(trust, says):
    directory = a_directory(
        a_team("advice-ZVO"),
        organisations=(Organisation("ZVO", "Fellside Advice", "voluntary", **trust),),
    )

    assert directory.at_place("advice", "fellside") is None
    assert says in " ".join(directory.suits(directory.teams["advice-ZVO"]))


def test_a_voluntary_organisation_with_both_is_asked():
    until = date(2027, 1, 1)
    directory = a_directory(
        a_team("advice-ZVO"),
        organisations=(
            Organisation("ZVO", "Advice", "voluntary", vetted_until=until, data_shared_until=until),
        ),
    )

    assert directory.suits(directory.teams["advice-ZVO"]) == ()
    assert directory.at_place("advice", "fellside") is not None
    assert directory.at_place("advice", "fellside", on=date(2027, 1, 2)) is None


CHILDREN = Service("children", "Children's medicine", frozenset({"420"}), age_to=17)
FEET = Service("feet", "Foot and ankle", frozenset({"653", "110"}), places=frozenset({"northgate"}))


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        ({}, ()),
        ({"age": 17, "specialty": "420", "place": "fellside"}, ()),
        ({"age": 18}, ("Children's medicine takes people up to 17 years",)),
        ({"specialty": "653"}, ("Children's medicine does not cover specialty 653",)),
        ({"place": "northgate"}, ("Children's medicine does not cover that area",)),
        ({"on": date(2026, 1, 1)}, ("Team children-ZTA is closed",)),
    ],
)
def test_a_service_says_whom_it_is_not_for(asked, reasons):
    team = a_team("children-ZTA", services=(CHILDREN,), valid_from=date(2026, 9, 1))
    directory = a_directory(team)

    assert directory.suits(team, **asked) == reasons


def test_of_several_services_one_that_suits_is_enough():
    team = a_team("clinic-ZTA", services=(CHILDREN, FEET))
    directory = a_directory(team)

    assert directory.suits(team, age=45, specialty="653", place="northgate") == ()
    assert directory.suits(team, age=45, specialty="653", place="fellside") == (
        "Foot and ankle does not cover that area",
    )


@pytest.mark.parametrize(
    ("capacity", "says"),
    [
        (Capacity("full"), "takes nobody new"),
        (Capacity("closed", date(2026, 12, 31)), "is closed to referrals until 31.12.2026"),
        (Capacity("closed", date(2026, 1, 1)), ""),
        (Capacity("limited"), ""),
    ],
)
def test_a_team_that_is_full_is_not_the_one_to_ask_for_as_long_as_it_says(capacity, says):
    team = a_team("clinic-ZTA")
    directory = a_directory(team)
    directory.take(directory.edition.with_capacities({team.id: capacity}))

    assert says in " ".join(directory.suits(team))
    assert bool(directory.suits(team)) == bool(says)


def test_the_directory_of_the_site_follows_the_closed_practice_of_its_file():
    directory = read_playbook(live=False).directory

    assert found(directory, "gp-practice", "Z90003") == "practice-Z90004"
    assert found(directory, "gp-practice", "Z90003", on=date(2026, 9, 28)) == "practice-Z90003"
    for code in ("V81997", "V81998", "V81999"):
        assert directory.at_organisation("gp-practice", code) is None
