"""The data files of a site: limits, teams, words. Read and checked once, when the service starts."""

from collections.abc import Mapping
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.sessions import DemoPerson
from services.notify.domain.alert import Audience, Channel, Kind
from services.notify.domain.budget import NEVER_LATER, Budget, Way
from services.notify.domain.lint import BannedWords
from services.notify.domain.site import Need, Policy, QuietRules, Site, Team
from services.notify.domain.wording import TaskWords
from services.notify.outbound.messages import BannedLists, UnfitTemplateError

DATA = Path(__file__).parents[1] / "data"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Team(_File):
    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    email: str
    phone: str
    hours: str

    @property
    def team(self) -> Team:
        return Team(self.id, self.name, self.email, self.phone, self.hours)


class _Teams(_File):
    version: int
    teams: tuple[_Team, ...]


class _Need(_File):
    channels: frozenset[Channel] | None = None
    points: int = 0


class _Quiet(_File):
    begin: time
    end: time
    most_per_day: int = Field(ge=1)


class HoldingFile(_File):
    """`holding.yaml`."""

    version: int
    source: str
    settling_seconds: int = Field(ge=0)
    identity_held_hours: int = Field(ge=0)
    late_news_hours: int = Field(ge=1)
    longest_wait_hours: int = Field(ge=1)


class _Reasons(_File):
    version: int
    owner: str = Field(min_length=1)
    withdrawn: Mapping[str, str]
    changed: Mapping[str, str]
    opened: Mapping[str, str]
    offered: Mapping[str, str]
    reopened: Mapping[str, str]
    referral: Mapping[str, str]


class _Budget(_File):
    confidence: str
    digest_at: time
    at_once: frozenset[str]
    ways: Mapping[Kind, Way]
    teams: Mapping[str, Mapping[Kind, Way]]

    @model_validator(mode="after")
    def _safety_never_waits(self) -> Self:
        for ways in (self.ways, *self.teams.values()):
            late = {kind for kind, way in ways.items() if way is Way.DIGEST} & NEVER_LATER
            if late:
                raise ValueError(f"may not wait for a digest: {', '.join(sorted(late))}")
        return self


class _Help(_File):
    name: str
    phone: str
    hours: str


class PolicyFile(_File):
    """`policy.yaml`."""

    version: int
    source: str
    zone: str
    quiet_hours: _Quiet
    minimum_age: int = Field(ge=0)
    verified: frozenset[str]
    languages: frozenset[str]
    channels: tuple[Channel, ...]
    usual_points: int = Field(ge=12)
    wait_for_description_minutes: int = Field(ge=0)
    back_off_seconds: tuple[float, ...]
    link_life_days: int = Field(ge=1)
    usual_hours: str = Field(min_length=1)
    same_reply_within_minutes: int = Field(ge=0)
    budget: _Budget
    help: _Help
    needs: Mapping[str, _Need]

    @property
    def help_line(self) -> Team:
        """Whom to ring where no team may be named."""
        return Team("", self.help.name, "", self.help.phone, self.help.hours)

    @property
    def budgeted(self) -> Budget:
        """How often teams may be disturbed."""
        asked = self.budget
        return Budget(asked.digest_at, ZoneInfo(self.zone), asked.at_once, asked.ways, asked.teams)

    def policy(self, *, quiet: bool, settling_seconds: int | None = None) -> Policy:
        """The limits; without quiet hours and the daily limit when `quiet` is false."""
        zone = ZoneInfo(self.zone)
        rules = self.quiet_hours
        holding = read_holding_file()
        settling = holding.settling_seconds if settling_seconds is None else settling_seconds
        return Policy(
            quiet=QuietRules(rules.begin, rules.end, zone, rules.most_per_day) if quiet else None,
            zone=zone,
            minimum_age=self.minimum_age,
            verified=self.verified,
            languages=self.languages,
            needs={code: Need(need.channels, need.points) for code, need in self.needs.items()},
            channels=self.channels,
            usual_points=self.usual_points,
            described_within=timedelta(minutes=self.wait_for_description_minutes),
            settling=timedelta(seconds=settling),
            identity_held=timedelta(hours=holding.identity_held_hours),
            late_news=timedelta(hours=holding.late_news_hours),
            longest_wait=timedelta(hours=holding.longest_wait_hours),
            back_off=tuple(timedelta(seconds=wait) for wait in self.back_off_seconds),
            link_life=timedelta(days=self.link_life_days),
            usual_hours=self.usual_hours,
            same_reply_within=timedelta(minutes=self.same_reply_within_minutes),
            budget=self.budgeted,
        )


@cache
def read_policy_file() -> PolicyFile:
    """The limits as they stand in the file."""
    return PolicyFile.model_validate(_load("policy.yaml"))


@cache
def read_holding_file() -> HoldingFile:
    """How long patients' messages wait, as it stands in the file."""
    return HoldingFile.model_validate(_load("holding.yaml"))


def read_site(*, live: bool, quiet: bool, settling_seconds: int | None = None) -> Site:
    """The site that the resolver decides for."""
    listed = _Teams.model_validate(_load("teams.yaml")).teams
    teams = {entry.id: entry.team for entry in listed}
    policy = read_policy_file().policy(quiet=quiet, settling_seconds=settling_seconds)
    return Site(live, policy, teams)


def read_task_words() -> dict[str, TaskWords]:
    """How tasks are said to patients, by code; `*` for all others."""
    return {code: TaskWords(**words) for code, words in _load("tasks.yaml")["tasks"].items()}


def read_states() -> dict[str, Mapping[str, str]]:
    """How a patient reads how far a referral is and how an appointment stands, by state."""
    file = _load("states.yaml")
    return {"referral": file["referral"], "appointment": file["appointment"]}


def read_banned_lists() -> BannedLists:
    """Words that may not stand in messages."""
    lists = _load("banned_words.yaml")
    return BannedLists(BannedWords(lists["every_message"]), BannedWords(lists["patient_email"]))


def read_reasons(banned: BannedLists) -> dict[Kind, Mapping[str, str]]:
    """What teams are told of why, by kind of alert and code. Raises `UnfitTemplateError` at a banned word."""
    file = _Reasons.model_validate(_load("reasons.yaml"))
    reasons = {
        Kind.WITHDRAWN: file.withdrawn,
        Kind.CHANGED: file.changed,
        Kind.OPENED: file.opened,
        Kind.DUTY: file.opened,
        Kind.OFFERED: file.offered,
        Kind.HANDED_ON: file.offered,
        Kind.REDIRECTED: file.offered,
        Kind.REOPENED: file.reopened,
        Kind.REFERRAL: file.referral,
    }
    for sentences in reasons.values():
        for sentence in sentences.values():
            if said := banned.found_in(sentence, Audience.TEAM, Channel.EMAIL):
                raise UnfitTemplateError(f"reasons.yaml says what it may not: {', '.join(said)}")
    return reasons


def read_demo_people(teams: Mapping[str, Team]) -> list[DemoPerson]:
    """Made-up people for the sign-in of a demonstration."""
    return [
        DemoPerson(
            person["ref"], person["name"], person["team"], team_name=teams[person["team"]].name
        )
        for person in _load("demo_people.yaml")["people"]
    ]


def _load(name: str) -> Any:
    return yaml.load((DATA / name).read_text(encoding="utf-8"), yaml.CSafeLoader)
