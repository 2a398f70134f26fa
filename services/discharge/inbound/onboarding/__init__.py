"""Trying a source profile on messages of a hospital, before anything is connected."""
