-- Designs and the log of their edits. Relational rows are what is read; the log is what happened; one transaction writes both.

CREATE TABLE designs (
  id          uuid PRIMARY KEY,
  rev         integer NOT NULL CHECK (rev >= 1),
  name        text NOT NULL,
  description text NOT NULL,
  created_at  timestamptz(3) NOT NULL,
  updated_at  timestamptz(3) NOT NULL,
  deleted_at  timestamptz(3)
);

-- The list of designs, newest change first, read page by page from (updated_at, id).
CREATE INDEX designs_by_change ON designs (updated_at DESC, id DESC) WHERE deleted_at IS NULL;

-- Element ids are words, unique in their design, and sort the same on every machine: hence COLLATE "C".
CREATE TABLE design_nodes (
  design_id  uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  id         text COLLATE "C" NOT NULL,
  kind       text NOT NULL,
  version    integer NOT NULL CHECK (version >= 1),
  label      text NOT NULL,
  settings   jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
  on_failure text NOT NULL CHECK (on_failure IN ('stop', 'skip', 'restart')),
  x          double precision,
  y          double precision,
  PRIMARY KEY (design_id, id),
  CHECK ((x IS NULL) = (y IS NULL))
);

CREATE INDEX design_nodes_by_kind ON design_nodes (kind);

-- Checked at commit, so that a transaction may pass through states that no reader ever sees.
CREATE TABLE design_connections (
  design_id  uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  id         text COLLATE "C" NOT NULL,
  from_node  text COLLATE "C" NOT NULL,
  from_port  text COLLATE "C" NOT NULL,
  from_index integer NOT NULL CHECK (from_index >= 0),
  to_node    text COLLATE "C" NOT NULL,
  to_port    text COLLATE "C" NOT NULL,
  to_index   integer NOT NULL CHECK (to_index >= 0),
  capacity   integer NOT NULL CHECK (capacity BETWEEN 0 AND 1000000),
  policy     text NOT NULL CHECK (policy IN ('block', 'drop-oldest', 'drop-newest')),
  PRIMARY KEY (design_id, id),
  CONSTRAINT design_connections_from FOREIGN KEY (design_id, from_node)
    REFERENCES design_nodes ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT design_connections_to FOREIGN KEY (design_id, to_node)
    REFERENCES design_nodes ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  -- An end of a channel has one holder.
  CONSTRAINT design_connections_from_end UNIQUE (design_id, from_node, from_port, from_index) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT design_connections_to_end UNIQUE (design_id, to_node, to_port, to_index) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE design_edits (
  design_id uuid NOT NULL REFERENCES designs,
  rev       integer NOT NULL CHECK (rev >= 1),
  tx_id     uuid NOT NULL,
  actor     text NOT NULL,
  via       text NOT NULL,
  edits     jsonb NOT NULL CHECK (jsonb_typeof(edits) = 'array'),
  inverse   jsonb NOT NULL CHECK (jsonb_typeof(inverse) = 'array'),
  at        timestamptz(3) NOT NULL,
  PRIMARY KEY (design_id, rev),
  UNIQUE (design_id, tx_id)
);

CREATE FUNCTION design_edits_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'design_edits is append only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER design_edits_are_final BEFORE UPDATE OR DELETE ON design_edits
  FOR EACH ROW EXECUTE FUNCTION design_edits_are_final();

-- A whole state of a design at one revision; a named version points at one.
CREATE TABLE design_snapshots (
  design_id uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  rev       integer NOT NULL CHECK (rev >= 1),
  body      jsonb NOT NULL,
  at        timestamptz(3) NOT NULL,
  PRIMARY KEY (design_id, rev)
);

CREATE TABLE design_versions (
  id         uuid PRIMARY KEY,
  design_id  uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  number     integer NOT NULL CHECK (number >= 1),
  rev        integer NOT NULL,
  name       text NOT NULL,
  note       text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  UNIQUE (design_id, number),
  FOREIGN KEY (design_id, rev) REFERENCES design_snapshots
);
