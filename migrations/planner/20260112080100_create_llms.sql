-- migrate:up
CREATE TABLE llms (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  factory_id uuid NOT NULL,
  name varchar(100) NOT NULL,
  context_window bigint NOT NULL,
  max_output_tokens integer,
  temperature real,
  input_price numeric(12,6) NOT NULL,
  output_price numeric(12,6) NOT NULL,
  modalities text[] NOT NULL DEFAULT '{}',
  scores double precision[] NOT NULL DEFAULT '{}',
  knowledge_date date,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT pk_llms PRIMARY KEY (id),
  CONSTRAINT uq_llms_factory_id_name UNIQUE (factory_id, name),
  CONSTRAINT ck_llms_context_window CHECK (context_window BETWEEN 0 AND 4294967295),
  CONSTRAINT fk_llms_factory_id_llm_factories FOREIGN KEY (factory_id)
    REFERENCES llm_factories (id) ON DELETE CASCADE
);

COMMENT ON COLUMN llms.id IS 'proto:1';
COMMENT ON COLUMN llms.factory_id IS 'proto:2';
COMMENT ON COLUMN llms.name IS 'proto:3';
COMMENT ON COLUMN llms.context_window IS 'proto:4';
COMMENT ON COLUMN llms.max_output_tokens IS 'proto:5';
COMMENT ON COLUMN llms.temperature IS 'proto:6';
COMMENT ON COLUMN llms.input_price IS 'proto:7';
COMMENT ON COLUMN llms.output_price IS 'proto:8';
COMMENT ON COLUMN llms.modalities IS 'proto:9';
COMMENT ON COLUMN llms.scores IS 'proto:10';
COMMENT ON COLUMN llms.knowledge_date IS 'proto:11';
COMMENT ON COLUMN llms.created_at IS 'proto:20';
COMMENT ON COLUMN llms.updated_at IS 'proto:21';
COMMENT ON COLUMN llms.version IS 'proto:23';

-- migrate:down
DROP TABLE llms;
