"""What discharge does, one verb a file."""
