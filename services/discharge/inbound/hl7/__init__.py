"""HL7 v2: frames, reader, meaning, acknowledgement."""
