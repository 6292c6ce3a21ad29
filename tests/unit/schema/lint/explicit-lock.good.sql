-- migrate:up
LOCK TABLE todos IN ROW EXCLUSIVE MODE;

-- migrate:down
SELECT 1;
