"""The demonstration: two discharges, told station by station, and checked at each one."""
