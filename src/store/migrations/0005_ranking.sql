-- Which node is served first and how much it does in a row, and what of the processor each one took.

ALTER TABLE design_nodes
  ADD COLUMN priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high')),
  ADD COLUMN weight integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100);

-- Null of sessions from before it was counted; of services also when none was timed.
ALTER TABLE component_metrics
  ADD COLUMN cpu_ms double precision CHECK (cpu_ms >= 0),
  ADD COLUMN services jsonb CHECK (jsonb_typeof(services) = 'array');
