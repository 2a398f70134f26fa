-- Each answer of a patient is a stream of its own: nothing counts them any more, so nothing can count them anew
-- after a restore from a backup.
ALTER TABLE plans DROP COLUMN replies;
