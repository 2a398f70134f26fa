"""Notify tells people: the right person, in a form that they can use, once, or nobody and with a reason."""
