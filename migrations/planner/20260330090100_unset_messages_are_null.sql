-- A message that was left out is no empty message: Profile.preferences and ScheduleItem.recurrence.

-- migrate:up
ALTER TABLE profiles ALTER COLUMN preferences SET DEFAULT 'null';
ALTER TABLE schedule_items ALTER COLUMN recurrence SET DEFAULT 'null';

-- migrate:down
ALTER TABLE schedule_items ALTER COLUMN recurrence SET DEFAULT '{}';
ALTER TABLE profiles ALTER COLUMN preferences SET DEFAULT '{}';
