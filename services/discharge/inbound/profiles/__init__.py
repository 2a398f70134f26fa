"""Source profiles: how each sending system writes what the standard leaves open, as data files."""
