-- migrate:up
-- rowkeeper:allow no-such-rule I want it
SELECT 1;
-- rowkeeper:allow ban-drop-table
SELECT 2;

-- migrate:down
SELECT 1;
