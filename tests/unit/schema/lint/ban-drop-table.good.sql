-- migrate:up
CREATE TABLE copies (id bigint);
DROP TABLE copies;

-- migrate:down
SELECT 1;
