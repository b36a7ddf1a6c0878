"""Generated from catalogue/model by `make docs`; do not edit."""

from __future__ import annotations

from typing import Final


def rows(module: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return the targets of a module: the path in it, the event, and the attribute values that the place alone decides."""
    found = map(str.split, TARGETS[module].splitlines())
    return [(path, event, dict(pair.split("=") for pair in fixed)) for path, event, *fixed in found]


# definition module -> a line for each target; texts, because most modules are never imported
TARGETS: Final[dict[str, str]] = {
    'mlflow.ag2': (
        'autolog mlflow.autolog mlflow.usage.flavor=ag2\n'
    ),
    'mlflow.agent.setup.cli': (
        'setup.callback mlflow.cli.agent.setup\n'
    ),
    'mlflow.agno': (
        'autolog mlflow.autolog mlflow.usage.flavor=agno\n'
    ),
    'mlflow.ai_commands': (
        'get_cmd.callback mlflow.cli.ai_commands.get\n'
        'list_cmd.callback mlflow.cli.ai_commands.list\n'
        'run_cmd.callback mlflow.cli.ai_commands.run\n'
    ),
    'mlflow.anthropic': (
        'autolog mlflow.autolog mlflow.usage.flavor=anthropic\n'
    ),
    'mlflow.artifacts': (
        'download_artifacts mlflow.artifacts.download_artifacts\n'
        'list_artifacts mlflow.artifacts.list_artifacts\n'
        'load_dict mlflow.artifacts.load_dict\n'
        'load_image mlflow.artifacts.load_image\n'
        'load_text mlflow.artifacts.load_text\n'
    ),
    'mlflow.assistant.cli': (
        'commands.callback mlflow.cli.assistant\n'
    ),
    'mlflow.autogen': (
        'autolog mlflow.autolog mlflow.usage.flavor=autogen\n'
    ),
    'mlflow.bedrock': (
        'autolog mlflow.autolog mlflow.usage.flavor=bedrock\n'
    ),
    'mlflow.catboost': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=catboost\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.claude_code.cli': (
        'claude.callback mlflow.cli.autolog.claude\n'
    ),
    'mlflow.cli': (
        'doctor.callback mlflow.cli.doctor\n'
        'gc.callback mlflow.cli.gc\n'
        'run.callback mlflow.cli.run\n'
        'server.callback mlflow.cli.server\n'
    ),
    'mlflow.cli.crypto': (
        'rotate_kek.callback mlflow.cli.crypto.rotate_kek\n'
    ),
    'mlflow.cli.datasets': (
        'list_datasets.callback mlflow.cli.datasets.list\n'
    ),
    'mlflow.cli.demo': (
        'demo.callback mlflow.cli.demo\n'
    ),
    'mlflow.cli.scorers': (
        'list_scorers.callback mlflow.cli.scorers.list\n'
        'register_llm_judge.callback mlflow.cli.scorers.register_llm_judge\n'
    ),
    'mlflow.cli.skills': (
        'delete_skill_alias_command.callback mlflow.cli.skills.delete_alias\n'
        'delete_skill_tag_command.callback mlflow.cli.skills.delete_tag\n'
        'delete_skill_version_command.callback mlflow.cli.skills.delete_version\n'
        'delete_skill_version_tag_command.callback mlflow.cli.skills.delete_version_tag\n'
        'get_skill_command.callback mlflow.cli.skills.get\n'
        'get_skill_version_command.callback mlflow.cli.skills.get_version\n'
        'import_command.callback mlflow.cli.skills.import\n'
        'list_command.callback mlflow.cli.skills.list\n'
        'pull_command.callback mlflow.cli.skills.pull\n'
        'register_command.callback mlflow.cli.skills.register\n'
        'register_git_command.callback mlflow.cli.skills.register.git\n'
        'register_oci_command.callback mlflow.cli.skills.register.oci\n'
        'register_zip_command.callback mlflow.cli.skills.register.zip\n'
        'search_command.callback mlflow.cli.skills.search\n'
        'search_skill_versions_command.callback mlflow.cli.skills.search_versions\n'
        'set_skill_alias_command.callback mlflow.cli.skills.set_alias\n'
        'set_skill_tag_command.callback mlflow.cli.skills.set_tag\n'
        'set_skill_version_tag_command.callback mlflow.cli.skills.set_version_tag\n'
        'update_skill_command.callback mlflow.cli.skills.update\n'
        'update_skill_version_command.callback mlflow.cli.skills.update_version\n'
        'view_command.callback mlflow.cli.skills.view\n'
    ),
    'mlflow.cli.traces': (
        'delete_assessment.callback mlflow.cli.traces.delete_assessment\n'
        'delete_trace_tag.callback mlflow.cli.traces.delete_tag\n'
        'delete_traces.callback mlflow.cli.traces.delete\n'
        'evaluate_traces.callback mlflow.cli.traces.evaluate\n'
        'get_assessment.callback mlflow.cli.traces.get_assessment\n'
        'get_trace.callback mlflow.cli.traces.get\n'
        'log_expectation.callback mlflow.cli.traces.log_expectation\n'
        'log_feedback.callback mlflow.cli.traces.log_feedback\n'
        'search_traces.callback mlflow.cli.traces.search\n'
        'set_trace_tag.callback mlflow.cli.traces.set_tag\n'
        'update_assessment.callback mlflow.cli.traces.update_assessment\n'
    ),
    'mlflow.config': (
        'enable_async_logging mlflow.config.enable_async_logging\n'
    ),
    'mlflow.crewai': (
        'autolog mlflow.autolog mlflow.usage.flavor=crewai\n'
    ),
    'mlflow.data': (
        'get_source mlflow.data.get_source\n'
    ),
    'mlflow.data.dataset_registry': (
        'register_constructor mlflow.data.register_constructor\n'
    ),
    'mlflow.data.huggingface_dataset': (
        'from_huggingface mlflow.data.from_huggingface\n'
    ),
    'mlflow.data.numpy_dataset': (
        'from_numpy mlflow.data.from_numpy\n'
    ),
    'mlflow.data.pandas_dataset': (
        'from_pandas mlflow.data.from_pandas\n'
    ),
    'mlflow.data.polars_dataset': (
        'from_polars mlflow.data.from_polars\n'
    ),
    'mlflow.data.spark_dataset': (
        'from_spark mlflow.data.from_spark\n'
        'load_delta mlflow.data.load_delta\n'
    ),
    'mlflow.data.tensorflow_dataset': (
        'from_tensorflow mlflow.data.from_tensorflow\n'
    ),
    'mlflow.db': (
        'delete_trace_rollups.callback mlflow.cli.db.delete_trace_rollups\n'
        'migrate_to_default_workspace.callback mlflow.cli.db.migrate_to_default_workspace\n'
        'move_resources.callback mlflow.cli.db.move_resources\n'
        'prepopulate_trace_analytics.callback mlflow.cli.db.prepopulate_trace_analytics\n'
        'upgrade.callback mlflow.cli.db.upgrade\n'
    ),
    'mlflow.demo': (
        'generate_all_demos mlflow.demo.generate_all_demos\n'
    ),
    'mlflow.deployments.cli': (
        'create_deployment.callback mlflow.cli.deployments.create\n'
        'create_endpoint.callback mlflow.cli.deployments.create_endpoint\n'
        'delete_deployment.callback mlflow.cli.deployments.delete\n'
        'delete_endpoint.callback mlflow.cli.deployments.delete_endpoint\n'
        'explain.callback mlflow.cli.deployments.explain\n'
        'get_deployment.callback mlflow.cli.deployments.get\n'
        'get_endpoint.callback mlflow.cli.deployments.get_endpoint\n'
        'list_deployment.callback mlflow.cli.deployments.list\n'
        'list_endpoints.callback mlflow.cli.deployments.list_endpoints\n'
        'predict.callback mlflow.cli.deployments.predict\n'
        'run_local.callback mlflow.cli.deployments.run_local\n'
        'start_server.callback mlflow.cli.deployments.start_server\n'
        'target_help.callback mlflow.cli.deployments.help\n'
        'update_deployment.callback mlflow.cli.deployments.update\n'
        'update_endpoint.callback mlflow.cli.deployments.update_endpoint\n'
    ),
    'mlflow.deployments.interface': (
        'get_deploy_client mlflow.deployments.get_deploy_client\n'
        'run_local mlflow.deployments.run_local\n'
    ),
    'mlflow.diffusers': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=diffusers\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.diviner': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=diviner\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.dspy.autolog': (
        'autolog mlflow.autolog mlflow.usage.flavor=dspy\n'
    ),
    'mlflow.dspy.load': (
        'load_model mlflow.load_model\n'
    ),
    'mlflow.dspy.save': (
        'log_model mlflow.log_model mlflow.usage.flavor=dspy\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.evaluation.fluent': (
        'log_evaluations mlflow.evaluation.log_evaluations\n'
    ),
    'mlflow.experiments': (
        'create.callback mlflow.cli.experiments.create\n'
        'delete_experiment.callback mlflow.cli.experiments.delete\n'
        'generate_csv_with_runs.callback mlflow.cli.experiments.csv\n'
        'get_experiment.callback mlflow.cli.experiments.get\n'
        'rename_experiment.callback mlflow.cli.experiments.rename\n'
        'restore_experiment.callback mlflow.cli.experiments.restore\n'
        'search_experiments.callback mlflow.cli.experiments.search\n'
        'update_experiment.callback mlflow.cli.experiments.update\n'
    ),
    'mlflow.fastai': (
        'autolog mlflow.autolog mlflow.usage.flavor=fastai\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=fastai\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.gateway.cli': (
        'start.callback mlflow.cli.gateway.start\n'
    ),
    'mlflow.gateway.fluent': (
        'create_route mlflow.gateway.create_route\n'
        'delete_route mlflow.gateway.delete_route\n'
        'get_limits mlflow.gateway.get_limits\n'
        'get_route mlflow.gateway.get_route\n'
        'query mlflow.gateway.query\n'
        'search_routes mlflow.gateway.search_routes\n'
        'set_limits mlflow.gateway.set_limits\n'
    ),
    'mlflow.gemini': (
        'autolog mlflow.autolog mlflow.usage.flavor=gemini\n'
    ),
    'mlflow.genai.agent_server.server': (
        'get_invoke_function mlflow.genai.agent_server.get_invoke_function\n'
        'get_stream_function mlflow.genai.agent_server.get_stream_function\n'
        'invoke mlflow.genai.agent_server.invoke\n'
        'stream mlflow.genai.agent_server.stream\n'
    ),
    'mlflow.genai.agent_server.utils': (
        'get_request_headers mlflow.genai.agent_server.get_request_headers\n'
        'set_request_headers mlflow.genai.agent_server.set_request_headers\n'
        'setup_mlflow_git_based_version_tracking mlflow.genai.agent_server.setup_mlflow_git_based_version_tracking\n'
    ),
    'mlflow.genai.agent_tester': (
        'test_agent mlflow.genai.test_agent\n'
    ),
    'mlflow.genai.databricks.review_queues.api': (
        'add_review_queue_items mlflow.genai.databricks.review_queues.add_review_queue_items\n'
        'add_review_queue_member mlflow.genai.databricks.review_queues.add_review_queue_member\n'
        'create_review_question mlflow.genai.databricks.review_queues.create_review_question\n'
        'create_review_queue mlflow.genai.databricks.review_queues.create_review_queue\n'
        'delete_review_question mlflow.genai.databricks.review_queues.delete_review_question\n'
        'delete_review_queue mlflow.genai.databricks.review_queues.delete_review_queue\n'
        'get_review_question mlflow.genai.databricks.review_queues.get_review_question\n'
        'get_review_queue mlflow.genai.databricks.review_queues.get_review_queue\n'
        'list_review_questions mlflow.genai.databricks.review_queues.list_review_questions\n'
        'list_review_queue_items mlflow.genai.databricks.review_queues.list_review_queue_items\n'
        'list_review_queue_members mlflow.genai.databricks.review_queues.list_review_queue_members\n'
        'list_review_queues mlflow.genai.databricks.review_queues.list_review_queues\n'
        'remove_review_queue_items mlflow.genai.databricks.review_queues.remove_review_queue_items\n'
        'remove_review_queue_member mlflow.genai.databricks.review_queues.remove_review_queue_member\n'
        'resolve_effective_review_questions mlflow.genai.databricks.review_queues.resolve_effective_review_questions\n'
        'set_review_queue_item_status mlflow.genai.databricks.review_queues.set_review_queue_item_status\n'
        'update_review_question mlflow.genai.databricks.review_queues.update_review_question\n'
        'update_review_queue mlflow.genai.databricks.review_queues.update_review_queue\n'
    ),
    'mlflow.genai.datasets': (
        'add_dataset_to_experiments mlflow.genai.datasets.add_dataset_to_experiments\n'
        'create_dataset mlflow.genai.create_dataset\n'
        'delete_dataset mlflow.genai.delete_dataset\n'
        'delete_dataset_tag mlflow.genai.delete_dataset_tag\n'
        'get_dataset mlflow.genai.get_dataset\n'
        'remove_dataset_from_experiments mlflow.genai.datasets.remove_dataset_from_experiments\n'
        'search_datasets mlflow.genai.search_datasets\n'
        'set_dataset_tags mlflow.genai.set_dataset_tags\n'
    ),
    'mlflow.genai.evaluation.base': (
        'evaluate mlflow.genai.evaluate\n'
        'to_predict_fn mlflow.genai.to_predict_fn\n'
    ),
    'mlflow.genai.evaluation.comparison.comparison': (
        'compare_evaluations mlflow.genai.compare_evaluations\n'
    ),
    'mlflow.genai.git_versioning': (
        'disable_git_model_versioning mlflow.genai.disable_git_model_versioning\n'
        'enable_git_model_versioning mlflow.genai.enable_git_model_versioning\n'
    ),
    'mlflow.genai.issues': (
        'create_issue mlflow.genai.create_issue\n'
        'get_issue mlflow.genai.get_issue\n'
        'search_issues mlflow.genai.search_issues\n'
        'update_issue mlflow.genai.update_issue\n'
    ),
    'mlflow.genai.judges.builtin': (
        'is_context_relevant mlflow.genai.judges.is_context_relevant\n'
        'is_context_sufficient mlflow.genai.judges.is_context_sufficient\n'
        'is_correct mlflow.genai.judges.is_correct\n'
        'is_grounded mlflow.genai.judges.is_grounded\n'
        'is_safe mlflow.genai.judges.is_safe\n'
        'is_tool_call_correct mlflow.genai.judges.is_tool_call_correct\n'
        'is_tool_call_efficient mlflow.genai.judges.is_tool_call_efficient\n'
        'meets_guidelines mlflow.genai.judges.meets_guidelines\n'
    ),
    'mlflow.genai.judges.custom_prompt_judge': (
        'custom_prompt_judge mlflow.genai.judges.custom_prompt_judge\n'
    ),
    'mlflow.genai.judges.make_judge': (
        'make_judge mlflow.genai.make_judge\n'
    ),
    'mlflow.genai.judges.tools.registry': (
        'invoke_judge_tool mlflow.genai.judges.tools.invoke_judge_tool\n'
        'list_judge_tools mlflow.genai.judges.tools.list_judge_tools\n'
        'register_judge_tool mlflow.genai.judges.tools.register_judge_tool\n'
    ),
    'mlflow.genai.label_schemas': (
        'create_label_schema mlflow.genai.label_schemas.create_label_schema\n'
        'delete_label_schema mlflow.genai.label_schemas.delete_label_schema\n'
        'get_label_schema mlflow.genai.label_schemas.get_label_schema\n'
        'list_label_schemas mlflow.genai.label_schemas.list_label_schemas\n'
        'update_label_schema mlflow.genai.label_schemas.update_label_schema\n'
    ),
    'mlflow.genai.labeling': (
        'create_labeling_session mlflow.genai.create_labeling_session\n'
        'delete_labeling_session mlflow.genai.delete_labeling_session\n'
        'get_labeling_session mlflow.genai.get_labeling_session\n'
        'get_labeling_sessions mlflow.genai.get_labeling_sessions\n'
        'get_review_app mlflow.genai.get_review_app\n'
    ),
    'mlflow.genai.mcp_servers': (
        'create_mcp_access_endpoint mlflow.genai.create_mcp_access_endpoint\n'
        'delete_mcp_access_endpoint mlflow.genai.delete_mcp_access_endpoint\n'
        'delete_mcp_server mlflow.genai.delete_mcp_server\n'
        'delete_mcp_server_alias mlflow.genai.delete_mcp_server_alias\n'
        'delete_mcp_server_tag mlflow.genai.delete_mcp_server_tag\n'
        'delete_mcp_server_version mlflow.genai.delete_mcp_server_version\n'
        'delete_mcp_server_version_tag mlflow.genai.delete_mcp_server_version_tag\n'
        'get_latest_mcp_server_version mlflow.genai.get_latest_mcp_server_version\n'
        'get_mcp_access_endpoint mlflow.genai.get_mcp_access_endpoint\n'
        'get_mcp_server mlflow.genai.get_mcp_server\n'
        'get_mcp_server_version mlflow.genai.get_mcp_server_version\n'
        'get_mcp_server_version_by_alias mlflow.genai.get_mcp_server_version_by_alias\n'
        'refresh_mcp_server_version_tools mlflow.genai.refresh_mcp_server_version_tools\n'
        'register_mcp_server mlflow.genai.register_mcp_server\n'
        'register_mcp_server_from_url mlflow.genai.register_mcp_server_from_url\n'
        'search_mcp_access_endpoints mlflow.genai.search_mcp_access_endpoints\n'
        'search_mcp_server_versions mlflow.genai.search_mcp_server_versions\n'
        'search_mcp_servers mlflow.genai.search_mcp_servers\n'
        'set_mcp_server_alias mlflow.genai.set_mcp_server_alias\n'
        'set_mcp_server_tag mlflow.genai.set_mcp_server_tag\n'
        'set_mcp_server_version_tag mlflow.genai.set_mcp_server_version_tag\n'
        'update_mcp_access_endpoint mlflow.genai.update_mcp_access_endpoint\n'
        'update_mcp_server mlflow.genai.update_mcp_server\n'
        'update_mcp_server_version mlflow.genai.update_mcp_server_version\n'
    ),
    'mlflow.genai.optimize': (
        'optimize_prompt mlflow.genai.optimize_prompt\n'
    ),
    'mlflow.genai.optimize.optimize': (
        'optimize_prompts mlflow.genai.optimize_prompts\n'
    ),
    'mlflow.genai.prompts': (
        'delete_prompt_alias mlflow.genai.delete_prompt_alias\n'
        'delete_prompt_model_config mlflow.genai.delete_prompt_model_config\n'
        'delete_prompt_tag mlflow.genai.delete_prompt_tag\n'
        'delete_prompt_version_tag mlflow.genai.delete_prompt_version_tag\n'
        'get_prompt_tags mlflow.genai.get_prompt_tags\n'
        'load_prompt mlflow.genai.load_prompt\n'
        'register_prompt mlflow.genai.register_prompt\n'
        'search_prompts mlflow.genai.search_prompts\n'
        'set_prompt_alias mlflow.genai.set_prompt_alias\n'
        'set_prompt_model_config mlflow.genai.set_prompt_model_config\n'
        'set_prompt_tag mlflow.genai.set_prompt_tag\n'
        'set_prompt_version_tag mlflow.genai.set_prompt_version_tag\n'
    ),
    'mlflow.genai.review_queues': (
        'add_items_to_review_queue mlflow.genai.review_queues.add_items_to_review_queue\n'
        'create_review_queue mlflow.genai.review_queues.create_review_queue\n'
        'delete_review_queue mlflow.genai.review_queues.delete_review_queue\n'
        'get_or_create_user_queue mlflow.genai.review_queues.get_or_create_user_queue\n'
        'get_review_queue mlflow.genai.review_queues.get_review_queue\n'
        'list_review_queue_items mlflow.genai.review_queues.list_review_queue_items\n'
        'list_review_queues mlflow.genai.review_queues.list_review_queues\n'
        'remove_items_from_review_queue mlflow.genai.review_queues.remove_items_from_review_queue\n'
        'set_review_queue_item_status mlflow.genai.review_queues.set_review_queue_item_status\n'
        'update_review_queue mlflow.genai.review_queues.update_review_queue\n'
    ),
    'mlflow.genai.scorers.base': (
        'make_scorer_ensemble mlflow.genai.make_scorer_ensemble\n'
        'scorer mlflow.genai.scorer\n'
    ),
    'mlflow.genai.scorers.builtin_scorers': (
        'get_all_scorers mlflow.genai.scorers.get_all_scorers\n'
        'get_rag_scorers mlflow.genai.scorers.get_rag_scorers\n'
    ),
    'mlflow.genai.scorers.deepeval': (
        'get_scorer mlflow.genai.scorers.deepeval.get_scorer\n'
    ),
    'mlflow.genai.scorers.google_adk': (
        'get_scorer mlflow.genai.scorers.google_adk.get_scorer\n'
    ),
    'mlflow.genai.scorers.guardrails': (
        'get_scorer mlflow.genai.scorers.guardrails.get_scorer\n'
    ),
    'mlflow.genai.scorers.phoenix': (
        'get_scorer mlflow.genai.scorers.phoenix.get_scorer\n'
    ),
    'mlflow.genai.scorers.ragas': (
        'get_scorer mlflow.genai.scorers.ragas.get_scorer\n'
    ),
    'mlflow.genai.scorers.registry': (
        'delete_scorer mlflow.genai.delete_scorer\n'
        'get_scorer mlflow.genai.get_scorer\n'
        'list_scorers mlflow.genai.list_scorers\n'
    ),
    'mlflow.genai.scorers.trulens': (
        'get_scorer mlflow.genai.scorers.trulens.get_scorer\n'
    ),
    'mlflow.genai.simulators.distillation': (
        'generate_test_cases mlflow.genai.simulators.generate_test_cases\n'
    ),
    'mlflow.genai.skills': (
        'import_skills mlflow.genai.import_skills\n'
        'pull mlflow.genai.pull\n'
        'register_skill mlflow.genai.register_skill\n'
        'search_skills mlflow.genai.search_skills\n'
    ),
    'mlflow.groq': (
        'autolog mlflow.autolog mlflow.usage.flavor=groq\n'
    ),
    'mlflow.h2o': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=h2o\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.haystack': (
        'autolog mlflow.autolog mlflow.usage.flavor=haystack\n'
    ),
    'mlflow.johnsnowlabs': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=johnsnowlabs\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.keras.autologging': (
        'autolog mlflow.autolog mlflow.usage.flavor=keras\n'
    ),
    'mlflow.keras.load': (
        'load_model mlflow.load_model\n'
    ),
    'mlflow.keras.save': (
        'log_model mlflow.log_model mlflow.usage.flavor=keras\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.langchain': (
        'autolog mlflow.autolog mlflow.usage.flavor=langchain\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=langchain\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.langchain.autolog': (
        'autolog mlflow.autolog mlflow.usage.flavor=langchain\n'
    ),
    'mlflow.langchain.model': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=langchain\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.lightgbm': (
        'autolog mlflow.autolog mlflow.usage.flavor=lightgbm\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=lightgbm\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.litellm': (
        'autolog mlflow.autolog mlflow.usage.flavor=litellm\n'
    ),
    'mlflow.llama_index': (
        'autolog mlflow.autolog mlflow.usage.flavor=llama_index\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=llama_index\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.llama_index.autolog': (
        'autolog mlflow.autolog mlflow.usage.flavor=llama_index\n'
    ),
    'mlflow.llama_index.model': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=llama_index\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.mcp.cli': (
        'run.callback mlflow.cli.mcp.run\n'
    ),
    'mlflow.metrics': (
        'ari_grade_level mlflow.metrics.ari_grade_level\n'
        'bleu mlflow.metrics.bleu\n'
        'exact_match mlflow.metrics.exact_match\n'
        'f1_score mlflow.metrics.f1_score\n'
        'flesch_kincaid_grade_level mlflow.metrics.flesch_kincaid_grade_level\n'
        'latency mlflow.metrics.latency\n'
        'mae mlflow.metrics.mae\n'
        'mape mlflow.metrics.mape\n'
        'max_error mlflow.metrics.max_error\n'
        'mse mlflow.metrics.mse\n'
        'ndcg_at_k mlflow.metrics.ndcg_at_k\n'
        'precision_at_k mlflow.metrics.precision_at_k\n'
        'precision_score mlflow.metrics.precision_score\n'
        'r2_score mlflow.metrics.r2_score\n'
        'recall_at_k mlflow.metrics.recall_at_k\n'
        'recall_score mlflow.metrics.recall_score\n'
        'rmse mlflow.metrics.rmse\n'
        'rouge1 mlflow.metrics.rouge1\n'
        'rouge2 mlflow.metrics.rouge2\n'
        'rougeL mlflow.metrics.rouge_l\n'
        'rougeLsum mlflow.metrics.rouge_lsum\n'
        'token_count mlflow.metrics.token_count\n'
        'toxicity mlflow.metrics.toxicity\n'
    ),
    'mlflow.metrics.genai.genai_metric': (
        'make_genai_metric mlflow.metrics.genai.make_genai_metric\n'
        'make_genai_metric_from_prompt mlflow.metrics.genai.make_genai_metric_from_prompt\n'
        'retrieve_custom_metrics mlflow.metrics.genai.retrieve_custom_metrics\n'
    ),
    'mlflow.metrics.genai.metric_definitions': (
        'answer_correctness mlflow.metrics.genai.answer_correctness\n'
        'answer_relevance mlflow.metrics.genai.answer_relevance\n'
        'answer_similarity mlflow.metrics.genai.answer_similarity\n'
        'faithfulness mlflow.metrics.genai.faithfulness\n'
        'relevance mlflow.metrics.genai.relevance\n'
    ),
    'mlflow.mistral': (
        'autolog mlflow.autolog mlflow.usage.flavor=mistral\n'
    ),
    'mlflow.mleap': (
        'add_to_model mlflow.add_to_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=mleap\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.models.cli': (
        'build_docker.callback mlflow.cli.models.build_docker\n'
        'generate_dockerfile.callback mlflow.cli.models.generate_dockerfile\n'
        'predict.callback mlflow.cli.models.predict\n'
        'prepare_env.callback mlflow.cli.models.prepare_env\n'
        'serve.callback mlflow.cli.models.serve\n'
        'update_pip_requirements.callback mlflow.cli.models.update_pip_requirements\n'
    ),
    'mlflow.models.dependencies_schemas': (
        'set_retriever_schema mlflow.models.set_retriever_schema\n'
    ),
    'mlflow.models.evaluation.base': (
        'evaluate mlflow.evaluate\n'
        'list_evaluators mlflow.models.list_evaluators\n'
        'make_metric mlflow.models.make_metric\n'
    ),
    'mlflow.models.evaluation.deprecated': (
        'evaluate mlflow.evaluate\n'
    ),
    'mlflow.models.evaluation.validation': (
        'validate_evaluation_results mlflow.validate_evaluation_results\n'
    ),
    'mlflow.models.model': (
        'get_model_info mlflow.models.get_model_info\n'
        'set_model mlflow.models.set_model\n'
        'update_model_requirements mlflow.models.update_model_requirements\n'
    ),
    'mlflow.models.python_api': (
        'build_docker mlflow.models.build_docker\n'
        'predict mlflow.models.predict\n'
    ),
    'mlflow.models.signature': (
        'infer_signature mlflow.models.infer_signature\n'
        'set_signature mlflow.models.set_signature\n'
    ),
    'mlflow.models.utils': (
        'add_libraries_to_model mlflow.models.add_libraries_to_model\n'
        'convert_input_example_to_serving_input mlflow.models.convert_input_example_to_serving_input\n'
        'validate_schema mlflow.models.validate_schema\n'
        'validate_serving_input mlflow.models.validate_serving_input\n'
    ),
    'mlflow.onnx': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=onnx\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.openai': (
        'autolog mlflow.autolog mlflow.usage.flavor=openai\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=openai\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.openai.autolog': (
        'autolog mlflow.autolog mlflow.usage.flavor=openai\n'
    ),
    'mlflow.openai.model': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=openai\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.otel': (
        'autolog mlflow.autolog mlflow.usage.flavor=otel\n'
    ),
    'mlflow.paddle': (
        'autolog mlflow.autolog mlflow.usage.flavor=paddle\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=paddle\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.pmdarima': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=pmdarima\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.projects': (
        'run mlflow.run\n'
    ),
    'mlflow.promptflow': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=promptflow\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.prophet': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=prophet\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.pydantic_ai': (
        'autolog mlflow.autolog mlflow.usage.flavor=pydantic_ai\n'
    ),
    'mlflow.pyfunc': (
        'add_to_model mlflow.add_to_model\n'
        'build_model_env mlflow.build_model_env\n'
        'get_model_dependencies mlflow.get_model_dependencies\n'
        'load_model mlflow.load_model\n'
        'load_pyfunc mlflow.load_pyfunc\n'
        'log_model mlflow.log_model mlflow.usage.flavor=pyfunc\n'
        'save_model mlflow.save_model\n'
        'spark_udf mlflow.spark_udf\n'
    ),
    'mlflow.pyfunc.utils.data_validation': (
        'pyfunc mlflow.pyfunc.utils.pyfunc\n'
    ),
    'mlflow.pyspark.ml': (
        'autolog mlflow.autolog mlflow.usage.flavor=pyspark.ml\n'
    ),
    'mlflow.pytest.decorator': (
        'test mlflow.test\n'
    ),
    'mlflow.pytorch': (
        'autolog mlflow.autolog mlflow.usage.flavor=pytorch\n'
        'load_checkpoint mlflow.load_checkpoint\n'
        'load_model mlflow.load_model\n'
        'load_state_dict mlflow.load_state_dict\n'
        'log_model mlflow.log_model mlflow.usage.flavor=pytorch\n'
        'log_state_dict mlflow.log_state_dict\n'
        'save_model mlflow.save_model\n'
        'save_state_dict mlflow.save_state_dict\n'
    ),
    'mlflow.recipes.cli': (
        'clean.callback mlflow.cli.recipes.clean\n'
        'get_artifact.callback mlflow.cli.recipes.get_artifact\n'
        'inspect.callback mlflow.cli.recipes.inspect\n'
        'run.callback mlflow.cli.recipes.run\n'
    ),
    'mlflow.runs': (
        'create_run.callback mlflow.cli.runs.create\n'
        'delete_run.callback mlflow.cli.runs.delete\n'
        'describe_run.callback mlflow.cli.runs.describe\n'
        'link_traces.callback mlflow.cli.runs.link_traces\n'
        'list_run.callback mlflow.cli.runs.list\n'
        'restore_run.callback mlflow.cli.runs.restore\n'
    ),
    'mlflow.sagemaker': (
        'deploy_transform_job mlflow.sagemaker.deploy_transform_job\n'
        'push_image_to_ecr mlflow.sagemaker.push_image_to_ecr\n'
        'push_model_to_sagemaker mlflow.sagemaker.push_model_to_sagemaker\n'
        'run_local mlflow.sagemaker.run_local\n'
        'terminate_transform_job mlflow.sagemaker.terminate_transform_job\n'
    ),
    'mlflow.sagemaker.cli': (
        'build_and_push_container.callback mlflow.cli.sagemaker.build_and_push_container\n'
        'deploy_transform_job.callback mlflow.cli.sagemaker.deploy_transform_job\n'
        'push_model_to_sagemaker.callback mlflow.cli.sagemaker.push_model\n'
        'terminate_transform_job.callback mlflow.cli.sagemaker.terminate_transform_job\n'
    ),
    'mlflow.semantic_kernel': (
        'autolog mlflow.autolog mlflow.usage.flavor=semantic_kernel\n'
    ),
    'mlflow.sentence_transformers': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=sentence_transformers\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.server': (
        'get_app_client mlflow.server.get_app_client\n'
    ),
    'mlflow.shap': (
        'load_explainer mlflow.load_explainer\n'
        'log_explainer mlflow.log_explainer\n'
        'log_explanation mlflow.log_explanation\n'
        'save_explainer mlflow.save_explainer\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.sklearn': (
        'autolog mlflow.autolog mlflow.usage.flavor=sklearn\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=sklearn\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.smolagents': (
        'autolog mlflow.autolog mlflow.usage.flavor=smolagents\n'
    ),
    'mlflow.spacy': (
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=spacy\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.spark': (
        'autolog mlflow.autolog mlflow.usage.flavor=spark\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=spark\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.statsmodels': (
        'autolog mlflow.autolog mlflow.usage.flavor=statsmodels\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=statsmodels\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.store.artifact.cli': (
        'download_artifacts.callback mlflow.cli.artifacts.download\n'
        'list_artifacts.callback mlflow.cli.artifacts.list\n'
        'log_artifact.callback mlflow.cli.artifacts.log_artifact\n'
        'log_artifacts.callback mlflow.cli.artifacts.log_artifacts\n'
    ),
    'mlflow.store.fs2db.cli': (
        'migrate_filestore.callback mlflow.cli.migrate_filestore\n'
    ),
    'mlflow.strands': (
        'autolog mlflow.autolog mlflow.usage.flavor=strands\n'
    ),
    'mlflow.system_metrics': (
        'disable_system_metrics_logging mlflow.disable_system_metrics_logging\n'
        'enable_system_metrics_logging mlflow.enable_system_metrics_logging\n'
        'set_system_metrics_node_id mlflow.set_system_metrics_node_id\n'
        'set_system_metrics_samples_before_logging mlflow.set_system_metrics_samples_before_logging\n'
        'set_system_metrics_sampling_interval mlflow.set_system_metrics_sampling_interval\n'
    ),
    'mlflow.tensorflow': (
        'autolog mlflow.autolog mlflow.usage.flavor=tensorflow\n'
        'load_checkpoint mlflow.load_checkpoint\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=tensorflow\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.tracing.archival': (
        'disable_databricks_trace_archival mlflow.tracing.archival.disable_databricks_trace_archival\n'
        'enable_databricks_trace_archival mlflow.tracing.archival.enable_databricks_trace_archival\n'
    ),
    'mlflow.tracing.assessment': (
        'delete_assessment mlflow.delete_assessment\n'
        'delete_expectation mlflow.delete_expectation\n'
        'delete_feedback mlflow.delete_feedback\n'
        'get_assessment mlflow.get_assessment\n'
        'log_assessment mlflow.log_assessment\n'
        'log_expectation mlflow.log_expectation\n'
        'log_feedback mlflow.log_feedback\n'
        'log_issue mlflow.log_issue\n'
        'override_feedback mlflow.override_feedback\n'
        'update_assessment mlflow.update_assessment\n'
        'update_expectation mlflow.update_expectation\n'
        'update_feedback mlflow.update_feedback\n'
    ),
    'mlflow.tracing.config': (
        'configure mlflow.tracing.configure\n'
    ),
    'mlflow.tracing.context': (
        'context mlflow.context\n'
    ),
    'mlflow.tracing.databricks': (
        'set_databricks_monitoring_sql_warehouse_id mlflow.tracing.set_databricks_monitoring_sql_warehouse_id\n'
    ),
    'mlflow.tracing.display': (
        'disable_notebook_display mlflow.tracing.disable_notebook_display\n'
        'enable_notebook_display mlflow.tracing.enable_notebook_display\n'
    ),
    'mlflow.tracing.distributed': (
        'get_tracing_context_headers_for_http_request mlflow.tracing.get_tracing_context_headers_for_http_request\n'
        'set_tracing_context_from_http_request_headers mlflow.tracing.set_tracing_context_from_http_request_headers\n'
    ),
    'mlflow.tracing.enablement': (
        'set_experiment_trace_location mlflow.tracing.set_experiment_trace_location\n'
        'unset_experiment_trace_location mlflow.tracing.unset_experiment_trace_location\n'
    ),
    'mlflow.tracing.fluent': (
        'add_trace mlflow.add_trace\n'
        'delete_trace_tag mlflow.delete_trace_tag\n'
        'get_active_trace_id mlflow.get_active_trace_id\n'
        'get_current_active_span mlflow.get_current_active_span\n'
        'get_last_active_trace mlflow.get_last_active_trace\n'
        'get_last_active_trace_id mlflow.get_last_active_trace_id\n'
        'get_trace mlflow.get_trace\n'
        'log_trace mlflow.log_trace\n'
        'search_sessions mlflow.search_sessions\n'
        'search_traces mlflow.search_traces\n'
        'set_trace_tag mlflow.set_trace_tag\n'
        'start_span mlflow.start_span\n'
        'start_span_no_context mlflow.start_span_no_context\n'
        'trace mlflow.trace\n'
        'update_current_trace mlflow.update_current_trace\n'
    ),
    'mlflow.tracing.provider': (
        'disable mlflow.tracing.disable\n'
        'enable mlflow.tracing.enable\n'
        'get_bridged_tracer_provider mlflow.tracing.get_bridged_tracer_provider\n'
        'reset mlflow.tracing.reset\n'
        'set_destination mlflow.tracing.set_destination\n'
    ),
    'mlflow.tracing.utils': (
        'set_span_chat_messages mlflow.tracing.set_span_chat_messages\n'
        'set_span_chat_tools mlflow.tracing.set_span_chat_tools\n'
    ),
    'mlflow.tracing.utils.session_hierarchy': (
        'set_session_hierarchy mlflow.genai.set_session_hierarchy\n'
    ),
    'mlflow.tracking._model_registry.fluent': (
        'delete_prompt mlflow.delete_prompt\n'
        'delete_prompt_alias mlflow.delete_prompt_alias\n'
        'load_prompt mlflow.load_prompt\n'
        'register_model mlflow.register_model\n'
        'register_prompt mlflow.register_prompt\n'
        'search_model_versions mlflow.search_model_versions\n'
        'search_prompts mlflow.search_prompts\n'
        'search_registered_models mlflow.search_registered_models\n'
        'set_model_version_tag mlflow.set_model_version_tag\n'
        'set_prompt_alias mlflow.set_prompt_alias\n'
    ),
    'mlflow.tracking._workspace.fluent': (
        'create_workspace mlflow.create_workspace\n'
        'delete_workspace mlflow.delete_workspace\n'
        'get_workspace mlflow.get_workspace\n'
        'list_workspaces mlflow.list_workspaces\n'
        'set_workspace mlflow.set_workspace\n'
        'update_workspace mlflow.update_workspace\n'
    ),
    'mlflow.tracking.client': (
        'MlflowClient.add_dataset_to_experiments mlflow.genai.datasets.add_dataset_to_experiments\n'
        'MlflowClient.bulk_register_skills mlflow.client.bulk_register_skills\n'
        'MlflowClient.copy_model_version mlflow.client.copy_model_version\n'
        'MlflowClient.create_dataset mlflow.genai.create_dataset\n'
        'MlflowClient.create_experiment mlflow.create_experiment\n'
        'MlflowClient.create_logged_model mlflow.client.create_logged_model\n'
        'MlflowClient.create_mcp_access_endpoint mlflow.genai.create_mcp_access_endpoint\n'
        'MlflowClient.create_mcp_server mlflow.client.create_mcp_server\n'
        'MlflowClient.create_mcp_server_version mlflow.client.create_mcp_server_version\n'
        'MlflowClient.create_model_version mlflow.client.create_model_version\n'
        'MlflowClient.create_prompt mlflow.client.create_prompt\n'
        'MlflowClient.create_prompt_version mlflow.client.create_prompt_version\n'
        'MlflowClient.create_registered_model mlflow.client.create_registered_model\n'
        'MlflowClient.create_run mlflow.client.create_run\n'
        'MlflowClient.create_skill mlflow.client.create_skill\n'
        'MlflowClient.create_skill_version mlflow.client.create_skill_version\n'
        'MlflowClient.create_webhook mlflow.client.create_webhook\n'
        'MlflowClient.create_workspace mlflow.create_workspace\n'
        'MlflowClient.delete_assessment mlflow.delete_assessment\n'
        'MlflowClient.delete_dataset mlflow.genai.delete_dataset\n'
        'MlflowClient.delete_dataset_tag mlflow.genai.delete_dataset_tag\n'
        'MlflowClient.delete_experiment mlflow.delete_experiment\n'
        'MlflowClient.delete_experiment_tag mlflow.delete_experiment_tag\n'
        'MlflowClient.delete_logged_model mlflow.client.delete_logged_model\n'
        'MlflowClient.delete_logged_model_tag mlflow.delete_logged_model_tag\n'
        'MlflowClient.delete_mcp_access_endpoint mlflow.genai.delete_mcp_access_endpoint\n'
        'MlflowClient.delete_mcp_server mlflow.genai.delete_mcp_server\n'
        'MlflowClient.delete_mcp_server_alias mlflow.genai.delete_mcp_server_alias\n'
        'MlflowClient.delete_mcp_server_tag mlflow.genai.delete_mcp_server_tag\n'
        'MlflowClient.delete_mcp_server_version mlflow.genai.delete_mcp_server_version\n'
        'MlflowClient.delete_mcp_server_version_tag mlflow.genai.delete_mcp_server_version_tag\n'
        'MlflowClient.delete_model_version mlflow.client.delete_model_version\n'
        'MlflowClient.delete_model_version_tag mlflow.client.delete_model_version_tag\n'
        'MlflowClient.delete_prompt mlflow.delete_prompt\n'
        'MlflowClient.delete_prompt_alias mlflow.delete_prompt_alias\n'
        'MlflowClient.delete_prompt_tag mlflow.genai.delete_prompt_tag\n'
        'MlflowClient.delete_prompt_version mlflow.client.delete_prompt_version\n'
        'MlflowClient.delete_prompt_version_tag mlflow.genai.delete_prompt_version_tag\n'
        'MlflowClient.delete_registered_model mlflow.client.delete_registered_model\n'
        'MlflowClient.delete_registered_model_alias mlflow.client.delete_registered_model_alias\n'
        'MlflowClient.delete_registered_model_tag mlflow.client.delete_registered_model_tag\n'
        'MlflowClient.delete_run mlflow.delete_run\n'
        'MlflowClient.delete_skill mlflow.client.delete_skill\n'
        'MlflowClient.delete_skill_alias mlflow.client.delete_skill_alias\n'
        'MlflowClient.delete_skill_tag mlflow.client.delete_skill_tag\n'
        'MlflowClient.delete_skill_version mlflow.client.delete_skill_version\n'
        'MlflowClient.delete_skill_version_tag mlflow.client.delete_skill_version_tag\n'
        'MlflowClient.delete_tag mlflow.delete_tag\n'
        'MlflowClient.delete_trace_tag mlflow.delete_trace_tag\n'
        'MlflowClient.delete_traces mlflow.client.delete_traces\n'
        'MlflowClient.delete_webhook mlflow.client.delete_webhook\n'
        'MlflowClient.delete_workspace mlflow.delete_workspace\n'
        'MlflowClient.detach_prompt_from_run mlflow.client.detach_prompt_from_run\n'
        'MlflowClient.download_artifacts mlflow.artifacts.download_artifacts\n'
        'MlflowClient.end_span mlflow.client.end_span\n'
        'MlflowClient.end_trace mlflow.client.end_trace\n'
        'MlflowClient.finalize_logged_model mlflow.finalize_logged_model\n'
        'MlflowClient.get_dataset mlflow.genai.get_dataset\n'
        'MlflowClient.get_experiment mlflow.get_experiment\n'
        'MlflowClient.get_experiment_by_name mlflow.get_experiment_by_name\n'
        'MlflowClient.get_latest_mcp_server_version mlflow.genai.get_latest_mcp_server_version\n'
        'MlflowClient.get_latest_skill_version mlflow.client.get_latest_skill_version\n'
        'MlflowClient.get_latest_versions mlflow.client.get_latest_versions\n'
        'MlflowClient.get_logged_model mlflow.get_logged_model\n'
        'MlflowClient.get_mcp_access_endpoint mlflow.genai.get_mcp_access_endpoint\n'
        'MlflowClient.get_mcp_server mlflow.genai.get_mcp_server\n'
        'MlflowClient.get_mcp_server_version mlflow.genai.get_mcp_server_version\n'
        'MlflowClient.get_mcp_server_version_by_alias mlflow.genai.get_mcp_server_version_by_alias\n'
        'MlflowClient.get_metric_history mlflow.client.get_metric_history\n'
        'MlflowClient.get_model_version mlflow.client.get_model_version\n'
        'MlflowClient.get_model_version_by_alias mlflow.client.get_model_version_by_alias\n'
        'MlflowClient.get_model_version_stages mlflow.client.get_model_version_stages\n'
        'MlflowClient.get_parent_run mlflow.get_parent_run\n'
        'MlflowClient.get_prompt mlflow.client.get_prompt\n'
        'MlflowClient.get_prompt_version mlflow.client.get_prompt_version\n'
        'MlflowClient.get_prompt_version_by_alias mlflow.client.get_prompt_version_by_alias\n'
        'MlflowClient.get_registered_model mlflow.client.get_registered_model\n'
        'MlflowClient.get_run mlflow.get_run\n'
        'MlflowClient.get_skill mlflow.client.get_skill\n'
        'MlflowClient.get_skill_version mlflow.client.get_skill_version\n'
        'MlflowClient.get_skill_version_by_alias mlflow.client.get_skill_version_by_alias\n'
        'MlflowClient.get_trace mlflow.get_trace\n'
        'MlflowClient.get_webhook mlflow.client.get_webhook\n'
        'MlflowClient.get_workspace mlflow.get_workspace\n'
        'MlflowClient.link_prompt_version_to_model mlflow.client.link_prompt_version_to_model\n'
        'MlflowClient.link_prompt_version_to_run mlflow.client.link_prompt_version_to_run\n'
        'MlflowClient.link_prompt_versions_to_trace mlflow.client.link_prompt_versions_to_trace\n'
        'MlflowClient.link_traces_to_run mlflow.client.link_traces_to_run\n'
        'MlflowClient.list_artifacts mlflow.artifacts.list_artifacts\n'
        'MlflowClient.list_logged_model_artifacts mlflow.client.list_logged_model_artifacts\n'
        'MlflowClient.list_logged_prompts mlflow.client.list_logged_prompts\n'
        'MlflowClient.list_webhooks mlflow.client.list_webhooks\n'
        'MlflowClient.list_workspaces mlflow.list_workspaces\n'
        'MlflowClient.load_prompt mlflow.load_prompt\n'
        'MlflowClient.load_table mlflow.load_table\n'
        'MlflowClient.log_artifact mlflow.log_artifact\n'
        'MlflowClient.log_artifacts mlflow.log_artifacts\n'
        'MlflowClient.log_assessment mlflow.log_assessment\n'
        'MlflowClient.log_batch mlflow.client.log_batch\n'
        'MlflowClient.log_dict mlflow.log_dict\n'
        'MlflowClient.log_figure mlflow.log_figure\n'
        'MlflowClient.log_image mlflow.log_image\n'
        'MlflowClient.log_inputs mlflow.log_inputs\n'
        'MlflowClient.log_metric mlflow.log_metric\n'
        'MlflowClient.log_model_artifact mlflow.client.log_model_artifact\n'
        'MlflowClient.log_model_artifacts mlflow.client.log_model_artifacts\n'
        'MlflowClient.log_model_params mlflow.log_model_params\n'
        'MlflowClient.log_outputs mlflow.log_outputs\n'
        'MlflowClient.log_param mlflow.log_param\n'
        'MlflowClient.log_prompt mlflow.client.log_prompt\n'
        'MlflowClient.log_stream mlflow.log_stream\n'
        'MlflowClient.log_table mlflow.log_table\n'
        'MlflowClient.log_text mlflow.log_text\n'
        'MlflowClient.parse_prompt_uri mlflow.client.parse_prompt_uri\n'
        'MlflowClient.refresh_mcp_server_version_tools mlflow.genai.refresh_mcp_server_version_tools\n'
        'MlflowClient.register_prompt mlflow.register_prompt\n'
        'MlflowClient.remove_dataset_from_experiments mlflow.genai.datasets.remove_dataset_from_experiments\n'
        'MlflowClient.rename_experiment mlflow.client.rename_experiment\n'
        'MlflowClient.rename_registered_model mlflow.client.rename_registered_model\n'
        'MlflowClient.restore_experiment mlflow.restore_experiment\n'
        'MlflowClient.restore_run mlflow.restore_run\n'
        'MlflowClient.search_datasets mlflow.genai.search_datasets\n'
        'MlflowClient.search_experiments mlflow.search_experiments\n'
        'MlflowClient.search_logged_models mlflow.search_logged_models\n'
        'MlflowClient.search_mcp_access_endpoints mlflow.genai.search_mcp_access_endpoints\n'
        'MlflowClient.search_mcp_server_versions mlflow.genai.search_mcp_server_versions\n'
        'MlflowClient.search_mcp_servers mlflow.genai.search_mcp_servers\n'
        'MlflowClient.search_model_versions mlflow.search_model_versions\n'
        'MlflowClient.search_prompt_versions mlflow.client.search_prompt_versions\n'
        'MlflowClient.search_prompts mlflow.search_prompts\n'
        'MlflowClient.search_registered_models mlflow.search_registered_models\n'
        'MlflowClient.search_runs mlflow.search_runs\n'
        'MlflowClient.search_skill_versions mlflow.client.search_skill_versions\n'
        'MlflowClient.search_skills mlflow.genai.search_skills\n'
        'MlflowClient.search_traces mlflow.search_traces\n'
        'MlflowClient.set_dataset_tags mlflow.genai.set_dataset_tags\n'
        'MlflowClient.set_experiment_tag mlflow.set_experiment_tag\n'
        'MlflowClient.set_logged_model_tags mlflow.set_logged_model_tags\n'
        'MlflowClient.set_mcp_server_alias mlflow.genai.set_mcp_server_alias\n'
        'MlflowClient.set_mcp_server_tag mlflow.genai.set_mcp_server_tag\n'
        'MlflowClient.set_mcp_server_version_tag mlflow.genai.set_mcp_server_version_tag\n'
        'MlflowClient.set_model_version_tag mlflow.set_model_version_tag\n'
        'MlflowClient.set_prompt_alias mlflow.set_prompt_alias\n'
        'MlflowClient.set_prompt_tag mlflow.genai.set_prompt_tag\n'
        'MlflowClient.set_prompt_version_tag mlflow.genai.set_prompt_version_tag\n'
        'MlflowClient.set_registered_model_alias mlflow.client.set_registered_model_alias\n'
        'MlflowClient.set_registered_model_tag mlflow.client.set_registered_model_tag\n'
        'MlflowClient.set_skill_alias mlflow.client.set_skill_alias\n'
        'MlflowClient.set_skill_tag mlflow.client.set_skill_tag\n'
        'MlflowClient.set_skill_version_tag mlflow.client.set_skill_version_tag\n'
        'MlflowClient.set_tag mlflow.set_tag\n'
        'MlflowClient.set_terminated mlflow.client.set_terminated\n'
        'MlflowClient.set_trace_tag mlflow.set_trace_tag\n'
        'MlflowClient.start_span mlflow.start_span\n'
        'MlflowClient.start_trace mlflow.client.start_trace\n'
        'MlflowClient.test_webhook mlflow.client.test_webhook\n'
        'MlflowClient.transition_model_version_stage mlflow.client.transition_model_version_stage\n'
        'MlflowClient.unlink_traces_from_run mlflow.client.unlink_traces_from_run\n'
        'MlflowClient.update_assessment mlflow.update_assessment\n'
        'MlflowClient.update_mcp_access_endpoint mlflow.genai.update_mcp_access_endpoint\n'
        'MlflowClient.update_mcp_server mlflow.genai.update_mcp_server\n'
        'MlflowClient.update_mcp_server_version mlflow.genai.update_mcp_server_version\n'
        'MlflowClient.update_model_version mlflow.client.update_model_version\n'
        'MlflowClient.update_registered_model mlflow.client.update_registered_model\n'
        'MlflowClient.update_run mlflow.client.update_run\n'
        'MlflowClient.update_skill mlflow.client.update_skill\n'
        'MlflowClient.update_skill_version mlflow.client.update_skill_version\n'
        'MlflowClient.update_webhook mlflow.client.update_webhook\n'
        'MlflowClient.update_workspace mlflow.update_workspace\n'
    ),
    'mlflow.tracking.fluent': (
        'autolog mlflow.autolog\n'
        'create_experiment mlflow.create_experiment\n'
        'create_external_model mlflow.create_external_model\n'
        'delete_experiment mlflow.delete_experiment\n'
        'delete_experiment_tag mlflow.delete_experiment_tag\n'
        'delete_logged_model_tag mlflow.delete_logged_model_tag\n'
        'delete_run mlflow.delete_run\n'
        'delete_tag mlflow.delete_tag\n'
        'end_run mlflow.end_run\n'
        'finalize_logged_model mlflow.finalize_logged_model\n'
        'flush_artifact_async_logging mlflow.flush_artifact_async_logging\n'
        'flush_async_logging mlflow.flush_async_logging\n'
        'flush_trace_async_logging mlflow.flush_trace_async_logging\n'
        'get_experiment mlflow.get_experiment\n'
        'get_experiment_by_name mlflow.get_experiment_by_name\n'
        'get_logged_model mlflow.get_logged_model\n'
        'get_parent_run mlflow.get_parent_run\n'
        'get_run mlflow.get_run\n'
        'import_checkpoints mlflow.import_checkpoints\n'
        'initialize_logged_model mlflow.initialize_logged_model\n'
        'last_logged_model mlflow.last_logged_model\n'
        'load_table mlflow.load_table\n'
        'log_artifact mlflow.log_artifact\n'
        'log_artifacts mlflow.log_artifacts\n'
        'log_dict mlflow.log_dict\n'
        'log_figure mlflow.log_figure\n'
        'log_image mlflow.log_image\n'
        'log_input mlflow.log_input\n'
        'log_inputs mlflow.log_inputs\n'
        'log_metric mlflow.log_metric\n'
        'log_metrics mlflow.log_metrics\n'
        'log_model_params mlflow.log_model_params\n'
        'log_outputs mlflow.log_outputs\n'
        'log_param mlflow.log_param\n'
        'log_params mlflow.log_params\n'
        'log_stream mlflow.log_stream\n'
        'log_table mlflow.log_table\n'
        'log_text mlflow.log_text\n'
        'restore_experiment mlflow.restore_experiment\n'
        'restore_run mlflow.restore_run\n'
        'search_experiments mlflow.search_experiments\n'
        'search_logged_models mlflow.search_logged_models\n'
        'search_runs mlflow.search_runs\n'
        'set_active_model mlflow.set_active_model\n'
        'set_experiment mlflow.set_experiment\n'
        'set_experiment_tag mlflow.set_experiment_tag\n'
        'set_experiment_tags mlflow.set_experiment_tags\n'
        'set_logged_model_tags mlflow.set_logged_model_tags\n'
        'set_tag mlflow.set_tag\n'
        'set_tags mlflow.set_tags\n'
        'start_run mlflow.start_run\n'
    ),
    'mlflow.transformers': (
        'autolog mlflow.autolog mlflow.usage.flavor=transformers\n'
        'generate_signature_output mlflow.generate_signature_output\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=transformers\n'
        'persist_pretrained_model mlflow.persist_pretrained_model\n'
        'save_model mlflow.save_model\n'
    ),
    'mlflow.typesafe': (
        'autolog mlflow.autolog mlflow.usage.flavor=typesafe\n'
    ),
    'mlflow.utils.credentials': (
        'login mlflow.login\n'
    ),
    'mlflow.utils.doctor': (
        'doctor mlflow.doctor\n'
    ),
    'mlflow.utils.environment': (
        'infer_pip_requirements mlflow.models.infer_pip_requirements\n'
    ),
    'mlflow.xgboost': (
        'autolog mlflow.autolog mlflow.usage.flavor=xgboost\n'
        'load_model mlflow.load_model\n'
        'log_model mlflow.log_model mlflow.usage.flavor=xgboost\n'
        'save_model mlflow.save_model\n'
    ),
}

SCORERS: Final[dict[str, str]] = {
    'mlflow.genai.scorers.builtin_scorers:ChunkRelevance': 'chunk_relevance',
    'mlflow.genai.scorers.builtin_scorers:Completeness': 'completeness',
    'mlflow.genai.scorers.builtin_scorers:ContextSufficiency': 'context_sufficiency',
    'mlflow.genai.scorers.builtin_scorers:ConversationCompleteness': 'conversation_completeness',
    'mlflow.genai.scorers.builtin_scorers:ConversationalGuidelines': 'conversational_guidelines',
    'mlflow.genai.scorers.builtin_scorers:ConversationalRoleAdherence': 'conversational_role_adherence',
    'mlflow.genai.scorers.builtin_scorers:ConversationalSafety': 'conversational_safety',
    'mlflow.genai.scorers.builtin_scorers:ConversationalToolCallEfficiency': 'conversational_tool_call_efficiency',
    'mlflow.genai.scorers.builtin_scorers:Correctness': 'correctness',
    'mlflow.genai.scorers.builtin_scorers:Equivalence': 'equivalence',
    'mlflow.genai.scorers.builtin_scorers:ExpectationsGuidelines': 'expectations_guidelines',
    'mlflow.genai.scorers.builtin_scorers:Fluency': 'fluency',
    'mlflow.genai.scorers.builtin_scorers:Groundedness': 'groundedness',
    'mlflow.genai.scorers.builtin_scorers:GuidelineAdherence': 'guideline_adherence',
    'mlflow.genai.scorers.builtin_scorers:Guidelines': 'guidelines',
    'mlflow.genai.scorers.builtin_scorers:KnowledgeRetention': 'knowledge_retention',
    'mlflow.genai.scorers.builtin_scorers:PIIDetection': 'pii_detection',
    'mlflow.genai.scorers.builtin_scorers:RegexMatch': 'regex_match',
    'mlflow.genai.scorers.builtin_scorers:RelevanceToQuery': 'relevance_to_query',
    'mlflow.genai.scorers.builtin_scorers:ResponseLength': 'response_length',
    'mlflow.genai.scorers.builtin_scorers:RetrievalGroundedness': 'retrieval_groundedness',
    'mlflow.genai.scorers.builtin_scorers:RetrievalRelevance': 'retrieval_relevance',
    'mlflow.genai.scorers.builtin_scorers:RetrievalSufficiency': 'retrieval_sufficiency',
    'mlflow.genai.scorers.builtin_scorers:Safety': 'safety',
    'mlflow.genai.scorers.builtin_scorers:Summarization': 'summarization',
    'mlflow.genai.scorers.builtin_scorers:ToolCallCorrectness': 'tool_call_correctness',
    'mlflow.genai.scorers.builtin_scorers:ToolCallEfficiency': 'tool_call_efficiency',
    'mlflow.genai.scorers.builtin_scorers:UserFrustration': 'user_frustration',
    'mlflow.metrics.genai.metric_definitions:answer_correctness': 'answer_correctness',
    'mlflow.metrics.genai.metric_definitions:answer_relevance': 'answer_relevance',
    'mlflow.metrics.genai.metric_definitions:answer_similarity': 'answer_similarity',
    'mlflow.metrics.genai.metric_definitions:faithfulness': 'faithfulness',
    'mlflow.metrics.genai.metric_definitions:relevance': 'relevance',
}

STORES: Final[dict[str, str]] = {
    '_get_databricks_rest_store': 'RestStore',
    '_get_databricks_uc_rest_store': 'RestStore',
    '_get_file_store': 'FileStore',
    '_get_rest_store': 'RestStore',
    '_get_sqlalchemy_store': 'SqlAlchemyStore',
}
