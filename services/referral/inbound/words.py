"""Times, states and events in the words that people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.chassis.pages import deadline, when
from services.referral.domain.calendars import LONDON, local_date

SOON = timedelta(hours=4)
_A_MINUTE = timedelta(minutes=1)
_TWO_HOURS, _TWO_DAYS = timedelta(hours=2), timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in words, and in a colour for those who see it."""

    text: str
    colour: str


TASK_STATES: Mapping[str, Tag] = {
    "draft": Tag("Draft", "grey"),
    "requested": Tag("Waiting for an answer", "yellow"),
    "received": Tag("Received", "white"),
    "accepted": Tag("To do", "blue"),
    "rejected": Tag("Declined", "grey"),
    "ready": Tag("Ready", "blue"),
    "in-progress": Tag("In progress", "aqua-green"),
    "on-hold": Tag("On hold", "grey"),
    "completed": Tag("Done", "green"),
    "failed": Tag("Could not be done", "pink"),
    "cancelled": Tag("Called off", "grey"),
    "entered-in-error": Tag("Entered in error", "grey"),
}
OFFER_STATES: Mapping[str, Tag] = {
    "offered": Tag("Waiting for an answer", "yellow"),
    "accepted": Tag("Accepted", "green"),
    "declined": Tag("Declined", "pink"),
    "redirected": Tag("Passed on", "grey"),
    "withdrawn": Tag("Called off", "grey"),
}
HANDOVER_STATES: Mapping[str, Tag] = {
    "open": Tag("Open", "blue"),
    "completed": Tag("Complete", "green"),
    "withdrawn": Tag("Withdrawn", "grey"),
}
WITHDRAWN_BECAUSE: Mapping[str, str] = {
    "discharge-cancelled": "discharge cancelled",
    "admission-cancelled": "stay entered in error",
    "entered-in-error": "entered in error",
    "readmitted": "back in hospital",
    "deceased": "the patient has died",
    "answered-since": "question answered",
}
ROLES: Mapping[str, str] = {
    "gp-practice": "GP practice",
    "community-pharmacy": "pharmacy",
    "community-nursing": "community nursing team",
    "discharging-ward": "ward",
    "safety-lead": "patient safety lead",
    "place-registration": "registration team",
}
SKILLS: Mapping[str, str] = {
    "clinical": "Clinical",
    "clerical": "Clerical",
    "pharmacy": "Pharmacy",
    "social-care": "Social care",
}
PRIORITIES: Mapping[str, Tag] = {
    "stat": Tag("Immediately", "red"),
    "asap": Tag("As soon as possible", "red"),
    "urgent": Tag("Urgent", "pink"),
}
"""Those that go before the rest; routine work needs no tag."""
FORCES: Mapping[str, str] = {
    "law": "Law",
    "information-standard": "Information standard",
    "contract": "Contract",
    "guideline": "Guideline",
    "local": "Local rule",
}
PATIENT_CHANGED: Mapping[str, str] = {
    "identified": "The NHS number became known",
    "merged": "Two records of one person were joined",
    "unmerged": "Two records that were joined were parted",
    "moved": "The stay had been noted on the wrong record",
}
CHANNELS: Mapping[str, str] = {"email": "e-mail", "letter": "letter"}
UNDELIVERED: Mapping[str, str] = {
    "no-usable-channel": "No mail or postal address is known",
    "address-not-usable": "The address that is known cannot be used",
    "need-not-met-by-any-channel": "No message can be sent in the form that they need",
    "need-not-understood": "It is not clear in which form they need messages",
    "language-not-offered": "No message can be written in their language",
    "identity-not-verified": "It is not certain who they are",
    "identity-held": "Records were merged, and nobody has confirmed since who they are",
    "patient-not-described": "Nothing is known of how to reach them",
    "patient-forgotten": "What was known of them has been erased",
    "restricted": "Their contact details are protected",
    "under-age": "They are too young to be written to themselves",
    "age-unknown": "Their age is not known",
    "deceased": "They have died",
    "death-taken-back": "Their death was recorded and taken back: somebody must find out",
    "too-late-to-send": "The discharge was heard of too late for a message",
    "test-patient": "A test patient is not written to",
    "handover-withdrawn": "The handover was withdrawn before the message left",
    "handover-completed": "The handover was complete before the message left",
    "nothing-to-tell": "All of it is work between teams",
    "message-cannot-be-written": "The message could not be written",
    "refused-by-provider": "The message was refused on its way",
}
"""Why a message reached nobody, by the codes that notify gives."""


def state_tag(state: str, because: str) -> Tag:
    """`Withdrawn: discharge cancelled`; the reason where a few words say it."""
    tag, why = HANDOVER_STATES[state], WITHDRAWN_BECAUSE.get(because)
    return Tag(f"{tag.text}: {why}", tag.colour) if state == "withdrawn" and why else tag


def due_tag(due_at: datetime, now: datetime) -> Tag:
    """`Due tomorrow 18:30`, `Due Wed 25 Nov, 18:30`, `Due end of today` or `2 hours overdue`."""
    if due_at <= now:
        late = now - due_at
        return Tag(f"{_length(late)} overdue" if late >= _A_MINUTE else "Due now", "red")
    return Tag(f"Due {until(due_at, now)}", "orange" if due_at - now < SOON else "blue")


def until(at: datetime, now: datetime) -> str:
    """As `near`, for what ends then: midnight is the end of the day before it."""
    if at.astimezone(LONDON).time() != time():
        return near(at, now)
    days = (local_date(at) - local_date(now)).days - 1
    name = {0: "today", 1: "tomorrow"}.get(days)
    return f"end of {name}" if name else deadline(at)


def near(at: datetime, now: datetime) -> str:
    """`today 18:30`, `tomorrow 18:30` or `Wed 25 Nov, 18:30`."""
    days = (local_date(at) - local_date(now)).days
    name = {0: "today", 1: "tomorrow"}.get(days)
    return f"{name} {at.astimezone(LONDON):%H:%M}" if name else when(at)


def closed_tag(status: str, closed_at: datetime) -> Tag:
    """`Done Tue 24 Nov, 10:00`."""
    tag = TASK_STATES[status]
    return Tag(f"{tag.text} {when(closed_at)}", tag.colour)


def born(birth_date: date | None, today: datetime) -> str:
    """`2 Mar 1948 (78 years)`; children under two in months."""
    if birth_date is None:
        return "not known"
    now = local_date(today)
    years = now.year - birth_date.year - ((now.month, now.day) < (birth_date.month, birth_date.day))
    age = f"{years} years"
    if years < 2:
        months = (now.year - birth_date.year) * 12 + now.month - birth_date.month
        months -= now.day < birth_date.day
        age = f"{months} month" if months == 1 else f"{months} months"
    return f"{birth_date.day} {birth_date:%b %Y} ({age})"


def sentence(code: str, words: Mapping[str, str]) -> str:
    """A code in words; an unknown one as it is, without its hyphens."""
    return words.get(code) or code.replace("-", " ").capitalize()


def all_of(names: Sequence[str]) -> str:
    """`Ward 7, Elm Tree Surgery and the pharmacy`: names that have commas themselves are parted by semicolons."""
    if len(names) < 2:
        return "".join(names)
    comma = "; " if any("," in name for name in names) else ", "
    return f"{comma.join(names[:-1])} and {names[-1]}"


def listed(sentences: Sequence[str]) -> str:
    """`A letter that was printed; a letter that was posted`: one sentence of several."""
    first, *others = sentences or ("",)
    return "; ".join([first, *(_within(other) for other in others)])


def _within(words: str) -> str:
    """As in the middle of a sentence; what is written in capitals stays so."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _length(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if time < _TWO_HOURS:
        return _many(minutes, "minute")
    if time < _TWO_DAYS:
        return _many(minutes // 60, "hour")
    return _many(time.days, "day")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
