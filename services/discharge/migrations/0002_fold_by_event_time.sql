-- More dialects and doors, and mended messages.
ALTER TABLE source_messages DROP CONSTRAINT source_messages_speak_a_dialect;
ALTER TABLE source_messages ADD CONSTRAINT source_messages_speak_a_dialect
    CHECK (dialect IN ('hl7v2', 'fhir', 'itk3', 'pds'));
ALTER TABLE source_messages DROP CONSTRAINT source_messages_came_through_a_door;
ALTER TABLE source_messages ADD CONSTRAINT source_messages_came_through_a_door
    CHECK (arrived_by IN ('mllp', 'http', 'kafka', 'national'));
ALTER TABLE source_messages ADD COLUMN resubmits uuid REFERENCES source_messages;
