-- migrate:up transaction:false
DROP DATABASE planner;

-- migrate:down
SELECT 1;
