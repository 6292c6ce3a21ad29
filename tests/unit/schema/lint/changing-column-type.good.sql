-- migrate:up
CREATE TABLE todos (id bigint, title varchar(20));
ALTER TABLE todos ALTER COLUMN title TYPE text;

-- migrate:down
SELECT 1;
