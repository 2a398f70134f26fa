"""The language between services: what may be said, on which topic, in which words."""
