"""Messages as a hospital sends them: read from files, made fresh, sent, and their answers read."""
