-- What a commit that adds, connects and deletes needs to be one statement, all parts of which see the same rows.

-- A connection never goes by itself. It did, with a node, at the end of the statement that deleted the node: also one that the same statement
-- had written, which then was in the log and not here. Now that is refused.
ALTER TABLE design_connections
  DROP CONSTRAINT design_connections_from,
  DROP CONSTRAINT design_connections_to,
  ADD CONSTRAINT design_connections_from FOREIGN KEY (design_id, from_node)
    REFERENCES design_nodes DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT design_connections_to FOREIGN KEY (design_id, to_node)
    REFERENCES design_nodes DEFERRABLE INITIALLY DEFERRED;

-- M8, M9: has the threads of a design follow a commit: those about what it took away are orphans at the place that had last, those about what
-- is there again belong to it. Called by the statement that writes the commit, with the design locked. A function, for each statement in it
-- sees what was committed until then: a thread that was opened after the commit's own statement began, and before it had the lock, is found.
-- Who is not patient waits for nobody who holds a thread: lock_not_available.

CREATE FUNCTION follow_anchors(of_design uuid, changes jsonb, moment timestamptz, patient boolean) RETURNS void
  LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT patient THEN
    PERFORM 1 FROM comment_threads t
      JOIN jsonb_to_recordset(changes) AS e (about text, element text) ON t.about = e.about AND t.element = e.element
      WHERE t.design_id = of_design
      FOR UPDATE OF t NOWAIT;
  END IF;
  UPDATE comment_threads AS t
    SET orphaned = e.orphaned, x = e.x, y = e.y, rev = t.rev + 1, changed_at = moment
    FROM jsonb_to_recordset(changes) AS e (about text, element text, orphaned boolean, x double precision, y double precision)
    WHERE t.design_id = of_design AND t.about = e.about AND t.element = e.element
      AND (t.orphaned, t.x, t.y) IS DISTINCT FROM (e.orphaned, e.x, e.y);
END $$;
