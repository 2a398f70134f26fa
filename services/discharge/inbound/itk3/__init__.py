"""Transfer of Care documents as ITK3 sends them: FHIR STU3 in XML (C7)."""
