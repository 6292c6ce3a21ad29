-- migrate:up
ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (value LIKE '%@%');

-- migrate:down
SELECT 1;
