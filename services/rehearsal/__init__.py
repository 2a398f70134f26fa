"""The rehearsal: a story played against the services' own use cases, tables and timers, on a clock that we turn."""
