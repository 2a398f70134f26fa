"""What a command says when it cannot do what was asked."""


class ConsoleError(Exception):
    """The text is a sentence for the person at the command line; it never holds a patient's details."""
