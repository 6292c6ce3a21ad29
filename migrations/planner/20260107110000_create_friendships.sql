-- migrate:up
CREATE TABLE friendships (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  requester_id uuid NOT NULL,
  addressee_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'PENDING',
  accepted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pk_friendships PRIMARY KEY (id),
  CONSTRAINT uq_friendships_requester_id_addressee_id UNIQUE (requester_id, addressee_id),
  CONSTRAINT ck_friendships_status CHECK (status IN ('PENDING', 'ACCEPTED', 'BLOCKED')),
  CONSTRAINT fk_friendships_requester_id_profiles FOREIGN KEY (requester_id)
    REFERENCES profiles (id) ON DELETE CASCADE,
  CONSTRAINT fk_friendships_addressee_id_profiles FOREIGN KEY (addressee_id)
    REFERENCES profiles (id) ON DELETE CASCADE
);

CREATE INDEX ix_friendships_addressee_id ON friendships (addressee_id);

COMMENT ON COLUMN friendships.id IS 'proto:1';
COMMENT ON COLUMN friendships.requester_id IS 'proto:2';
COMMENT ON COLUMN friendships.addressee_id IS 'proto:3';
COMMENT ON COLUMN friendships.status IS 'proto:4';
COMMENT ON COLUMN friendships.accepted_at IS 'proto:5';
COMMENT ON COLUMN friendships.created_at IS 'proto:20';
COMMENT ON COLUMN friendships.updated_at IS 'proto:21';

-- migrate:down
DROP TABLE friendships;
