"""The table's columns, constraints and statistics, as literals.

Generated from the catalogue by `make docs` (`catalogue/build/warehouse_schema.py`, which also states the naming rule); do not edit.
"""

from __future__ import annotations

from typing import Final

REVISION: Final = 1
# Name, Delta type, whether the schema itself lets it be null, and the comment: the attribute's id, if it is one.
COLUMNS: Final[tuple[tuple[str, str, bool, str], ...]] = (
    ("event_name", "string", False, "EventName of the log record"),
    ("event_hour", "timestamp", True, "the client's time cut to the hour, UTC; null where it is implausible"),
    ("event_day", "date", True, "the day of event_hour"),
    ("received_day", "date", False, "the day of received_time: partition, retention key and dedupe window"),
    ("received_time", "timestamp", False, "the Collector's time of receipt, cut to the second, UTC"),
    ("bucket", "string", False, "first two digits of installation_id: the order of rows in a file"),
    ("installation_id", "string", True, "app.installation.id"),
    ("host_arch", "string", True, "host.arch"),
    ("catalogue", "long", True, "mlflow.usage.catalogue"),
    ("os_type", "string", True, "os.type"),
    ("os_version", "string", True, "os.version"),
    ("process_runtime_name", "string", True, "process.runtime.name"),
    ("process_runtime_version", "string", True, "process.runtime.version"),
    ("service_name", "string", True, "service.name"),
    ("service_version", "string", True, "service.version"),
    ("session_id", "string", True, "session.id"),
    ("telemetry_distro_name", "string", True, "telemetry.distro.name"),
    ("telemetry_distro_version", "string", True, "telemetry.distro.version"),
    ("telemetry_sdk_language", "string", True, "telemetry.sdk.language"),
    ("telemetry_sdk_name", "string", True, "telemetry.sdk.name"),
    ("telemetry_sdk_version", "string", True, "telemetry.sdk.version"),
    ("uid", "string", True, "log.record.uid"),
    ("code_paths", "boolean", True, "mlflow.usage.code_paths"),
    ("count", "long", True, "mlflow.usage.count"),
    ("disable", "boolean", True, "mlflow.usage.disable"),
    ("extra_pip_requirements", "boolean", True, "mlflow.usage.extra_pip_requirements"),
    ("flavor", "string", True, "mlflow.usage.flavor"),
    ("log_models", "boolean", True, "mlflow.usage.log_models"),
    ("log_traces", "boolean", True, "mlflow.usage.log_traces"),
    ("metadata", "boolean", True, "mlflow.usage.metadata"),
    ("model_type", "string", True, "mlflow.usage.model_type"),
    ("params", "boolean", True, "mlflow.usage.params"),
    ("pip_requirements", "boolean", True, "mlflow.usage.pip_requirements"),
    ("predict_fn", "boolean", True, "mlflow.usage.predict_fn"),
    ("reason", "string", True, "mlflow.usage.reason"),
    ("scorers", "array<string>", True, "mlflow.usage.scorers"),
    ("secret", "string", True, "mlflow.usage.secret"),
    ("status", "string", True, "mlflow.usage.status"),
    ("store", "string", True, "mlflow.usage.store"),
)
# Attribute id -> column.
RESOURCE: Final[dict[str, str]] = {
    "app.installation.id": "installation_id",
    "host.arch": "host_arch",
    "mlflow.usage.catalogue": "catalogue",
    "os.type": "os_type",
    "os.version": "os_version",
    "process.runtime.name": "process_runtime_name",
    "process.runtime.version": "process_runtime_version",
    "service.name": "service_name",
    "service.version": "service_version",
    "session.id": "session_id",
    "telemetry.distro.name": "telemetry_distro_name",
    "telemetry.distro.version": "telemetry_distro_version",
    "telemetry.sdk.language": "telemetry_sdk_language",
    "telemetry.sdk.name": "telemetry_sdk_name",
    "telemetry.sdk.version": "telemetry_sdk_version",
}
ATTRIBUTES: Final[dict[str, str]] = {
    "log.record.uid": "uid",
    "mlflow.usage.code_paths": "code_paths",
    "mlflow.usage.count": "count",
    "mlflow.usage.disable": "disable",
    "mlflow.usage.extra_pip_requirements": "extra_pip_requirements",
    "mlflow.usage.flavor": "flavor",
    "mlflow.usage.log_models": "log_models",
    "mlflow.usage.log_traces": "log_traces",
    "mlflow.usage.metadata": "metadata",
    "mlflow.usage.model_type": "model_type",
    "mlflow.usage.params": "params",
    "mlflow.usage.pip_requirements": "pip_requirements",
    "mlflow.usage.predict_fn": "predict_fn",
    "mlflow.usage.reason": "reason",
    "mlflow.usage.scorers": "scorers",
    "mlflow.usage.secret": "secret",
    "mlflow.usage.status": "status",
    "mlflow.usage.store": "store",
}
# Columns with minima and maxima in the log: what queries prune by, and nothing that names an installation or a session.
STATISTICS: Final[tuple[str, ...]] = (
    "event_name",
    "event_hour",
    "event_day",
    "received_time",
    "bucket",
)
# A constraint's name ends in the digest of its text, so that a changed rule is a new constraint.
CONSTRAINTS: Final[dict[str, str]] = {
    "event_name_6e45aabd": (
        "event_name IN ('mlflow.add_to_model', 'mlflow.add_trace', 'mlflow.artifacts.download_artifacts', "
        "'mlflow.artifacts.list_artifacts', 'mlflow.artifacts.load_dict', 'mlflow.artifacts.load_image', 'mlflow.artifacts.load_text', "
        "'mlflow.autolog', 'mlflow.build_model_env', 'mlflow.cli.agent.setup', 'mlflow.cli.ai_commands.get', "
        "'mlflow.cli.ai_commands.list', 'mlflow.cli.ai_commands.run', 'mlflow.cli.artifacts.download', 'mlflow.cli.artifacts.list', "
        "'mlflow.cli.artifacts.log_artifact', 'mlflow.cli.artifacts.log_artifacts', 'mlflow.cli.assistant', 'mlflow.cli.autolog.claude', "
        "'mlflow.cli.crypto.rotate_kek', 'mlflow.cli.datasets.list', 'mlflow.cli.db.delete_trace_rollups', "
        "'mlflow.cli.db.migrate_to_default_workspace', 'mlflow.cli.db.move_resources', 'mlflow.cli.db.prepopulate_trace_analytics', "
        "'mlflow.cli.db.upgrade', 'mlflow.cli.demo', 'mlflow.cli.deployments.create', 'mlflow.cli.deployments.create_endpoint', "
        "'mlflow.cli.deployments.delete', 'mlflow.cli.deployments.delete_endpoint', 'mlflow.cli.deployments.explain', "
        "'mlflow.cli.deployments.get', 'mlflow.cli.deployments.get_endpoint', 'mlflow.cli.deployments.help', "
        "'mlflow.cli.deployments.list', 'mlflow.cli.deployments.list_endpoints', 'mlflow.cli.deployments.predict', "
        "'mlflow.cli.deployments.run_local', 'mlflow.cli.deployments.start_server', 'mlflow.cli.deployments.update', "
        "'mlflow.cli.deployments.update_endpoint', 'mlflow.cli.doctor', 'mlflow.cli.experiments.create', 'mlflow.cli.experiments.csv', "
        "'mlflow.cli.experiments.delete', 'mlflow.cli.experiments.get', 'mlflow.cli.experiments.rename', 'mlflow.cli.experiments.restore', "
        "'mlflow.cli.experiments.search', 'mlflow.cli.experiments.update', 'mlflow.cli.gateway.start', 'mlflow.cli.gc', "
        "'mlflow.cli.mcp.run', 'mlflow.cli.migrate_filestore', 'mlflow.cli.models.build_docker', 'mlflow.cli.models.generate_dockerfile', "
        "'mlflow.cli.models.predict', 'mlflow.cli.models.prepare_env', 'mlflow.cli.models.serve', "
        "'mlflow.cli.models.update_pip_requirements', 'mlflow.cli.recipes.clean', 'mlflow.cli.recipes.get_artifact', "
        "'mlflow.cli.recipes.inspect', 'mlflow.cli.recipes.run', 'mlflow.cli.run', 'mlflow.cli.runs.create', 'mlflow.cli.runs.delete', "
        "'mlflow.cli.runs.describe', 'mlflow.cli.runs.link_traces', 'mlflow.cli.runs.list', 'mlflow.cli.runs.restore', "
        "'mlflow.cli.sagemaker.build_and_push_container', 'mlflow.cli.sagemaker.deploy_transform_job', 'mlflow.cli.sagemaker.push_model', "
        "'mlflow.cli.sagemaker.terminate_transform_job', 'mlflow.cli.scorers.list', 'mlflow.cli.scorers.register_llm_judge', "
        "'mlflow.cli.server', 'mlflow.cli.skills.delete_alias', 'mlflow.cli.skills.delete_tag', 'mlflow.cli.skills.delete_version', "
        "'mlflow.cli.skills.delete_version_tag', 'mlflow.cli.skills.get', 'mlflow.cli.skills.get_version', 'mlflow.cli.skills.import', "
        "'mlflow.cli.skills.list', 'mlflow.cli.skills.pull', 'mlflow.cli.skills.register', 'mlflow.cli.skills.register.git', "
        "'mlflow.cli.skills.register.oci', 'mlflow.cli.skills.register.zip', 'mlflow.cli.skills.search', "
        "'mlflow.cli.skills.search_versions', 'mlflow.cli.skills.set_alias', 'mlflow.cli.skills.set_tag', "
        "'mlflow.cli.skills.set_version_tag', 'mlflow.cli.skills.update', 'mlflow.cli.skills.update_version', 'mlflow.cli.skills.view', "
        "'mlflow.cli.traces.delete', 'mlflow.cli.traces.delete_assessment', 'mlflow.cli.traces.delete_tag', 'mlflow.cli.traces.evaluate', "
        "'mlflow.cli.traces.get', 'mlflow.cli.traces.get_assessment', 'mlflow.cli.traces.log_expectation', "
        "'mlflow.cli.traces.log_feedback', 'mlflow.cli.traces.search', 'mlflow.cli.traces.set_tag', 'mlflow.cli.traces.update_assessment', "
        "'mlflow.client.bulk_register_skills', 'mlflow.client.copy_model_version', 'mlflow.client.create_logged_model', "
        "'mlflow.client.create_mcp_server', 'mlflow.client.create_mcp_server_version', 'mlflow.client.create_model_version', "
        "'mlflow.client.create_prompt', 'mlflow.client.create_prompt_version', 'mlflow.client.create_registered_model', "
        "'mlflow.client.create_run', 'mlflow.client.create_skill', 'mlflow.client.create_skill_version', 'mlflow.client.create_webhook', "
        "'mlflow.client.delete_logged_model', 'mlflow.client.delete_model_version', 'mlflow.client.delete_model_version_tag', "
        "'mlflow.client.delete_prompt_version', 'mlflow.client.delete_registered_model', 'mlflow.client.delete_registered_model_alias', "
        "'mlflow.client.delete_registered_model_tag', 'mlflow.client.delete_skill', 'mlflow.client.delete_skill_alias', "
        "'mlflow.client.delete_skill_tag', 'mlflow.client.delete_skill_version', 'mlflow.client.delete_skill_version_tag', "
        "'mlflow.client.delete_traces', 'mlflow.client.delete_webhook', 'mlflow.client.detach_prompt_from_run', 'mlflow.client.end_span', "
        "'mlflow.client.end_trace', 'mlflow.client.get_latest_skill_version', 'mlflow.client.get_latest_versions', "
        "'mlflow.client.get_metric_history', 'mlflow.client.get_model_version', 'mlflow.client.get_model_version_by_alias', "
        "'mlflow.client.get_model_version_stages', 'mlflow.client.get_prompt', 'mlflow.client.get_prompt_version', "
        "'mlflow.client.get_prompt_version_by_alias', 'mlflow.client.get_registered_model', 'mlflow.client.get_skill', "
        "'mlflow.client.get_skill_version', 'mlflow.client.get_skill_version_by_alias', 'mlflow.client.get_webhook', "
        "'mlflow.client.link_prompt_version_to_model', 'mlflow.client.link_prompt_version_to_run', "
        "'mlflow.client.link_prompt_versions_to_trace', 'mlflow.client.link_traces_to_run', 'mlflow.client.list_logged_model_artifacts', "
        "'mlflow.client.list_logged_prompts', 'mlflow.client.list_webhooks', 'mlflow.client.log_batch', "
        "'mlflow.client.log_model_artifact', 'mlflow.client.log_model_artifacts', 'mlflow.client.log_prompt', "
        "'mlflow.client.parse_prompt_uri', 'mlflow.client.rename_experiment', 'mlflow.client.rename_registered_model', "
        "'mlflow.client.search_prompt_versions', 'mlflow.client.search_skill_versions', 'mlflow.client.set_registered_model_alias', "
        "'mlflow.client.set_registered_model_tag', 'mlflow.client.set_skill_alias', 'mlflow.client.set_skill_tag', "
        "'mlflow.client.set_skill_version_tag', 'mlflow.client.set_terminated', 'mlflow.client.start_trace', 'mlflow.client.test_webhook', "
        "'mlflow.client.transition_model_version_stage', 'mlflow.client.unlink_traces_from_run', 'mlflow.client.update_model_version', "
        "'mlflow.client.update_registered_model', 'mlflow.client.update_run', 'mlflow.client.update_skill', "
        "'mlflow.client.update_skill_version', 'mlflow.client.update_webhook', 'mlflow.config.enable_async_logging', 'mlflow.context', "
        "'mlflow.create_experiment', 'mlflow.create_external_model', 'mlflow.create_workspace', 'mlflow.data.from_huggingface', "
        "'mlflow.data.from_numpy', 'mlflow.data.from_pandas', 'mlflow.data.from_polars', 'mlflow.data.from_spark', "
        "'mlflow.data.from_tensorflow', 'mlflow.data.get_source', 'mlflow.data.load_delta', 'mlflow.data.register_constructor', "
        "'mlflow.delete_assessment', 'mlflow.delete_expectation', 'mlflow.delete_experiment', 'mlflow.delete_experiment_tag', "
        "'mlflow.delete_feedback', 'mlflow.delete_logged_model_tag', 'mlflow.delete_prompt', 'mlflow.delete_prompt_alias', "
        "'mlflow.delete_run', 'mlflow.delete_tag', 'mlflow.delete_trace_tag', 'mlflow.delete_workspace', 'mlflow.demo.generate_all_demos', "
        "'mlflow.deployments.get_deploy_client', 'mlflow.deployments.run_local', 'mlflow.disable_system_metrics_logging', 'mlflow.doctor', "
        "'mlflow.enable_system_metrics_logging', 'mlflow.end_run', 'mlflow.evaluate', 'mlflow.evaluation.log_evaluations', "
        "'mlflow.finalize_logged_model', 'mlflow.flush_artifact_async_logging', 'mlflow.flush_async_logging', "
        "'mlflow.flush_trace_async_logging', 'mlflow.gateway.create_route', 'mlflow.gateway.delete_route', 'mlflow.gateway.get_limits', "
        "'mlflow.gateway.get_route', 'mlflow.gateway.query', 'mlflow.gateway.search_routes', 'mlflow.gateway.set_limits', "
        "'mlflow.genai.agent_server.get_invoke_function', 'mlflow.genai.agent_server.get_request_headers', "
        "'mlflow.genai.agent_server.get_stream_function', 'mlflow.genai.agent_server.invoke', "
        "'mlflow.genai.agent_server.set_request_headers', 'mlflow.genai.agent_server.setup_mlflow_git_based_version_tracking', "
        "'mlflow.genai.agent_server.stream', 'mlflow.genai.compare_evaluations', 'mlflow.genai.create_dataset', "
        "'mlflow.genai.create_issue', 'mlflow.genai.create_labeling_session', 'mlflow.genai.create_mcp_access_endpoint', "
        "'mlflow.genai.databricks.review_queues.add_review_queue_items', 'mlflow.genai.databricks.review_queues.add_review_queue_member', "
        "'mlflow.genai.databricks.review_queues.create_review_question', 'mlflow.genai.databricks.review_queues.create_review_queue', "
        "'mlflow.genai.databricks.review_queues.delete_review_question', 'mlflow.genai.databricks.review_queues.delete_review_queue', "
        "'mlflow.genai.databricks.review_queues.get_review_question', 'mlflow.genai.databricks.review_queues.get_review_queue', "
        "'mlflow.genai.databricks.review_queues.list_review_questions', 'mlflow.genai.databricks.review_queues.list_review_queue_items', "
        "'mlflow.genai.databricks.review_queues.list_review_queue_members', 'mlflow.genai.databricks.review_queues.list_review_queues', "
        "'mlflow.genai.databricks.review_queues.remove_review_queue_items', "
        "'mlflow.genai.databricks.review_queues.remove_review_queue_member', "
        "'mlflow.genai.databricks.review_queues.resolve_effective_review_questions', "
        "'mlflow.genai.databricks.review_queues.set_review_queue_item_status', "
        "'mlflow.genai.databricks.review_queues.update_review_question', 'mlflow.genai.databricks.review_queues.update_review_queue', "
        "'mlflow.genai.datasets.add_dataset_to_experiments', 'mlflow.genai.datasets.remove_dataset_from_experiments', "
        "'mlflow.genai.delete_dataset', 'mlflow.genai.delete_dataset_tag', 'mlflow.genai.delete_labeling_session', "
        "'mlflow.genai.delete_mcp_access_endpoint', 'mlflow.genai.delete_mcp_server', 'mlflow.genai.delete_mcp_server_alias', "
        "'mlflow.genai.delete_mcp_server_tag', 'mlflow.genai.delete_mcp_server_version', 'mlflow.genai.delete_mcp_server_version_tag', "
        "'mlflow.genai.delete_prompt_alias', 'mlflow.genai.delete_prompt_model_config', 'mlflow.genai.delete_prompt_tag', "
        "'mlflow.genai.delete_prompt_version_tag', 'mlflow.genai.delete_scorer', 'mlflow.genai.disable_git_model_versioning', "
        "'mlflow.genai.enable_git_model_versioning', 'mlflow.genai.evaluate', 'mlflow.genai.get_dataset', 'mlflow.genai.get_issue', "
        "'mlflow.genai.get_labeling_session', 'mlflow.genai.get_labeling_sessions', 'mlflow.genai.get_latest_mcp_server_version', "
        "'mlflow.genai.get_mcp_access_endpoint', 'mlflow.genai.get_mcp_server', 'mlflow.genai.get_mcp_server_version', "
        "'mlflow.genai.get_mcp_server_version_by_alias', 'mlflow.genai.get_prompt_tags', 'mlflow.genai.get_review_app', "
        "'mlflow.genai.get_scorer', 'mlflow.genai.import_skills', 'mlflow.genai.judges.custom_prompt_judge', "
        "'mlflow.genai.judges.is_context_relevant', 'mlflow.genai.judges.is_context_sufficient', 'mlflow.genai.judges.is_correct', "
        "'mlflow.genai.judges.is_grounded', 'mlflow.genai.judges.is_safe', 'mlflow.genai.judges.is_tool_call_correct', "
        "'mlflow.genai.judges.is_tool_call_efficient', 'mlflow.genai.judges.meets_guidelines', "
        "'mlflow.genai.judges.tools.invoke_judge_tool', 'mlflow.genai.judges.tools.list_judge_tools', "
        "'mlflow.genai.judges.tools.register_judge_tool', 'mlflow.genai.label_schemas.create_label_schema', "
        "'mlflow.genai.label_schemas.delete_label_schema', 'mlflow.genai.label_schemas.get_label_schema', "
        "'mlflow.genai.label_schemas.list_label_schemas', 'mlflow.genai.label_schemas.update_label_schema', 'mlflow.genai.list_scorers', "
        "'mlflow.genai.load_prompt', 'mlflow.genai.make_judge', 'mlflow.genai.make_scorer_ensemble', 'mlflow.genai.optimize_prompt', "
        "'mlflow.genai.optimize_prompts', 'mlflow.genai.pull', 'mlflow.genai.refresh_mcp_server_version_tools', "
        "'mlflow.genai.register_mcp_server', 'mlflow.genai.register_mcp_server_from_url', 'mlflow.genai.register_prompt', "
        "'mlflow.genai.register_skill', 'mlflow.genai.review_queues.add_items_to_review_queue', "
        "'mlflow.genai.review_queues.create_review_queue', 'mlflow.genai.review_queues.delete_review_queue', "
        "'mlflow.genai.review_queues.get_or_create_user_queue', 'mlflow.genai.review_queues.get_review_queue', "
        "'mlflow.genai.review_queues.list_review_queue_items', 'mlflow.genai.review_queues.list_review_queues', "
        "'mlflow.genai.review_queues.remove_items_from_review_queue', 'mlflow.genai.review_queues.set_review_queue_item_status', "
        "'mlflow.genai.review_queues.update_review_queue', 'mlflow.genai.scorer', 'mlflow.genai.scorers.deepeval.get_scorer', "
        "'mlflow.genai.scorers.get_all_scorers', 'mlflow.genai.scorers.get_rag_scorers', 'mlflow.genai.scorers.google_adk.get_scorer', "
        "'mlflow.genai.scorers.guardrails.get_scorer', 'mlflow.genai.scorers.phoenix.get_scorer', 'mlflow.genai.scorers.ragas.get_scorer', "
        "'mlflow.genai.scorers.trulens.get_scorer', 'mlflow.genai.search_datasets', 'mlflow.genai.search_issues', "
        "'mlflow.genai.search_mcp_access_endpoints', 'mlflow.genai.search_mcp_server_versions', 'mlflow.genai.search_mcp_servers', "
        "'mlflow.genai.search_prompts', 'mlflow.genai.search_skills', 'mlflow.genai.set_dataset_tags', "
        "'mlflow.genai.set_mcp_server_alias', 'mlflow.genai.set_mcp_server_tag', 'mlflow.genai.set_mcp_server_version_tag', "
        "'mlflow.genai.set_prompt_alias', 'mlflow.genai.set_prompt_model_config', 'mlflow.genai.set_prompt_tag', "
        "'mlflow.genai.set_prompt_version_tag', 'mlflow.genai.set_session_hierarchy', 'mlflow.genai.simulators.generate_test_cases', "
        "'mlflow.genai.test_agent', 'mlflow.genai.to_predict_fn', 'mlflow.genai.update_issue', 'mlflow.genai.update_mcp_access_endpoint', "
        "'mlflow.genai.update_mcp_server', 'mlflow.genai.update_mcp_server_version', 'mlflow.generate_signature_output', "
        "'mlflow.get_active_trace_id', 'mlflow.get_assessment', 'mlflow.get_current_active_span', 'mlflow.get_experiment', "
        "'mlflow.get_experiment_by_name', 'mlflow.get_last_active_trace', 'mlflow.get_last_active_trace_id', 'mlflow.get_logged_model', "
        "'mlflow.get_model_dependencies', 'mlflow.get_parent_run', 'mlflow.get_run', 'mlflow.get_trace', 'mlflow.get_workspace', "
        "'mlflow.import_checkpoints', 'mlflow.initialize_logged_model', 'mlflow.last_logged_model', 'mlflow.list_workspaces', "
        "'mlflow.load_checkpoint', 'mlflow.load_explainer', 'mlflow.load_model', 'mlflow.load_prompt', 'mlflow.load_pyfunc', "
        "'mlflow.load_state_dict', 'mlflow.load_table', 'mlflow.log_artifact', 'mlflow.log_artifacts', 'mlflow.log_assessment', "
        "'mlflow.log_dict', 'mlflow.log_expectation', 'mlflow.log_explainer', 'mlflow.log_explanation', 'mlflow.log_feedback', "
        "'mlflow.log_figure', 'mlflow.log_image', 'mlflow.log_input', 'mlflow.log_inputs', 'mlflow.log_issue', 'mlflow.log_metric', "
        "'mlflow.log_metrics', 'mlflow.log_model', 'mlflow.log_model_params', 'mlflow.log_outputs', 'mlflow.log_param', "
        "'mlflow.log_params', 'mlflow.log_state_dict', 'mlflow.log_stream', 'mlflow.log_table', 'mlflow.log_text', 'mlflow.log_trace', "
        "'mlflow.login', 'mlflow.metrics.ari_grade_level', 'mlflow.metrics.bleu', 'mlflow.metrics.exact_match', 'mlflow.metrics.f1_score', "
        "'mlflow.metrics.flesch_kincaid_grade_level', 'mlflow.metrics.genai.answer_correctness', 'mlflow.metrics.genai.answer_relevance', "
        "'mlflow.metrics.genai.answer_similarity', 'mlflow.metrics.genai.faithfulness', 'mlflow.metrics.genai.make_genai_metric', "
        "'mlflow.metrics.genai.make_genai_metric_from_prompt', 'mlflow.metrics.genai.relevance', "
        "'mlflow.metrics.genai.retrieve_custom_metrics', 'mlflow.metrics.latency', 'mlflow.metrics.mae', 'mlflow.metrics.mape', "
        "'mlflow.metrics.max_error', 'mlflow.metrics.mse', 'mlflow.metrics.ndcg_at_k', 'mlflow.metrics.precision_at_k', "
        "'mlflow.metrics.precision_score', 'mlflow.metrics.r2_score', 'mlflow.metrics.recall_at_k', 'mlflow.metrics.recall_score', "
        "'mlflow.metrics.rmse', 'mlflow.metrics.rouge1', 'mlflow.metrics.rouge2', 'mlflow.metrics.rouge_l', 'mlflow.metrics.rouge_lsum', "
        "'mlflow.metrics.token_count', 'mlflow.metrics.toxicity', 'mlflow.models.add_libraries_to_model', 'mlflow.models.build_docker', "
        "'mlflow.models.convert_input_example_to_serving_input', 'mlflow.models.get_model_info', 'mlflow.models.infer_pip_requirements', "
        "'mlflow.models.infer_signature', 'mlflow.models.list_evaluators', 'mlflow.models.make_metric', 'mlflow.models.predict', "
        "'mlflow.models.set_model', 'mlflow.models.set_retriever_schema', 'mlflow.models.set_signature', "
        "'mlflow.models.update_model_requirements', 'mlflow.models.validate_schema', 'mlflow.models.validate_serving_input', "
        "'mlflow.override_feedback', 'mlflow.persist_pretrained_model', 'mlflow.pyfunc.utils.pyfunc', 'mlflow.register_model', "
        "'mlflow.register_prompt', 'mlflow.restore_experiment', 'mlflow.restore_run', 'mlflow.run', "
        "'mlflow.sagemaker.deploy_transform_job', 'mlflow.sagemaker.push_image_to_ecr', 'mlflow.sagemaker.push_model_to_sagemaker', "
        "'mlflow.sagemaker.run_local', 'mlflow.sagemaker.terminate_transform_job', 'mlflow.save_explainer', 'mlflow.save_model', "
        "'mlflow.save_state_dict', 'mlflow.search_experiments', 'mlflow.search_logged_models', 'mlflow.search_model_versions', "
        "'mlflow.search_prompts', 'mlflow.search_registered_models', 'mlflow.search_runs', 'mlflow.search_sessions', "
        "'mlflow.search_traces', 'mlflow.server.get_app_client', 'mlflow.set_active_model', 'mlflow.set_experiment', "
        "'mlflow.set_experiment_tag', 'mlflow.set_experiment_tags', 'mlflow.set_logged_model_tags', 'mlflow.set_model_version_tag', "
        "'mlflow.set_prompt_alias', 'mlflow.set_system_metrics_node_id', 'mlflow.set_system_metrics_samples_before_logging', "
        "'mlflow.set_system_metrics_sampling_interval', 'mlflow.set_tag', 'mlflow.set_tags', 'mlflow.set_trace_tag', "
        "'mlflow.set_workspace', 'mlflow.spark_udf', 'mlflow.start_run', 'mlflow.start_span', 'mlflow.start_span_no_context', "
        "'mlflow.test', 'mlflow.trace', 'mlflow.tracing.archival.disable_databricks_trace_archival', "
        "'mlflow.tracing.archival.enable_databricks_trace_archival', 'mlflow.tracing.configure', 'mlflow.tracing.disable', "
        "'mlflow.tracing.disable_notebook_display', 'mlflow.tracing.enable', 'mlflow.tracing.enable_notebook_display', "
        "'mlflow.tracing.get_bridged_tracer_provider', 'mlflow.tracing.get_tracing_context_headers_for_http_request', "
        "'mlflow.tracing.reset', 'mlflow.tracing.set_databricks_monitoring_sql_warehouse_id', 'mlflow.tracing.set_destination', "
        "'mlflow.tracing.set_experiment_trace_location', 'mlflow.tracing.set_span_chat_messages', 'mlflow.tracing.set_span_chat_tools', "
        "'mlflow.tracing.set_tracing_context_from_http_request_headers', 'mlflow.tracing.unset_experiment_trace_location', "
        "'mlflow.update_assessment', 'mlflow.update_current_trace', 'mlflow.update_expectation', 'mlflow.update_feedback', "
        "'mlflow.update_workspace', 'mlflow.usage.dropped', 'mlflow.usage.forget', 'mlflow.validate_evaluation_results')"
    ),
    "bucket_5cc33a59": "bucket = substr(installation_id, 1, 2)",
    "installation_id_97bfbab3": (
        "installation_id IS NOT NULL AND octet_length(installation_id) BETWEEN 64 AND 64 AND octet_length(translate(installation_id, "
        "'0123456789abcdef', '')) = 0"
    ),
    "host_arch_2e5f2792": (
        "host_arch IS NULL OR host_arch IN ('amd64', 'arm32', 'arm64', 'ia64', 'ppc32', 'ppc64', 's390x', 'x86', 'other')"
    ),
    "catalogue_dbad5c27": "catalogue IS NOT NULL AND catalogue BETWEEN 1 AND 100000",
    "os_type_b13e6f60": "os_type IS NULL OR os_type IN ('linux', 'darwin', 'windows', 'other')",
    "os_version_2dc97209": (
        "os_version IS NULL OR octet_length(os_version) BETWEEN 1 AND 17 AND octet_length(translate(os_version, '.0123456789', '')) = 0"
    ),
    "process_runtime_name_1cea1dcc": "process_runtime_name IS NULL OR process_runtime_name IN ('cpython', 'pypy', 'other')",
    "process_runtime_version_f911323b": (
        "process_runtime_version IS NULL OR octet_length(process_runtime_version) BETWEEN 1 AND 17 AND octet_length(translate("
        "process_runtime_version, '.0123456789', '')) = 0"
    ),
    "service_name_4f78b32f": "service_name IS NOT NULL AND service_name IN ('mlflow')",
    "service_version_d3a9145d": (
        "service_version IS NOT NULL AND octet_length(service_version) BETWEEN 3 AND 23 AND octet_length(translate(service_version, "
        "'.0123456789abcr', '')) = 0"
    ),
    "session_id_183cf67d": (
        "session_id IS NOT NULL AND octet_length(session_id) BETWEEN 36 AND 36 AND octet_length(translate(session_id, '-0123456789abcdef', "
        "'')) = 0"
    ),
    "telemetry_distro_name_c230f51d": "telemetry_distro_name IS NULL OR telemetry_distro_name IN ('mlflow-usage')",
    "telemetry_distro_version_c6a69205": (
        "telemetry_distro_version IS NULL OR octet_length(telemetry_distro_version) BETWEEN 3 AND 23 AND octet_length(translate("
        "telemetry_distro_version, '.0123456789abcr', '')) = 0"
    ),
    "telemetry_sdk_language_9ea0e411": "telemetry_sdk_language IS NULL OR telemetry_sdk_language IN ('python')",
    "telemetry_sdk_name_d13716e7": "telemetry_sdk_name IS NULL OR telemetry_sdk_name IN ('opentelemetry')",
    "telemetry_sdk_version_d9c255be": (
        "telemetry_sdk_version IS NULL OR octet_length(telemetry_sdk_version) BETWEEN 3 AND 23 AND octet_length(translate("
        "telemetry_sdk_version, '.0123456789abcr', '')) = 0"
    ),
    "uid_97163da7": "uid IS NOT NULL AND octet_length(uid) BETWEEN 38 AND 41 AND octet_length(translate(uid, '-0123456789abcdef', '')) = 0",
    "code_paths_on_c327b42f": "code_paths IS NULL OR event_name IN ('mlflow.log_model')",
    "count_024c70db": "count IS NOT NULL AND count BETWEEN 1 AND 10000000",
    "disable_on_1b215375": "disable IS NULL OR event_name IN ('mlflow.autolog')",
    "extra_pip_requirements_on_95f0d5bf": "extra_pip_requirements IS NULL OR event_name IN ('mlflow.log_model')",
    "flavor_e839e6e9": (
        "flavor IS NULL OR flavor IN ('ag2', 'agno', 'anthropic', 'autogen', 'bedrock', 'catboost', 'crewai', 'diffusers', 'diviner', "
        "'dspy', 'fastai', 'gemini', 'groq', 'h2o', 'haystack', 'johnsnowlabs', 'keras', 'langchain', 'lightgbm', 'litellm', "
        "'llama_index', 'mistral', 'mleap', 'onnx', 'openai', 'otel', 'paddle', 'pmdarima', 'promptflow', 'prophet', 'pydantic_ai', "
        "'pyfunc', 'pyspark.ml', 'pytorch', 'semantic_kernel', 'sentence_transformers', 'sklearn', 'smolagents', 'spacy', 'spark', "
        "'statsmodels', 'strands', 'tensorflow', 'transformers', 'typesafe', 'xgboost', 'custom_flavor')"
    ),
    "flavor_on_6bc94454": "flavor IS NULL OR event_name IN ('mlflow.autolog', 'mlflow.log_model')",
    "flavor_given_bd9ae16a": "flavor IS NOT NULL OR event_name NOT IN ('mlflow.log_model')",
    "log_models_on_dd80f37f": "log_models IS NULL OR event_name IN ('mlflow.autolog')",
    "log_traces_on_d5128991": "log_traces IS NULL OR event_name IN ('mlflow.autolog')",
    "metadata_on_2bb57855": "metadata IS NULL OR event_name IN ('mlflow.log_model')",
    "model_type_d82fe3b9": (
        "model_type IS NULL OR model_type IN ('ResponsesAgent', 'ChatAgent', 'ChatModel', 'PythonModel', 'string', 'object')"
    ),
    "model_type_on_29e63bc5": "model_type IS NULL OR event_name IN ('mlflow.log_model')",
    "params_on_76c3eb1b": "params IS NULL OR event_name IN ('mlflow.log_model')",
    "pip_requirements_on_06cbf0aa": "pip_requirements IS NULL OR event_name IN ('mlflow.log_model')",
    "predict_fn_on_1126c717": "predict_fn IS NULL OR event_name IN ('mlflow.genai.evaluate')",
    "reason_674e58a1": "reason IS NULL OR reason IN ('size', 'age', 'refused')",
    "reason_on_b2db8b20": "reason IS NULL OR event_name IN ('mlflow.usage.dropped')",
    "reason_given_3334d39f": "reason IS NOT NULL OR event_name NOT IN ('mlflow.usage.dropped')",
    "scorers_b1105b6e": (
        "scorers IS NULL OR cardinality(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove("
        "array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove("
        "array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove("
        "array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(scorers, 'answer_correctness'), "
        "'answer_relevance'), 'answer_similarity'), 'chunk_relevance'), 'completeness'), 'context_sufficiency'), "
        "'conversation_completeness'), 'conversational_guidelines'), 'conversational_role_adherence'), 'conversational_safety'), "
        "'conversational_tool_call_efficiency'), 'correctness'), 'custom_scorer'), 'equivalence'), 'expectations_guidelines'), "
        "'faithfulness'), 'fluency'), 'groundedness'), 'guideline_adherence'), 'guidelines'), 'knowledge_retention'), 'pii_detection'), "
        "'regex_match'), 'relevance'), 'relevance_to_query'), 'response_length'), 'retrieval_groundedness'), 'retrieval_relevance'), "
        "'retrieval_sufficiency'), 'safety'), 'summarization'), 'tool_call_correctness'), 'tool_call_efficiency'), 'user_frustration')) = 0"
    ),
    "scorers_on_f4874d93": "scorers IS NULL OR event_name IN ('mlflow.genai.evaluate')",
    "secret_79a7d669": (
        "secret IS NULL OR octet_length(secret) BETWEEN 64 AND 64 AND octet_length(translate(secret, '0123456789abcdef', '')) = 0"
    ),
    "secret_on_60f3710e": "secret IS NULL OR event_name IN ('mlflow.usage.forget')",
    "secret_given_244a3b62": "secret IS NOT NULL OR event_name NOT IN ('mlflow.usage.forget')",
    "status_033e7a22": "status IS NULL OR status IN ('success', 'failure')",
    "status_on_afb5bb64": "status IS NULL OR event_name IN ('mlflow.genai.evaluate', 'mlflow.log_model')",
    "store_eaa75013": "store IS NULL OR store IN ('FileStore', 'SqlAlchemyStore', 'RestStore', 'custom_store')",
}
