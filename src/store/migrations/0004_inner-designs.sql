-- The designs a session runs as parts of its own, and which revision of each: a list of { designId, rev }.

ALTER TABLE execution_sessions ADD COLUMN inner_designs jsonb;
