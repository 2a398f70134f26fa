"""What discharge refuses to do."""

from services.chassis.errors import Refusal


class MessageUnknown(Refusal):
    """No such message, or not one that the asker may see."""

    def __init__(self) -> None:
        super().__init__("intake.message_unknown", "missing", "There is no message with this id.")


class ReasonNeeded(Refusal):
    """Somebody does what needs a reason, and gave none."""

    def __init__(self, sentence: str) -> None:
        super().__init__("intake.reason_needed", "refused", sentence)


class NotAClash(Refusal):
    """The message does not share its control id with another."""

    def __init__(self) -> None:
        sentence = (
            "Only a message that shares its control id with another can be taken in as it is."
        )
        super().__init__("intake.not_a_clash", "conflict", sentence)


class NothingToSetAside(Refusal):
    """Nobody waits for this message to be mended."""

    def __init__(self) -> None:
        sentence = "This message does not wait for anybody."
        super().__init__("intake.nothing_to_set_aside", "conflict", sentence)


class NotMendable(Refusal):
    """Something that no person can write again."""

    def __init__(self, sentence: str) -> None:
        super().__init__("intake.not_mendable", "refused", sentence)


class PatientUnknown(Refusal):
    """No such record of a person."""

    def __init__(self) -> None:
        super().__init__("intake.patient_unknown", "missing", "There is no record with this key.")
