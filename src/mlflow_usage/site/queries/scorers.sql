-- Installations and calls of genai.evaluate by scorer (a call with several counts under each), predict_fn and outcome.

-- records
event_name = 'mlflow.genai.evaluate'

-- columns
scorers
predict_fn
status

-- lists
known AS (
  SELECT scorer FROM (VALUES
    ('answer_correctness'), ('answer_relevance'), ('answer_similarity'), ('chunk_relevance'), ('completeness'),
    ('context_sufficiency'), ('conversation_completeness'), ('conversational_guidelines'), ('conversational_role_adherence'),
    ('conversational_safety'), ('conversational_tool_call_efficiency'), ('correctness'), ('custom_scorer'), ('equivalence'),
    ('expectations_guidelines'), ('faithfulness'), ('fluency'), ('groundedness'), ('guideline_adherence'), ('guidelines'),
    ('knowledge_retention'), ('pii_detection'), ('regex_match'), ('relevance'), ('relevance_to_query'), ('response_length'),
    ('retrieval_groundedness'), ('retrieval_relevance'), ('retrieval_sufficiency'), ('safety'), ('summarization'),
    ('tool_call_correctness'), ('tool_call_efficiency'), ('user_frustration')
  ) AS list (scorer)
)

-- dimensions
'scorer', scorer FROM scope INNER JOIN known ON array_contains(scorers, scorer)
'predict_fn', CASE WHEN predict_fn THEN 'given' ELSE 'not given' END FROM scope WHERE predict_fn IS NOT NULL
'status', status FROM scope WHERE status IS NOT NULL
