"""Real parts on one machine: PostgreSQL, Kafka and a mailbox, without a container engine."""
