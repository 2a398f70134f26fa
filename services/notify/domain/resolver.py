"""The one place that decides who may be told now, how, or why not (the order of checks is domain page D3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.notify.domain.alert import Alert, Audience, Channel, Kind
from services.notify.domain.needs import read_needs
from services.notify.domain.person import Person
from services.notify.domain.plan import Standing
from services.notify.domain.quiet_hours import quiet_until
from services.notify.domain.site import Site

A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PlanState:
    """What the decision needs to know of the handover."""

    standing: Standing
    test_patient: bool
    told_today: int = 0
    """Messages that went to this patient in the last 24 hours."""


@dataclass(frozen=True, slots=True)
class Send:
    """Tell them, this way."""

    channel: Channel
    address: str = field(repr=False)
    """An e-mail address, or the lines of an envelope."""
    points: int
    """Print size."""


@dataclass(frozen=True, slots=True)
class Withhold:
    """Do not tell them, ever; `needs_person` says that somebody must take over."""

    reason: str
    needs_person: bool


@dataclass(frozen=True, slots=True)
class Postpone:
    """Not now: ask again at `until`, when everything may have changed."""

    until: datetime
    reason: str


Decision = Send | Withhold | Postpone


@dataclass(frozen=True, slots=True)
class _Case:
    person: Person
    alert: Alert
    plan: PlanState
    now: datetime
    site: Site


_Check = Callable[[_Case], Withhold | Postpone | None]


def resolve(
    person: Person | None, alert: Alert, plan_state: PlanState, now: datetime, site: Site
) -> Decision:
    """Decide on one alert with what is known at `now`, the moment of sending."""
    if alert.telling.audience is Audience.TEAM:
        return _resolve_team(alert, plan_state, site)
    if person is None:
        return _await_description(alert, now, site)
    case = _Case(person, alert, plan_state, now, site)
    for check in _PATIENT_CHECKS:
        if no := check(case):
            return no
    return _choose_channel(case)


def _resolve_team(alert: Alert, plan: PlanState, site: Site) -> Decision:
    if site.live and plan.test_patient:
        return Withhold("test-patient", needs_person=False)
    if alert.telling.kind is not Kind.WITHDRAWN and plan.standing is not Standing.OPEN:
        return Withhold(f"handover-{plan.standing}", needs_person=False)
    team = site.teams.get(alert.telling.team)
    if team is None:
        return Withhold("unknown-team", needs_person=not alert.telling.last_resort)
    return Send(Channel.EMAIL, team.email, site.policy.usual_points)


def _await_description(alert: Alert, now: datetime, site: Site) -> Decision:
    until = alert.made_at + site.policy.described_within
    if now < until:
        return Postpone(until, "patient-not-described")
    return Withhold("patient-not-described", needs_person=True)


def _environment(case: _Case) -> Withhold | None:
    """Test patients are told in tests only, and real ones only by a live site (hazard H17)."""
    test_patient = case.person.test_patient or case.plan.test_patient
    if case.site.live and test_patient:
        return Withhold("test-patient", needs_person=False)
    if not case.site.live and not test_patient:
        return Withhold("not-a-test-patient", needs_person=False)
    return None


def _alive(case: _Case) -> Withhold | None:
    """Never write to the dead (rule P10). Silence is right: nobody takes over."""
    return Withhold("deceased", needs_person=False) if case.person.deceased else None


def _identity(case: _Case) -> Withhold | None:
    if case.person.verification in case.site.policy.verified:
        return None
    return Withhold("identity-not-verified", needs_person=True)


def _restriction(case: _Case) -> Withhold | None:
    """No automatic contact where location is protected (rule P07)."""
    return Withhold("restricted", needs_person=True) if case.person.restricted else None


def _handover(case: _Case) -> Withhold | None:
    if case.plan.standing is Standing.OPEN:
        return None
    return Withhold(f"handover-{case.plan.standing}", needs_person=False)


def _age(case: _Case) -> Withhold | None:
    """Under 16 a person decides who is told (rules P06, P11)."""
    policy = case.site.policy
    age = case.person.age_on(case.now.astimezone(policy.zone).date())
    if age is None:
        return Withhold("age-unknown", needs_person=True)
    return Withhold("under-age", needs_person=True) if age < policy.minimum_age else None


def _freshness(case: _Case) -> Withhold | None:
    """Old news may be a replay: a person looks before a patient is told (hazard H16)."""
    if case.now - case.alert.happened_at <= case.site.policy.stale_after:
        return None
    return Withhold("too-old", needs_person=True)


def _need(case: _Case) -> Withhold | None:
    """No message in a form that the person cannot use (rule P21)."""
    if case.person.language.strip().lower() not in case.site.policy.languages:
        return Withhold("language-not-offered", needs_person=True)
    wanted = read_needs(case.person.needs, case.site.policy)
    if wanted.unknown:
        return Withhold("need-not-understood", needs_person=True)
    if not wanted.channels:
        return Withhold("need-not-met-by-any-channel", needs_person=True)
    return None


def _calm(case: _Case) -> Postpone | None:
    """Quiet hours and the daily limit put off what is not urgent (rule P22)."""
    rules = case.site.policy.quiet
    if rules is None:
        return None
    if until := quiet_until(case.now, rules):
        return Postpone(until, "quiet-hours")
    if case.plan.told_today >= rules.most_per_day:
        return Postpone(case.now + A_DAY, "told-enough-today")
    return None


_PATIENT_CHECKS: tuple[_Check, ...] = (
    _environment,
    _alive,
    _identity,
    _restriction,
    _handover,
    _age,
    _freshness,
    _need,
    _calm,
)


def _choose_channel(case: _Case) -> Decision:
    wanted = read_needs(case.person.needs, case.site.policy)
    for channel in wanted.channels:
        if address := _address(case.person, channel):
            return Send(channel, address, wanted.points)
    return Withhold("no-usable-channel", needs_person=True)


def _address(person: Person, channel: Channel) -> str:
    if channel is Channel.EMAIL:
        return person.email.strip()
    envelope = person.postal_address
    return "\n".join((person.full_name, *envelope)) if envelope and person.full_name else ""
