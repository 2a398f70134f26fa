"""The Kafka door: messages that a site's integration engine puts on a topic."""
