INSERT INTO llms (id, factory_id, name, context_window, max_output_tokens, temperature, input_price, output_price,
                  modalities, knowledge_date) VALUES
  ('6f1c1d2e-0000-4000-8000-000000000011', '6f1c1d2e-0000-4000-8000-000000000001', 'small', 32768, 4096, 0.2,
   '0', '0', ARRAY['text'], '2025-06-01'),
  ('6f1c1d2e-0000-4000-8000-000000000012', '6f1c1d2e-0000-4000-8000-000000000002', 'large', 200000, NULL, NULL,
   '2.500000', '10.000000', ARRAY['text', 'image'], NULL)
ON CONFLICT DO NOTHING;
