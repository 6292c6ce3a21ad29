INSERT INTO "user" (id, email, display_name, role, status, avatar) VALUES
  ('7a2d3e4f-0000-4000-8000-000000000001', 'admin@example.com', 'Admin', 'ADMIN', 'ACTIVE', ''),
  ('7a2d3e4f-0000-4000-8000-000000000002', 'member@example.com', 'Member', 'MEMBER', 'ACTIVE', '')
ON CONFLICT DO NOTHING;
