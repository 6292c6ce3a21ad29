-- migrate:up
CREATE TABLE rowkeeper_idempotency_keys (
  key text COLLATE "C" NOT NULL,
  request_hash bytea NOT NULL,
  method text NOT NULL,
  response bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (key)
);

CREATE INDEX rowkeeper_idempotency_keys_created_at_idx ON rowkeeper_idempotency_keys (created_at);

COMMENT ON TABLE rowkeeper_idempotency_keys IS
  'Rowkeeper: the first response to each call that came with the header idempotency-key';

-- migrate:down
DROP TABLE rowkeeper_idempotency_keys;
