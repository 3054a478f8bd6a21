-- What was answered to a request that carried an Idempotency-Key, until it expires.

CREATE TABLE idempotency_keys (
  actor       text NOT NULL,
  key         text NOT NULL,
  fingerprint text NOT NULL,
  claim       uuid NOT NULL,
  claimed_at  timestamptz(3) NOT NULL,
  expires_at  timestamptz(3) NOT NULL,
  answer      jsonb,
  PRIMARY KEY (actor, key)
);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
