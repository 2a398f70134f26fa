"""Baton's promises, kept by tests that can fail."""
