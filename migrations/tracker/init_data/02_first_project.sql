-- A project to start with: its board has the usual three columns.
INSERT INTO project (id, name, slug, owner_id) VALUES
  ('7a2d3e4f-0000-4000-8000-000000000011', 'Getting started', 'getting-started', '7a2d3e4f-0000-4000-8000-000000000001')
ON CONFLICT DO NOTHING;

INSERT INTO project_user (project_id, user_id, allocation) VALUES
  ('7a2d3e4f-0000-4000-8000-000000000011', '7a2d3e4f-0000-4000-8000-000000000001', 0.5),
  ('7a2d3e4f-0000-4000-8000-000000000011', '7a2d3e4f-0000-4000-8000-000000000002', 1)
ON CONFLICT DO NOTHING;

INSERT INTO task_board (id, project_id, name, is_default) VALUES
  ('7a2d3e4f-0000-4000-8000-000000000021', '7a2d3e4f-0000-4000-8000-000000000011', 'Default', true)
ON CONFLICT DO NOTHING;

INSERT INTO board_column (id, board_id, name, position) VALUES
  ('7a2d3e4f-0000-4000-8000-000000000031', '7a2d3e4f-0000-4000-8000-000000000021', 'To Do', 0),
  ('7a2d3e4f-0000-4000-8000-000000000032', '7a2d3e4f-0000-4000-8000-000000000021', 'In Progress', 1),
  ('7a2d3e4f-0000-4000-8000-000000000033', '7a2d3e4f-0000-4000-8000-000000000021', 'Done', 2)
ON CONFLICT DO NOTHING;
