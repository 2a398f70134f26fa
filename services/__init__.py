"""The three services of Baton, the chassis they stand on, and the operator's console."""
