-- migrate:up
ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (value LIKE '%@%') NOT VALID;

-- migrate:down
SELECT 1;
