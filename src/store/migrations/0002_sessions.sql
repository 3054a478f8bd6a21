-- Sessions: executions of designs, and what was measured in them.

CREATE TABLE execution_sessions (
  id         uuid PRIMARY KEY,
  design_id  uuid NOT NULL REFERENCES designs,
  design_rev integer NOT NULL CHECK (design_rev >= 1),
  host       text NOT NULL,
  state      text NOT NULL
    CHECK (state IN ('starting', 'running', 'pausing', 'paused', 'stopping', 'completed', 'stopped', 'failed')),
  started_at timestamptz(3) NOT NULL,
  ended_at   timestamptz(3),
  fault      jsonb,
  stuck      jsonb,
  -- A session that has ended says when, and only such a one does.
  CHECK ((ended_at IS NOT NULL) = (state IN ('completed', 'stopped', 'failed')))
);

-- The lists of sessions, newest first: of all, and of one design.
CREATE INDEX execution_sessions_by_start ON execution_sessions (started_at DESC, id DESC);
CREATE INDEX execution_sessions_by_design ON execution_sessions (design_id, started_at DESC, id DESC);
-- What a host left running when it ended without a word.
CREATE INDEX execution_sessions_open ON execution_sessions (host) WHERE ended_at IS NULL;

CREATE TABLE component_metrics (
  session_id uuid NOT NULL REFERENCES execution_sessions ON DELETE CASCADE,
  node_id    text COLLATE "C" NOT NULL,
  at         timestamptz(3) NOT NULL,
  state      text NOT NULL CHECK (state IN ('idle', 'running', 'paused', 'error', 'completed', 'stopped')),
  received   bigint NOT NULL CHECK (received >= 0),
  sent       bigint NOT NULL CHECK (sent >= 0),
  failures   bigint NOT NULL CHECK (failures >= 0),
  restarts   bigint NOT NULL CHECK (restarts >= 0),
  PRIMARY KEY (session_id, node_id, at)
);
