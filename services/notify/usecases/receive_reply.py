"""Take what a patient answers on their page, and say it on."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain import answers
from services.notify.domain.errors import TeamNotToChoose
from services.notify.domain.link import Access, judge
from services.notify.domain.plan import Plan
from services.notify.usecases.announce import say_reply
from services.notify.usecases.compose_message import hash_token
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import PatientReply, Reply


async def receive_reply(
    token: str,
    reply: Reply,
    unit: UnitOfWork,
    stores: Stores,
    desk: Desk,
    *,
    reply_id: UUID,
    correlation_id: UUID,
    team: str = "",
) -> Access | None:
    """What the link opens now; None when there is no such link. Only an open one takes an answer.

    An answer that has no sense any more, for example to a contact who is not proposed, is taken and says nothing: the
    page shows how things stand. Raises `TeamNotToChoose`.
    """
    found = await stores.links.find(unit.connection, hash_token(token))
    if found is None:
        return None
    link, patient_key = found
    person = (await stores.people.find(unit.connection, [patient_key])).get(patient_key)
    plan = (await stores.plans.lock(unit.connection, [link.handover_id])).get(link.handover_id)
    access = judge(link, plan, person, unit.now)
    if access == "open" and plan is not None:
        answer = PatientReply(reply_id, plan.handover_id, reply, team, unit.now)
        if await _has_sense(plan, answer, unit, stores, desk):
            await _take(plan, answer, correlation_id, unit, stores)
    return access


async def _take(
    plan: Plan, answer: PatientReply, correlation_id: UUID, unit: UnitOfWork, stores: Stores
) -> None:
    if await stores.replies.keep(unit.connection, answer):
        say_reply(unit, plan, answer, correlation_id)


async def _has_sense(
    plan: Plan, answer: PatientReply, unit: UnitOfWork, stores: Stores, desk: Desk
) -> bool:
    latest = await stores.replies.latest(unit.connection, plan.handover_id)
    before = next((one for one in latest if one.reply == answer.reply), None)
    if answer.reply == answers.WORSE:
        within = desk.site.policy.same_reply_within
        said_at = before.received_at if before else None
        return answers.may_say_worse(plan) and not answers.says_again(said_at, unit.now, within)
    if answer.reply == answers.AGREED:
        return answers.may_agree(plan)
    informed = desk.knowing(await stores.teams.find(unit.connection, plan.teams))
    if answer.team not in answers.choices(plan, informed.reachable(plan)):
        raise TeamNotToChoose
    return True
