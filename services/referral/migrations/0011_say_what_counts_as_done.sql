-- What completes a task beside the word of its owner, and what does not, in the words of the rule that made it.
ALTER TABLE rule_versions
    ADD COLUMN proved_by text[] NOT NULL DEFAULT '{}',
    ADD COLUMN no_proof text[] NOT NULL DEFAULT '{}';
