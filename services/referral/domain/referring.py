"""From a referral to a handover: one team asks another to see a patient, and stays accountable until that one accepts."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from services.referral.domain.coordinating import needed
from services.referral.domain.directory import Team
from services.referral.domain.errors import SameTeam
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.handover import Handover
from services.referral.domain.planning import arrange, plan_on
from services.referral.domain.referral import Progress, Referral
from services.referral.domain.referral_errors import NothingToDo, TestPatient
from services.referral.domain.referral_facts import ReferralMoved
from services.referral.domain.rules import Playbook

RECEIVED = "referral.received"


def open_for(
    referral: Referral, sender: Team, playbook: Playbook, new_id: Callable[[], UUID], *, by: str
) -> tuple[HandoverOpened, ReferralMoved]:
    """Open the handover of a referral, and say that the service has received it.

    The wait runs from the referral's own clock, and the sender's team owns everything until the service accepts.
    Raises a refusal where nothing would come of it, so that whoever refers learns at once.
    """
    if referral.test_patient and playbook.live:
        raise TestPatient
    if sender.id == referral.service:
        raise SameTeam
    progress = Progress(state="received", team=referral.service, service_request=new_id())
    handover = Handover(
        handover_id=new_id(),
        spell_id=referral.referral_id,
        patient_key=referral.patient_key,
        sender=referral.referrer,
        sender_team=sender.id,
        coordinator_team=sender.id,
        clock_started_at=referral.clock_started_at,
        opened_at=referral.received_at,
        test_patient=referral.test_patient,
        purpose="referral",
        referral=referral,
        progress=progress,
    )
    planned = plan_on(RECEIVED, handover, referral.received_at, playbook)
    if not planned:
        raise NothingToDo
    offers, tasks = arrange(planned, handover, (), new_id)
    handover = replace(handover, coordinator=needed(offers, playbook))
    received = ReferralMoved(
        state="received",
        team=referral.service,
        service_request=progress.service_request,
        at=referral.received_at,
        by=by,
    )
    return HandoverOpened(handover, offers, tasks), received
