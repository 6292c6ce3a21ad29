-- migrate:up
ALTER TABLE todos ADD COLUMN "a_name_that_goes_on_and_on_until_it_is_as_long_as_postgres_keep" text;

-- migrate:down
SELECT 1;
