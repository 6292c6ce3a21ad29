-- migrate:up
ALTER TABLE "user" ADD COLUMN preferences jsonb;
COMMENT ON COLUMN "user".preferences IS 'proto:9';

-- migrate:down
ALTER TABLE "user" DROP COLUMN preferences;
