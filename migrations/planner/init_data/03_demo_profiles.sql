-- Two people to try the services with.
INSERT INTO profiles (id, email, handle, display_name, timezone) VALUES
  ('6f1c1d2e-0000-4000-8000-000000000101', 'ada@example.com', 'ada', 'Ada', 'Europe/London'),
  ('6f1c1d2e-0000-4000-8000-000000000102', 'grace@example.com', 'grace', 'Grace', 'America/New_York')
ON CONFLICT DO NOTHING;

INSERT INTO friendships (id, requester_id, addressee_id, status, accepted_at) VALUES
  ('6f1c1d2e-0000-4000-8000-000000000201', '6f1c1d2e-0000-4000-8000-000000000101',
   '6f1c1d2e-0000-4000-8000-000000000102', 'ACCEPTED', '2026-01-05 09:00:00+00')
ON CONFLICT DO NOTHING;
