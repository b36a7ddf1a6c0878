"""Registered models and prompts, by the fluent functions and by a client."""

import mlflow
from mlflow import MlflowClient
from mlflow.sklearn import log_model
from sklearn.dummy import DummyClassifier

MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2]))
client = MlflowClient()
with mlflow.start_run() as run:  # > mlflow.start_run
    info = log_model(DummyClassifier().fit([[0]], [0]), "m", pip_requirements=[])  # > mlflow.log_model flavor=sklearn pip_requirements=true

mlflow.register_model(info.model_uri, "acme-secret")  # > mlflow.register_model
mlflow.register_model(info.model_uri, "acme-secret", tags={"a": "b"})  # > mlflow.register_model
mlflow.search_registered_models()  # > mlflow.search_registered_models
mlflow.search_model_versions()  # > mlflow.search_model_versions
mlflow.set_model_version_tag("acme-secret", "1", "a", "b") if MLFLOW >= (3, 9) else None  # > mlflow.set_model_version_tag since 3.9
mlflow.sklearn.load_model("models:/acme-secret/2")  # > mlflow.load_model
try:
    mlflow.register_model("runs:/none/m", "acme-secret")  # > mlflow.register_model
except Exception:
    pass

client.create_registered_model("other", description="secret")  # > mlflow.client.create_registered_model
client.rename_registered_model("other", "another")  # > mlflow.client.rename_registered_model
client.update_registered_model("another", description="x")  # > mlflow.client.update_registered_model
client.get_registered_model("another")  # > mlflow.client.get_registered_model
client.search_registered_models()  # > mlflow.search_registered_models
client.set_registered_model_tag("another", "a", "b")  # > mlflow.client.set_registered_model_tag
client.delete_registered_model_tag("another", "a")  # > mlflow.client.delete_registered_model_tag
client.delete_registered_model("another")  # > mlflow.client.delete_registered_model
client.create_model_version("acme-secret", info.model_uri, run.info.run_id)  # > mlflow.client.create_model_version
client.update_model_version("acme-secret", "3", "x")  # > mlflow.client.update_model_version
client.get_model_version("acme-secret", "3")  # > mlflow.client.get_model_version
client.search_model_versions("name='acme-secret'")  # > mlflow.search_model_versions
client.set_model_version_tag("acme-secret", "3", "a", "b")  # > mlflow.set_model_version_tag
client.delete_model_version_tag("acme-secret", "3", "a")  # > mlflow.client.delete_model_version_tag
client.set_registered_model_alias("acme-secret", "champion", "2")  # > mlflow.client.set_registered_model_alias
client.get_model_version_by_alias("acme-secret", "champion")  # > mlflow.client.get_model_version_by_alias
client.delete_registered_model_alias("acme-secret", "champion")  # > mlflow.client.delete_registered_model_alias
client.copy_model_version("models:/acme-secret/1", "copied")  # > mlflow.client.copy_model_version
client.transition_model_version_stage("acme-secret", "3", "Staging")  # > mlflow.client.transition_model_version_stage
client.get_latest_versions("acme-secret")  # > mlflow.client.get_latest_versions
client.get_model_version_download_uri("acme-secret", "3")  # a getter of a URI
client.delete_model_version("acme-secret", "3")  # > mlflow.client.delete_model_version
try:
    client.get_registered_model("none")  # > mlflow.client.get_registered_model
except mlflow.MlflowException:
    pass

mlflow.register_prompt(name="greeting", template="Hello {{name}}")  # > mlflow.register_prompt
mlflow.register_prompt(name="greeting", template="Hi {{name}}", commit_message="secret")  # > mlflow.register_prompt
mlflow.load_prompt("prompts:/greeting/1").format(name="x")  # > mlflow.load_prompt
mlflow.set_prompt_alias("greeting", "best", 2)  # > mlflow.set_prompt_alias
mlflow.load_prompt("prompts:/greeting@best")  # > mlflow.load_prompt
mlflow.search_prompts() if MLFLOW >= (3, 0) else None  # > mlflow.search_prompts since 3.0
mlflow.delete_prompt_alias("greeting", "best")  # > mlflow.delete_prompt_alias
client.load_prompt("prompts:/greeting/1")  # > mlflow.load_prompt
client.register_prompt(name="other", template="{{a}}")  # > mlflow.register_prompt
client.set_prompt_alias("other", "best", 1)  # > mlflow.set_prompt_alias
client.delete_prompt_alias("other", "best")  # > mlflow.delete_prompt_alias
try:
    mlflow.load_prompt("prompts:/none/1")  # > mlflow.load_prompt
except mlflow.MlflowException:
    pass
if MLFLOW >= (3, 9):
    client.create_prompt("bare")  # > mlflow.client.create_prompt since 3.9
    client.create_prompt_version("bare", "{{a}}")  # > mlflow.client.create_prompt_version since 3.9
    client.get_prompt("bare")  # > mlflow.client.get_prompt since 3.9
    client.search_prompts()  # > mlflow.search_prompts since 3.9
    client.get_prompt_version("bare", "1")  # > mlflow.client.get_prompt_version since 3.9
    client.delete_prompt_version("bare", "1")  # > mlflow.client.delete_prompt_version since 3.9
    client.delete_prompt("bare")  # > mlflow.delete_prompt since 3.9
if MLFLOW < (3, 0):
    mlflow.delete_prompt("greeting", "2")  # > mlflow.delete_prompt until 2.22
if MLFLOW >= (3, 9):
    mlflow.genai.register_prompt(name="typed", template=[{"role": "user", "content": "{{a}}"}])  # > mlflow.genai.register_prompt since 3.9
    mlflow.genai.load_prompt("prompts:/typed/1")  # > mlflow.genai.load_prompt since 3.9
    mlflow.genai.search_prompts()  # > mlflow.genai.search_prompts since 3.9
    mlflow.genai.set_prompt_alias("typed", "best", 1)  # > mlflow.genai.set_prompt_alias since 3.9
    mlflow.genai.delete_prompt_alias("typed", "best")  # > mlflow.genai.delete_prompt_alias since 3.9
    mlflow.genai.set_prompt_tag("typed", "a", "b")  # > mlflow.genai.set_prompt_tag since 3.9
    mlflow.genai.get_prompt_tags("typed")  # > mlflow.genai.get_prompt_tags since 3.9
    mlflow.genai.delete_prompt_tag("typed", "a")  # > mlflow.genai.delete_prompt_tag since 3.9
    mlflow.genai.set_prompt_version_tag("typed", 1, "a", "b")  # > mlflow.genai.set_prompt_version_tag since 3.9
    mlflow.genai.delete_prompt_version_tag("typed", 1, "a")  # > mlflow.genai.delete_prompt_version_tag since 3.9
