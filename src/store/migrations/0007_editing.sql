-- Editing together: groups and sizes on the canvas, the revision in which each element last changed, and what the log must say
-- so that a transaction sent again is answered as the first time.

CREATE TABLE design_groups (
  design_id uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  id        text COLLATE "C" NOT NULL,
  title     text NOT NULL,
  colour    text,
  parent    text COLLATE "C",
  rev       integer NOT NULL CHECK (rev >= 1),
  PRIMARY KEY (design_id, id),
  CONSTRAINT design_groups_parent FOREIGN KEY (design_id, parent)
    REFERENCES design_groups DEFERRABLE INITIALLY DEFERRED
);

ALTER TABLE design_nodes
  ADD COLUMN width double precision,
  ADD COLUMN height double precision,
  ADD COLUMN group_id text COLLATE "C",
  ADD COLUMN rev integer CHECK (rev >= 1),
  ADD CHECK ((width IS NULL) = (height IS NULL)),
  ADD CONSTRAINT design_nodes_group FOREIGN KEY (design_id, group_id)
    REFERENCES design_groups DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE design_connections ADD COLUMN rev integer CHECK (rev >= 1);

-- Of what was there before it is not known when it last changed: at the latest in the present revision.
UPDATE design_nodes SET rev = (SELECT d.rev FROM designs d WHERE d.id = design_id);
UPDATE design_connections SET rev = (SELECT d.rev FROM designs d WHERE d.id = design_id);
-- A table with checks of foreign keys outstanding cannot be altered.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE design_nodes ALTER COLUMN rev SET NOT NULL;
ALTER TABLE design_connections ALTER COLUMN rev SET NOT NULL;

-- Members of a group, when the group goes.
CREATE INDEX design_nodes_by_group ON design_nodes (design_id, group_id) WHERE group_id IS NOT NULL;
CREATE INDEX design_groups_by_parent ON design_groups (design_id, parent) WHERE parent IS NOT NULL;

-- asked and left_out only where what was done is not what was asked.
ALTER TABLE design_edits
  ADD COLUMN label text,
  ADD COLUMN undo_of uuid,
  ADD COLUMN base_rev integer CHECK (base_rev >= 1),
  ADD COLUMN outcome text NOT NULL DEFAULT 'applied' CHECK (outcome IN ('applied', 'rebased', 'partial')),
  ADD COLUMN asked jsonb,
  ADD COLUMN left_out jsonb;
ALTER TABLE design_edits ALTER COLUMN outcome DROP DEFAULT;

-- Who took a transaction back.
CREATE INDEX design_edits_by_undo ON design_edits (design_id, undo_of) WHERE undo_of IS NOT NULL;
