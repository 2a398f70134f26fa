"""Decisions: state, a fact and the time in; facts or a refusal out. Nothing here reads a clock or a wire."""
