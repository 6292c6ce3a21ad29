-- migrate:up transaction:false
ALTER TABLE todos DROP CONSTRAINT IF EXISTS title_is_there;
ALTER TABLE todos ADD CONSTRAINT title_is_there CHECK (title IS NOT NULL) NOT VALID;
ALTER TABLE todos VALIDATE CONSTRAINT title_is_there;
ALTER TABLE todos ALTER COLUMN title SET NOT NULL;

-- migrate:down
SELECT 1;
