-- migrate:up
-- rowkeeper:allow ban-drop-column nothing reads it since March
ALTER TABLE todos DROP COLUMN notes;

-- migrate:down
SELECT 1;
