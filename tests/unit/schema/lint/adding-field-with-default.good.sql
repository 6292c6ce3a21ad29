-- migrate:up
ALTER TABLE todos ADD COLUMN token uuid;
ALTER TABLE todos ALTER COLUMN token SET DEFAULT gen_random_uuid();
ALTER TABLE todos ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE todos ADD COLUMN status text NOT NULL DEFAULT 'OPEN';

-- migrate:down
SELECT 1;
