-- migrate:up
ALTER TABLE todos ADD COLUMN a_name_that_goes_on_and_on_until_it_is_longer_than_postgresql_keeps text;

-- migrate:down
SELECT 1;
