from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from services.notify.domain.alert import Channel, Kind
from services.notify.domain.decision import Postpone, Send, Withhold
from services.notify.domain.plan import Standing
from services.notify.domain.quiet_hours import quiet_until
from services.notify.domain.resolver import resolve
from services.notify.domain.site import QuietRules
from tests.unit.notify.builders import (
    BRAILLE,
    BY_PHONE,
    ELM_TREE,
    LETTER,
    LONDON,
    NOW,
    TWENTY_POINTS,
    a_person,
    a_site,
    a_state,
    a_telling,
    an_alert,
    for_team,
    london,
)


def decide(person=None, alert=None, state=None, now=NOW, site=None):
    alert = alert or an_alert()
    state = state or a_state(clock_started_at=alert.happened_at)
    return resolve(person or a_person(), alert, state, now, site or a_site())


def test_a_patient_who_reads_mail_gets_mail():
    assert decide() == Send(Channel.EMAIL, "edna@patients.example.net", 12)


def test_who_needs_letters_in_twenty_points_gets_exactly_that_although_there_is_an_email_address():
    decision = decide(a_person(needs=(LETTER, TWENTY_POINTS)))

    assert decision == Send(Channel.LETTER, "Mrs Edna Hartley\n12 Mill Lane\nFellside\nFE1 2AB", 20)


def test_who_has_no_email_address_gets_a_letter():
    assert decide(a_person(email="")).channel is Channel.LETTER


def test_who_needs_letters_is_not_mailed_when_there_is_no_address():
    decision = decide(a_person(needs=(LETTER,), address_lines=()))

    assert decision == Withhold("no-usable-channel", needs_person=True)


def test_who_can_be_reached_no_way_becomes_a_persons_task():
    decision = decide(a_person(email=" ", postcode=""))

    assert decision == Withhold("no-usable-channel", needs_person=True)


@pytest.mark.parametrize("need", [BRAILLE, BY_PHONE, "requirescontactviacarer"])
def test_a_need_that_no_channel_meets_goes_to_a_person_and_never_out_in_the_wrong_form(need):
    decision = decide(a_person(needs=(need,)))

    assert decision == Withhold("need-not-met-by-any-channel", needs_person=True)


def test_two_needs_that_exclude_each_other_go_to_a_person():
    decision = decide(a_person(needs=(LETTER, "requirescontactbyemail")))

    assert decision == Withhold("need-not-met-by-any-channel", needs_person=True)


def test_a_need_that_nobody_here_knows_is_not_ignored():
    decision = decide(a_person(needs=("requires-something-new",)))

    assert decision == Withhold("need-not-understood", needs_person=True)


def test_a_need_that_says_nothing_of_writing_changes_nothing():
    assert decide(a_person(needs=("doesusehearingaid",))) == decide()


def test_who_reads_another_language_is_not_sent_english():
    assert decide(a_person(language="pl")) == Withhold("language-not-offered", needs_person=True)
    assert decide(a_person(language="EN-gb")) == decide()


def test_nobody_writes_to_the_dead_and_nobody_is_asked_to():
    assert decide(a_person(deceased=True)) == Withhold("deceased", needs_person=False)


def test_death_is_seen_before_everything_else_about_the_patient():
    person = a_person(deceased=True, verification="03", restricted=True, birth_date=None)

    assert decide(person) == Withhold("deceased", needs_person=False)


@pytest.mark.parametrize("status", ["02", "03", "04", "08", ""])
def test_an_identity_that_is_not_verified_is_not_written_to(status):
    decision = decide(a_person(verification=status))

    assert decision == Withhold("identity-not-verified", needs_person=True)


def test_a_protected_patient_is_never_contacted_by_itself():
    assert decide(a_person(restricted=True)) == Withhold("restricted", needs_person=True)


def test_the_birthday_decides_on_the_day_itself():
    born = date(2010, 9, 8)

    assert decide(a_person(birth_date=born)).channel is Channel.EMAIL
    assert decide(a_person(birth_date=born + timedelta(days=1))) == Withhold(
        "under-age", needs_person=True
    )


def test_an_unknown_age_goes_to_a_person():
    assert decide(a_person(birth_date=None)) == Withhold("age-unknown", needs_person=True)


def test_a_closed_handover_is_not_told():
    for standing in (Standing.WITHDRAWN, Standing.COMPLETED):
        decision = decide(state=a_state(standing=standing))
        assert decision == Withhold(f"handover-{standing}", needs_person=False)


def test_old_news_from_a_replay_is_looked_at_by_a_person():
    alert = an_alert(happened_at=NOW - timedelta(hours=25), made_at=NOW)

    assert decide(alert=alert) == Withhold("too-late-to-send", needs_person=True)


def test_a_test_patient_is_never_told_by_a_live_site():
    live = a_site(live=True)

    assert decide(site=live) == Withhold("test-patient", needs_person=False)
    assert decide(alert=an_alert(for_team()), site=live) == Withhold(
        "test-patient", needs_person=False
    )


def test_a_real_patient_is_never_told_by_a_demonstration():
    decision = decide(a_person(test_patient=False), state=a_state(test_patient=False))

    assert decision == Withhold("not-a-test-patient", needs_person=False)


def test_a_real_patient_is_told_by_a_live_site():
    decision = decide(
        a_person(test_patient=False), state=a_state(test_patient=False), site=a_site(live=True)
    )

    assert decision.channel is Channel.EMAIL


def test_the_contact_record_is_waited_for_and_then_missed():
    alert = an_alert()
    patience = a_site().policy.described_within

    early = resolve(None, alert, a_state(), NOW, a_site())
    late = resolve(None, alert, a_state(), NOW + patience, a_site())

    assert early == Postpone(NOW + patience, "patient-not-described")
    assert late == Withhold("patient-not-described", needs_person=True)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-09-08 21:00", "2026-09-09 08:00"),
        ("2026-09-09 03:00", "2026-09-09 08:00"),
        ("2026-10-24 23:30", "2026-10-25 08:00"),
        ("2026-03-29 00:30", "2026-03-29 08:00"),
    ],
)
def test_at_night_a_message_waits_for_the_morning_also_when_the_clock_changes(now, until):
    at = london(now)

    decision = decide(alert=an_alert(happened_at=at), now=at)

    assert decision == Postpone(london(until), "quiet-hours")


@pytest.mark.parametrize("now", ["2026-09-08 08:00", "2026-09-08 20:59"])
def test_the_edges_of_the_day_are_day(now):
    at = london(now)

    assert isinstance(decide(alert=an_alert(happened_at=at), now=at), Send)


def test_without_quiet_hours_the_night_is_like_the_day():
    at = london("2026-09-09 03:00")

    assert isinstance(
        decide(alert=an_alert(happened_at=at), now=at, site=a_site(quiet=False)), Send
    )


def test_who_was_told_enough_today_is_left_in_peace_until_tomorrow():
    decision = decide(state=a_state(told_today=2))

    assert decision == Postpone(NOW + timedelta(hours=24), "told-enough-today")


def test_a_team_is_mailed_at_night_too():
    at = london("2026-09-09 03:00")

    decision = decide(alert=an_alert(for_team()), now=at)

    assert decision == Send(Channel.EMAIL, "practice-z90001@teams.example.net", 12)


def test_a_team_is_told_although_its_patient_has_died():
    assert isinstance(decide(a_person(deceased=True), an_alert(for_team())), Send)


def test_that_a_handover_was_withdrawn_is_told_although_it_is_withdrawn():
    withdrawn = a_state(standing=Standing.WITHDRAWN)

    stop = decide(alert=an_alert(for_team(Kind.WITHDRAWN)), state=withdrawn)
    declined = decide(alert=an_alert(for_team(Kind.DECLINED)), state=withdrawn)

    assert isinstance(stop, Send)
    assert declined == Withhold("handover-withdrawn", needs_person=False)


@pytest.mark.parametrize("standing", [Standing.WITHDRAWN, Standing.COMPLETED])
@pytest.mark.parametrize("kind", [Kind.ADDED, Kind.WARNED, Kind.ESCALATED, Kind.STILL_LATE])
def test_what_is_still_to_be_done_after_the_end_of_a_handover_is_told(kind, standing):
    """A team that has not said that it stops must be told by the ward, and the ward must hear that (S02)."""
    told = decide(alert=an_alert(for_team(kind)), state=a_state(standing=standing))
    done = a_state(standing=standing, overtaken="done-since")

    assert isinstance(told, Send)
    assert decide(alert=an_alert(for_team(kind)), state=done) == Withhold(
        "done-since", needs_person=False
    )


def test_a_team_that_is_not_in_the_directory_becomes_a_persons_task():
    decision = decide(alert=an_alert(for_team(team="practice-Z99999")))

    assert decision == Withhold("unknown-team", needs_person=True)


@pytest.mark.parametrize(("last_resort", "asks"), [(False, True), (True, False)])
def test_a_team_that_has_closed_is_a_persons_task_unless_it_was_the_last_to_be_asked(
    last_resort, asks
):
    """Somebody takes over from the last resort already: a task about that task would go round in circles."""
    practice = a_site().teams[ELM_TREE]
    closed = replace(a_site(), teams={ELM_TREE: replace(practice, active=False)})
    alert = an_alert(for_team(last_resort=last_resort))

    assert decide(alert=alert, site=closed) == Withhold("team-closed", needs_person=asks)
    assert decide(alert=alert, site=replace(closed, teams={})) == Withhold(
        "unknown-team", needs_person=asks
    )


@pytest.mark.parametrize(
    ("kind", "standing", "told"),
    [
        (Kind.REFERRAL, Standing.COMPLETED, True),
        (Kind.REFERRAL, Standing.WITHDRAWN, False),
        (Kind.OFFERED, Standing.COMPLETED, False),
        (Kind.OFFERED, Standing.OPEN, True),
    ],
)
def test_how_a_referral_ended_is_told_after_its_end_and_nothing_else_is(kind, standing, told):
    decision = decide(alert=an_alert(for_team(kind)), state=a_state(standing=standing))

    assert decision == (
        Send(Channel.EMAIL, a_site().teams[ELM_TREE].email, 12)
        if told
        else Withhold(f"handover-{standing}", needs_person=False)
    )


@pytest.mark.parametrize("kind", [Kind.BOOKED, Kind.APPOINTMENT_MOVED, Kind.CANCELLED])
def test_an_appointment_that_has_begun_is_no_news_any_more(kind):
    begun = an_alert(a_telling(kind=kind, due_at=NOW))
    ahead = an_alert(a_telling(kind=kind, due_at=NOW + timedelta(minutes=1)))

    assert decide(alert=begun) == Withhold("appointment-over", needs_person=True)
    assert isinstance(decide(alert=ahead), Send)


def test_who_is_back_in_hospital_for_long_is_told_by_a_person_in_the_end():
    left = NOW - timedelta(hours=24, seconds=1)

    decision = decide(state=a_state(back_in_hospital=True, clock_started_at=left))

    assert decision == Withhold("too-late-to-send", needs_person=True)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-09-08 12:59", None),
        ("2026-09-08 13:00", "2026-09-08 15:00"),
        ("2026-09-08 14:59", "2026-09-08 15:00"),
        ("2026-09-08 15:00", None),
    ],
)
def test_quiet_hours_may_lie_within_a_day(now, until):
    rules = QuietRules(time(13), time(15), LONDON, 3)

    assert quiet_until(london(now), rules) == (london(until) if until else None)


def test_no_decision_shows_an_address_when_it_is_printed():
    assert "edna" not in repr(decide())
    assert "Mill Lane" not in repr(decide(a_person(email="")))
    assert "Hartley" not in repr(a_person())


def test_every_decision_is_the_same_when_it_is_asked_again():
    alert = replace(an_alert(), attempts=3)

    assert decide(alert=alert) == decide(alert=alert)
    assert decide(alert=an_alert(for_team(team=ELM_TREE))) == decide(
        alert=an_alert(for_team(team=ELM_TREE))
    )


def test_a_message_waits_until_the_discharge_has_settled_by_the_moment_it_was_heard():
    alert = an_alert(happened_at=NOW - timedelta(hours=1), made_at=NOW)
    site = a_site(settling=120)

    settling = decide(alert=alert, now=NOW + timedelta(seconds=119), site=site)
    settled = decide(alert=alert, now=NOW + timedelta(seconds=120), site=site)

    assert settling == Postpone(NOW + timedelta(seconds=120), "settling")
    assert isinstance(settled, Send)


def test_a_team_does_not_wait_for_a_discharge_to_settle():
    assert isinstance(decide(alert=an_alert(for_team()), site=a_site(settling=120)), Send)


def test_what_settles_at_night_waits_for_the_morning_as_well():
    at = london("2026-09-08 20:59")

    decision = decide(
        alert=an_alert(happened_at=at), now=at + timedelta(minutes=2), site=a_site(settling=120)
    )

    assert decision == Postpone(london("2026-09-09 08:00"), "quiet-hours")


def test_the_dead_are_not_even_waited_for():
    decision = decide(a_person(deceased=True), site=a_site(settling=120))

    assert decision == Withhold("deceased", needs_person=False)


def test_a_death_that_was_taken_back_is_looked_at_by_a_person():
    in_doubt = a_person(deceased=True, death_status="removed")
    decided = a_person(deceased=False, death_status="removed")

    assert decide(in_doubt) == Withhold("death-taken-back", needs_person=True)
    assert isinstance(decide(decided), Send)


def test_an_identity_that_is_held_is_waited_for_a_day_even_when_its_number_is_verified():
    held = a_person(identity_held=True, verification="01")
    day = timedelta(hours=24)

    assert decide(held) == Postpone(NOW + day, "identity-held")
    assert decide(held, now=NOW + day) == Withhold("identity-held", needs_person=True)


def test_who_is_back_in_hospital_is_asked_about_again_tomorrow():
    decision = decide(state=a_state(back_in_hospital=True))

    assert decision == Postpone(NOW + timedelta(hours=24), "readmitted")


def test_a_discharge_that_was_heard_of_too_late_is_told_by_a_person():
    left = NOW - timedelta(hours=24, seconds=1)

    assert decide(state=a_state(clock_started_at=left)) == Withhold(
        "too-late-to-send", needs_person=True
    )
    assert isinstance(decide(state=a_state(clock_started_at=NOW - timedelta(hours=24))), Send)


def test_what_was_put_off_on_purpose_is_not_late_the_next_day_but_after_three():
    tomorrow, later = (decide(now=NOW + timedelta(hours=hours)) for hours in (25, 73))

    assert isinstance(tomorrow, Send)
    assert later == Withhold("too-late-to-send", needs_person=True)


def test_a_team_is_told_however_late():
    assert isinstance(
        decide(alert=an_alert(for_team(), happened_at=NOW - timedelta(days=30), made_at=NOW)), Send
    )


def test_work_between_teams_is_told_to_no_patient_and_to_every_team():
    between = a_state(shows_nothing=True)

    assert decide(state=between) == Withhold("nothing-to-tell", needs_person=False)
    assert isinstance(decide(alert=an_alert(for_team()), state=between), Send)


def test_a_patient_who_is_not_known_is_not_missed_when_there_is_nothing_to_tell():
    decision = resolve(None, an_alert(), a_state(shows_nothing=True), NOW, a_site())

    assert decision == Withhold("nothing-to-tell", needs_person=False)


def test_nobody_is_asked_to_tell_a_patient_of_a_handover_that_is_withdrawn():
    decision = decide(a_person(restricted=True), state=a_state(standing=Standing.WITHDRAWN))

    assert decision == Withhold("handover-withdrawn", needs_person=False)
