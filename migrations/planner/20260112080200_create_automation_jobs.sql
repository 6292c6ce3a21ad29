-- migrate:up
CREATE TABLE automation_jobs (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  owner_id uuid NOT NULL,
  llm_id uuid,
  name varchar(120) NOT NULL,
  prompt text NOT NULL,
  state text NOT NULL DEFAULT 'ACTIVE',
  cron varchar(100),
  every interval,
  once_at timestamptz,
  next_run_at timestamptz,
  last_run_at timestamptz,
  run_count numeric(20,0) NOT NULL,
  parameters jsonb NOT NULL DEFAULT '{}',
  last_result jsonb NOT NULL DEFAULT 'null',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT pk_automation_jobs PRIMARY KEY (id),
  CONSTRAINT ck_automation_jobs_state CHECK (state IN ('ACTIVE', 'PAUSED', 'FAILED')),
  CONSTRAINT ck_automation_jobs_run_count CHECK (run_count BETWEEN 0 AND 18446744073709551615),
  CONSTRAINT ck_automation_jobs_schedule CHECK (num_nonnulls(cron, every, once_at) <= 1),
  CONSTRAINT fk_automation_jobs_owner_id_profiles FOREIGN KEY (owner_id)
    REFERENCES profiles (id) ON DELETE CASCADE,
  CONSTRAINT fk_automation_jobs_llm_id_llms FOREIGN KEY (llm_id) REFERENCES llms (id) ON DELETE SET NULL
);

CREATE UNIQUE INDEX uq_automation_jobs_owner_id_name ON automation_jobs (owner_id, name)
  WHERE deleted_at IS NULL;
CREATE INDEX ix_automation_jobs_state_next_run_at ON automation_jobs (state, next_run_at)
  WHERE deleted_at IS NULL;
CREATE INDEX ix_automation_jobs_llm_id ON automation_jobs (llm_id) WHERE deleted_at IS NULL;

COMMENT ON COLUMN automation_jobs.id IS 'proto:1';
COMMENT ON COLUMN automation_jobs.owner_id IS 'proto:2';
COMMENT ON COLUMN automation_jobs.llm_id IS 'proto:3';
COMMENT ON COLUMN automation_jobs.name IS 'proto:4';
COMMENT ON COLUMN automation_jobs.prompt IS 'proto:5';
COMMENT ON COLUMN automation_jobs.state IS 'proto:6';
COMMENT ON COLUMN automation_jobs.cron IS 'proto:7';
COMMENT ON COLUMN automation_jobs.every IS 'proto:8';
COMMENT ON COLUMN automation_jobs.once_at IS 'proto:9';
COMMENT ON COLUMN automation_jobs.next_run_at IS 'proto:10';
COMMENT ON COLUMN automation_jobs.last_run_at IS 'proto:11';
COMMENT ON COLUMN automation_jobs.run_count IS 'proto:12';
COMMENT ON COLUMN automation_jobs.parameters IS 'proto:13';
COMMENT ON COLUMN automation_jobs.last_result IS 'proto:14';
COMMENT ON COLUMN automation_jobs.created_at IS 'proto:20';
COMMENT ON COLUMN automation_jobs.updated_at IS 'proto:21';
COMMENT ON COLUMN automation_jobs.deleted_at IS 'proto:22';
COMMENT ON COLUMN automation_jobs.version IS 'proto:23';

-- migrate:down
DROP TABLE automation_jobs;
