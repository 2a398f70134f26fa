"""The one place that decides who may be told now, how, or why not (the order of checks is domain page D3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notify.domain.alert import OF_TASKS, Alert, Audience, Channel, Kind
from services.notify.domain.decision import Decision, PlanState, Postpone, Send, Withhold
from services.notify.domain.needs import read_needs
from services.notify.domain.person import Person
from services.notify.domain.plan import Standing
from services.notify.domain.quiet_hours import quiet_until
from services.notify.domain.site import Site

A_DAY = timedelta(hours=24)
UNDESCRIBED = "patient-not-described"
IDENTITY_HELD = "identity-held"
READMITTED = "readmitted"
_AHEAD = frozenset({Kind.BOOKED, Kind.APPOINTMENT_MOVED, Kind.CANCELLED})


@dataclass(frozen=True, slots=True)
class _Case:
    person: Person
    alert: Alert
    plan: PlanState
    now: datetime
    site: Site


_OF_ANY_STANDING = OF_TASKS | {Kind.WITHDRAWN, Kind.ADDED}
_Check = Callable[[_Case], Withhold | Postpone | None]


def resolve(
    person: Person | None, alert: Alert, plan_state: PlanState, now: datetime, site: Site
) -> Decision:
    """Decide on one alert with what is known at `now`, the moment of sending."""
    if alert.telling.audience is Audience.TEAM:
        return _resolve_team(alert, plan_state, site)
    if person is None:
        return _pointless(plan_state) or _await_description(alert, now, site)
    case = _Case(person, alert, plan_state, now, site)
    for check in _PATIENT_CHECKS:
        if no := check(case):
            return no
    return _choose_channel(case)


def _resolve_team(alert: Alert, plan: PlanState, site: Site) -> Decision:
    if site.live and plan.test_patient:
        return Withhold("test-patient", needs_person=False)
    if not _is_for(alert.telling.kind, plan.standing):
        return Withhold(f"handover-{plan.standing}", needs_person=False)
    if plan.overtaken:
        return Withhold(plan.overtaken, needs_person=False)
    team = site.teams.get(alert.telling.team)
    if team is None:
        return Withhold("unknown-team", needs_person=not alert.telling.last_resort)
    if not team.active:
        return Withhold("team-closed", needs_person=not alert.telling.last_resort)
    return Send(Channel.EMAIL, team.email, site.policy.usual_points)


def _is_for(kind: Kind, standing: Standing) -> bool:
    """Whether news of this kind is told of a handover that stands so.

    How a referral ended is told after its end too. So is what is still to be done after a withdrawal or a completion,
    for example to tell a team that has not said that it stops.
    """
    if kind in _OF_ANY_STANDING or standing is Standing.OPEN:
        return True
    return kind is Kind.REFERRAL and standing is Standing.COMPLETED


def _await_description(alert: Alert, now: datetime, site: Site) -> Decision:
    until = alert.made_at + site.policy.described_within
    if now < until:
        return Postpone(until, UNDESCRIBED)
    return Withhold(UNDESCRIBED, needs_person=True)


def _environment(case: _Case) -> Withhold | None:
    """Test patients are told in tests only, and real ones only by a live site (hazard H17)."""
    test_patient = case.person.test_patient or case.plan.test_patient
    if case.site.live and test_patient:
        return Withhold("test-patient", needs_person=False)
    if not case.site.live and not test_patient:
        return Withhold("not-a-test-patient", needs_person=False)
    return None


def _alive(case: _Case) -> Withhold | None:
    """Never write to the dead (rule P10). Silence is right, unless the death was taken back: then a person looks."""
    if not case.person.deceased:
        return None
    if case.person.death_status == "removed":
        return Withhold("death-taken-back", needs_person=True)
    return Withhold("deceased", needs_person=False)


def _handover(case: _Case) -> Withhold | None:
    return _pointless(case.plan)


def _pointless(plan: PlanState) -> Withhold | None:
    """The handover asks nothing of anybody, or nothing that a patient could see."""
    if plan.standing is not Standing.OPEN:
        return Withhold(f"handover-{plan.standing}", needs_person=False)
    if plan.overtaken:
        return Withhold(plan.overtaken, needs_person=False)
    return Withhold("nothing-to-tell", needs_person=False) if plan.shows_nothing else None


def _settled(case: _Case) -> Postpone | None:
    """Give the hospital a moment to correct or cancel a discharge before its patient hears of it (scenario S02)."""
    until = case.alert.made_at + case.site.policy.settling
    return Postpone(until, "settling") if case.now < until else None


def _identity(case: _Case) -> Withhold | Postpone | None:
    """Wait while nobody can be sure who this is, but not for ever (rule P14)."""
    if case.person.identity_held:
        until = case.alert.made_at + case.site.policy.identity_held
        if case.now < until:
            return Postpone(until, IDENTITY_HELD)
        return Withhold(IDENTITY_HELD, needs_person=True)
    if case.person.verification in case.site.policy.verified:
        return None
    return Withhold("identity-not-verified", needs_person=True)


def _restriction(case: _Case) -> Withhold | None:
    """No automatic contact where location is protected (rule P07)."""
    return Withhold("restricted", needs_person=True) if case.person.restricted else None


def _home(case: _Case) -> Postpone | None:
    """Who is back in hospital is not written to at home; in the end the message is too late to send."""
    if case.plan.back_in_hospital and not _too_late(case):
        return Postpone(case.now + A_DAY, READMITTED)
    return None


def _age(case: _Case) -> Withhold | None:
    """Under 16 a person decides who is told (rules P06, P11)."""
    policy = case.site.policy
    age = case.person.age_on(case.now.astimezone(policy.zone).date())
    if age is None:
        return Withhold("age-unknown", needs_person=True)
    return Withhold("under-age", needs_person=True) if age < policy.minimum_age else None


def _freshness(case: _Case) -> Withhold | None:
    """Old news, from a feed that was down or a replay, is told by a person if at all (hazard H16)."""
    return Withhold("too-late-to-send", needs_person=True) if _too_late(case) else None


def _over(case: _Case) -> Withhold | None:
    """An appointment that has begun is no news any more; somebody may have waited for the patient, or they in vain."""
    told = case.alert.telling
    if told.kind in _AHEAD and told.due_at is not None and told.due_at <= case.now:
        return Withhold("appointment-over", needs_person=True)
    return None


def _too_late(case: _Case) -> bool:
    alert, policy = case.alert, case.site.policy
    happened_at = alert.happened_at
    if alert.telling.kind is Kind.OPENED:
        happened_at = min(happened_at, case.plan.clock_started_at)
    if alert.made_at - happened_at > policy.late_news:
        return True
    return case.now - alert.made_at > policy.longest_wait


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
    _handover,
    _settled,
    _identity,
    _restriction,
    _home,
    _age,
    _over,
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
