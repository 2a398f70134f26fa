-- A receiver's answer names the message that brought the document, and nothing else.
CREATE INDEX source_messages_with_documents ON source_messages (control_id) WHERE dialect = 'itk3' AND answer = 'AA';
