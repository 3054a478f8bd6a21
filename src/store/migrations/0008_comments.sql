-- What people say about a design, in threads. Beside the log: comments are no edits and have no revision of the design.

CREATE TABLE comment_threads (
  id          uuid PRIMARY KEY,
  design_id   uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  rev         integer NOT NULL CHECK (rev >= 1),
  about       text NOT NULL CHECK (about IN ('node', 'connection', 'point', 'region')),
  -- Of a node or connection; no foreign key, for the thread outlives what it is about.
  element     text COLLATE "C",
  -- Of a point or region; of an orphan, where what it was about last was.
  x           double precision,
  y           double precision,
  width       double precision,
  height      double precision,
  orphaned    boolean NOT NULL,
  state       text NOT NULL CHECK (state IN ('open', 'resolved')),
  resolved_by text,
  created_at  timestamptz(3) NOT NULL,
  changed_at  timestamptz(3) NOT NULL,
  CHECK ((element IS NOT NULL) = (about IN ('node', 'connection'))),
  CHECK ((x IS NULL) = (y IS NULL)),
  CHECK ((x IS NOT NULL) = (about IN ('point', 'region')) OR orphaned),
  CHECK ((width IS NOT NULL) = (about = 'region') AND (height IS NOT NULL) = (about = 'region')),
  CHECK (element IS NOT NULL OR NOT orphaned),
  CHECK ((resolved_by IS NOT NULL) = (state = 'resolved'))
);

-- The threads of a design, newest first (ids grow with time), and those of one element.
CREATE INDEX comment_threads_by_design ON comment_threads (design_id, id DESC);
CREATE INDEX comment_threads_by_element ON comment_threads (design_id, about, element, id DESC) WHERE element IS NOT NULL;

CREATE TABLE comments (
  id        uuid PRIMARY KEY,
  thread_id uuid NOT NULL REFERENCES comment_threads ON DELETE CASCADE,
  actor     text NOT NULL,
  body      text NOT NULL,
  at        timestamptz(3) NOT NULL,
  edited_at timestamptz(3)
);

CREATE INDEX comments_by_thread ON comments (thread_id, at, id);
