"""The operator page: what the services say of themselves, on one screen."""
