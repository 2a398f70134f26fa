"""Whether a team is the one to ask for somebody: checked before anything is sent, never said of the patient (A13)."""

from datetime import date

from services.referral.domain.organisations import Capacity, Organisation, Service, Team, within


def why_not(
    team: Team,
    organisation: Organisation | None,
    capacity: Capacity,
    day: date,
    *,
    is_open: bool,
    age: int | None,
    specialty: str,
    place: str,
) -> tuple[str, ...]:
    """Each reason a sentence; empty: it suits. Of several services the one that comes nearest gives the reasons."""
    if not is_open:
        return (f"{team.name} is closed",)
    reasons = list(organisation.not_trusted(day)) if organisation else []
    if capacity.state in ("full", "closed"):
        until = f" until {capacity.until:%d.%m.%Y}" if capacity.until else ""
        state = "takes nobody new" if capacity.state == "full" else "is closed to referrals"
        reasons.append(f"{team.name} {state}{until}")
    offered = [one for one in team.services if within(day, one.valid_from, one.valid_until)]
    if team.services and not offered:
        reasons.append(f"{team.name} offers nothing by referral at the moment")
    elif offered:
        each = [_of_service(one, team, age, specialty, place) for one in offered]
        nearest = min(each, key=len)
        reasons += nearest
    elif place and team.place != place:
        reasons.append(f"{team.name} does not cover that area")
    return tuple(reasons)


def _of_service(
    service: Service, team: Team, age: int | None, specialty: str, place: str
) -> list[str]:
    reasons = []
    if specialty and service.specialties and specialty not in service.specialties:
        reasons.append(f"{service.title} does not cover specialty {specialty}")
    if age is not None and service.age_from is not None and age < service.age_from:
        reasons.append(f"{service.title} takes people from {service.age_from} years")
    if age is not None and service.age_to is not None and age > service.age_to:
        reasons.append(f"{service.title} takes people up to {service.age_to} years")
    if place and place not in (service.places or {team.place}):
        reasons.append(f"{service.title} does not cover that area")
    return reasons
