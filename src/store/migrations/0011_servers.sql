-- S83: the servers that live, each until a moment of this database's clock that it puts off again and again. `host` of a session is the id of
-- its server; one that is not here, as of sessions from before there was this table, lives no more.

CREATE TABLE servers (
  id          text PRIMARY KEY,
  alive_until timestamptz(3) NOT NULL
);
