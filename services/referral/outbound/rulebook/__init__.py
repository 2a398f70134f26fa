"""Trying rule files before they are used: what is wrong with them, what they do to a message, what a place changed."""
