"""A whole Baton on this machine: real PostgreSQL, a Kafka broker, a mailbox, and every process of ours."""
