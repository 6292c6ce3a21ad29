-- migrate:up
LOCK TABLE todos IN SHARE ROW EXCLUSIVE MODE;

-- migrate:down
SELECT 1;
