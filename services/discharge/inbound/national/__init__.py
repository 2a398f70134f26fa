"""National events: CloudEvents that say whose record changed, and the record that is then read."""
