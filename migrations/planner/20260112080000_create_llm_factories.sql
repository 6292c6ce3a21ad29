-- migrate:up
CREATE TABLE llm_factories (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name varchar(100) NOT NULL,
  base_url text NOT NULL,
  credential_name text,
  is_streaming boolean,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT pk_llm_factories PRIMARY KEY (id),
  CONSTRAINT uq_llm_factories_name UNIQUE (name)
);

COMMENT ON COLUMN llm_factories.id IS 'proto:1';
COMMENT ON COLUMN llm_factories.name IS 'proto:2';
COMMENT ON COLUMN llm_factories.base_url IS 'proto:3';
COMMENT ON COLUMN llm_factories.credential_name IS 'proto:4';
COMMENT ON COLUMN llm_factories.is_streaming IS 'proto:5';
COMMENT ON COLUMN llm_factories.is_active IS 'proto:6';
COMMENT ON COLUMN llm_factories.created_at IS 'proto:20';
COMMENT ON COLUMN llm_factories.updated_at IS 'proto:21';
COMMENT ON COLUMN llm_factories.version IS 'proto:23';

-- migrate:down
DROP TABLE llm_factories;
