"""What can be wrong with a story, in sentences for its author."""


class StoryError(Exception):
    """A story that cannot be played; the text says where and why, and repeats nothing of any message."""
