-- The run that spoke for a day before the current one, so that the window can tell what changed.
-- Days that were run before this step do not know it until they are run again.
ALTER TABLE current_run ADD COLUMN before INTEGER REFERENCES run (id);
