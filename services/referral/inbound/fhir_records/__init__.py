"""FHIR R4 read, search and update for other systems: `GET /fhir/Task` and its neighbours."""
