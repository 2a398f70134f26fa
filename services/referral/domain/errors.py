"""What referral refuses, each with a code for programs and a sentence for the person who asked."""

from services.chassis.errors import Refusal


class NotFound(Refusal):
    """There is no such thing, or it is not for this team to see: both look the same from outside."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}.not_found", "missing", f"There is no such {what} on your teams' lists."
        )


class HandoverClosed(Refusal):
    def __init__(self, state: str) -> None:
        super().__init__(
            f"handover.{state}",
            "conflict",
            f"This handover is {state}, so it can no longer be changed.",
        )


class TasksStillOpen(Refusal):
    def __init__(self, count: int) -> None:
        noun = "task is" if count == 1 else "tasks are"
        super().__init__(
            "handover.tasks_still_open",
            "refused",
            f"{count} {noun} still open. Every task must be closed before the handover is complete.",
        )


class NotTheCoordinator(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "handover.not_the_coordinator",
            "forbidden",
            "Only the coordinating team can do this. Its name is on the handover page.",
        )


class OfferAlreadyAnswered(Refusal):
    def __init__(self, state: str) -> None:
        super().__init__(
            f"offer.already_{state}",
            "conflict",
            f"Somebody answered first: this offer is already {state}.",
        )


class NotOffered(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "offer.not_yours", "forbidden", "Only the team that was asked can answer this offer."
        )


class ReasonUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "offer.reason_unknown", "invalid", "Choose one of the listed reasons for declining."
        )


class ReasonMissing(Refusal):
    def __init__(self, what: str) -> None:
        super().__init__("task.reason_missing", "invalid", what)


class MoveNotAllowed(Refusal):
    def __init__(self, before: str, after: str) -> None:
        super().__init__(
            "task.move_not_allowed",
            "conflict",
            f"A task that is {before} cannot become {after}.",
        )


class NotTheOwner(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.not_yours",
            "forbidden",
            "Another team is accountable for this task and must do this.",
        )


class OfferNotAccepted(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.offer_not_accepted",
            "conflict",
            "This task is part of an offer that nobody has accepted yet.",
        )


class CoordinatorIncomplete(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "coordinator.incomplete",
            "refused",
            "Say who the patient can ask for, and on which telephone number.",
        )


class NotInThisHandover(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "team.not_in_handover", "refused", "Choose a team that is part of this handover."
        )


class TeamUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "team.unknown", "refused", "Choose a team that the directory knows and that is open."
        )


class TeamNotToAsk(Refusal):
    def __init__(self, why: str) -> None:
        super().__init__("team.not_to_ask", "refused", f"{why}. Choose another team.")


class SameTeam(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "team.same", "refused", "Choose another team: this one is asked, or has it already."
        )


class StillOpen(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.open", "conflict", "This task is open, so it need not be taken up again."
        )


class TakenByAnother(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.taken", "conflict", "A colleague has taken this task. Ask them, or take it over."
        )


class TaskClosed(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.closed", "conflict", "This task is closed. It can be taken up again."
        )


class RuleGone(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "rule.gone",
            "conflict",
            "The rule that made this task is not in force any more, so it cannot be taken up again.",
        )


class HappeningUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "happening.unknown", "refused", "Choose what happened from the list of happenings."
        )


class NotYoursToSay(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "happening.not_yours_to_say",
            "forbidden",
            "Somebody in another role has to say this: whoever sees it happen.",
        )


class HappenedLater(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "happening.in_future",
            "refused",
            "Give a time that has passed: it has not happened yet.",
        )


class RedirectedTooOften(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "offer.redirected_too_often",
            "conflict",
            "This was passed on twice already. A clinical lead has a task to decide where it goes.",
        )


class VersionChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.version_changed",
            "conflict",
            "Somebody changed this task since you read it. Read it again and decide anew.",
        )


class SnoozeReasonUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.snooze_reason_unknown",
            "invalid",
            "Choose one of the listed reasons for putting the task away.",
        )


class SnoozedInThePast(Refusal):
    def __init__(self) -> None:
        super().__init__("task.snoozed_in_the_past", "invalid", "Choose a time that is to come.")


class SnoozedTooLong(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.snoozed_too_long",
            "refused",
            "A task can be put away until its next warning or its deadline, and no longer.",
        )


class NotClerical(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "task.not_clerical",
            "refused",
            "Only clerical work can be done together. Open this task by itself.",
        )


class OutOfHoursOnly(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "access.out_of_hours_only",
            "forbidden",
            "This page is for teams that look after a place while others are closed.",
        )
