-- Branches: designs that go their own way from a revision of another, until they are merged. A branch is a design like any other;
-- this says where it comes from, and in which state both were last the same.

CREATE TABLE design_branches (
  design_id  uuid PRIMARY KEY REFERENCES designs ON DELETE CASCADE,
  name       text NOT NULL,
  of_design  uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  of_rev     integer NOT NULL CHECK (of_rev >= 1),
  own_rev    integer NOT NULL CHECK (own_rev >= 1),
  -- The state from which the next merge starts: the other design at of_rev, or the branch at own_rev.
  base       text NOT NULL CHECK (base IN ('of', 'own')),
  created_at timestamptz(3) NOT NULL,
  CHECK (design_id <> of_design)
);

CREATE INDEX design_branches_by_origin ON design_branches (of_design, created_at DESC, design_id DESC);

-- A number is never given twice: a node may name it (D16).
ALTER TABLE design_versions ADD COLUMN deleted_at timestamptz(3);
