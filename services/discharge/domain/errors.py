"""What discharge refuses to do."""

from services.chassis.errors import Refusal


class MessageUnknown(Refusal):
    """No such message, or not one that the asker may see."""

    def __init__(self) -> None:
        super().__init__("intake.message_unknown", "missing", "There is no message with this id.")
