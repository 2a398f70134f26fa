"""FHIR R4 messages: models, meaning, response."""
