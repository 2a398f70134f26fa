"""Station 6: nobody sends the discharge summary, its deadline passes, and the next in line is told."""

from services.console.screen import line
from services.console.story.checking import check, wait_for
from services.console.story.telling import mails_about
from services.console.story.words import clock, name_of
from services.console.story.world import Record, World

_RULE, _LEAD = "R01", "safety-ZTA"


def silence_escalates(world: World, handover: Record) -> None:
    """Wait for the ward's own task to be late: it stays open, and the safety lead hears of it."""
    task = wait_for(
        f"{_RULE} to escalate",
        lambda: _task(world.handover(handover["handover_id"])),
        lambda task: task["escalated_at"] is not None,
        seconds=60,
    )
    check("a late task that is still open", task["status"], holds=task["closed_at"] is None)
    check(f"{_LEAD} among those told", task["told_teams"], holds=_LEAD in task["told_teams"])
    [mail, *_] = wait_for(
        "a mail to the safety lead about it", lambda: mails_about(world, _LEAD, handover), bool
    )
    line(f"   {task['rule']['title']} was due {clock(task['due_at'])} and nobody said it was done")
    line(f"   it stays open, and {name_of(_LEAD)} reads “{mail['subject']}”")


def _task(whole: Record) -> Record:
    found: Record = next(task for task in whole["tasks"] if task["rule"]["rule_id"] == _RULE)
    return found
