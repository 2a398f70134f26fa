"""What notify refuses, in words that a person can act on."""

from services.chassis.errors import Refusal


class AlertNotFound(Refusal):
    """No such alert, or one of a team that the asker does not belong to: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(
            "alert.not_found",
            "missing",
            "There is no such alert for your team. Look in the list of alerts.",
        )


class AlertWithdrawn(Refusal):
    """The alert was taken back before anybody was told."""

    def __init__(self) -> None:
        super().__init__(
            "alert.withdrawn",
            "conflict",
            "This alert was taken back. There is nothing to acknowledge.",
        )


class HandoverWithdrawn(Refusal):
    """The alert is overtaken: its handover was withdrawn since."""

    def __init__(self) -> None:
        super().__init__(
            "alert.overtaken",
            "conflict",
            "The handover was withdrawn since. Please see the alert that says so.",
        )


class TeamNotToChoose(Refusal):
    """The team is no part of the plan, or cannot be rung."""

    def __init__(self) -> None:
        super().__init__(
            "reply.team_unknown",
            "refused",
            "Please choose one of the teams that are listed, or ring us.",
        )
