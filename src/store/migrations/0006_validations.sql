-- What was last found out about a revision of a design. The body is JSON that only this program reads: as text it may hold any character.

CREATE TABLE design_validations (
  design_id  uuid NOT NULL REFERENCES designs ON DELETE CASCADE,
  rev        integer NOT NULL CHECK (rev >= 1),
  about      text NOT NULL,
  body       text NOT NULL,
  checked_at timestamptz(3) NOT NULL,
  PRIMARY KEY (design_id, rev)
);
