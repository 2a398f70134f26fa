"""Acts: load, decide, save, announce, set timers; all in the unit of work that the edge commits."""
