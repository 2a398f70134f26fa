"""Station 2: one handover for each discharge, with everything that must be done, and one owner."""

from services.console.screen import line
from services.console.story.checking import check, wait_for
from services.console.story.words import Patient, name_of, task_lines
from services.console.story.world import Record, World

WARD = "ward-ZTA"


def one_handover_opens(world: World, patient: Patient) -> Record:
    """Find the patient's handover and look at everything in it."""
    [found] = wait_for(
        f"one handover for {patient.name}",
        lambda: world.handovers_of(patient.nhs_number),
        lambda handovers: len(handovers) == 1,
    )
    whole = world.handover(found["handover_id"])
    asked = {offer["team"] for offer in whole["offers"]}
    check(f"offers to {sorted(patient.asked)}", sorted(asked), holds=asked == patient.asked)
    rules = {task["rule"]["rule_id"] for task in whole["tasks"]}
    check(f"tasks by {sorted(patient.rules)}", sorted(rules), holds=rules == patient.rules)
    owners = {task["owner_team"] for task in whole["tasks"]}
    check("the ward owns everything until somebody accepts", sorted(owners), holds=owners == {WARD})
    _tell(patient, whole)
    return whole


def _tell(patient: Patient, whole: Record) -> None:
    line(f"   {patient.name}: one handover, coordinated by {name_of(whole['coordinator_team'])}")
    for offer in sorted(whole["offers"], key=lambda offer: str(offer["team"])):
        line(f"     asked: {name_of(offer['team'])}")
        _tell_tasks(whole, offer["offer_id"])
    line("     the sender's own duty:")
    _tell_tasks(whole, None)


def _tell_tasks(whole: Record, offer_id: str | None) -> None:
    for task in whole["tasks"]:
        if task["offer_id"] == offer_id:
            what, counting = task_lines(task)
            line(f"       {what}")
            line(f"         {counting}", style="dim")
