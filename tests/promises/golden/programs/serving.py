"""A deployment target of one's own, and a project that runs on this machine: its code is a person's, in a process of its own."""

import sys
from pathlib import Path

# A plugin of the company's, installed where this program finds it.
Path("acme_target.py").write_text(
    """
from mlflow.deployments import BaseDeploymentClient

class AcmeClient(BaseDeploymentClient):
    def create_deployment(self, name, model_uri, flavor=None, config=None, endpoint=None):
        return {"name": name, "flavor": flavor}
    def update_deployment(self, name, model_uri=None, flavor=None, config=None, endpoint=None): ...
    def delete_deployment(self, name, config=None, endpoint=None): ...
    def list_deployments(self, endpoint=None): return []
    def get_deployment(self, name, endpoint=None): return {}
    def predict(self, deployment_name=None, inputs=None, endpoint=None):
        import mlflow
        mlflow.log_param("called", 1)
        return inputs

def run_local(target, name, model_uri, flavor=None, config=None): ...
def target_help(): return "secret"
"""
)
"the plugin's own call is not MLflow's"  # > mlflow.log_param
distribution = Path("acme_target-1.0.dist-info")
distribution.mkdir()
(distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-target\nVersion: 1.0\n")
(distribution / "entry_points.txt").write_text("[mlflow.deployments]\nacme-secret = acme_target\n")
sys.path.insert(0, str(Path.cwd()))

import mlflow  # noqa: E402
import mlflow.projects  # noqa: E402
from mlflow.deployments import get_deploy_client, run_local  # noqa: E402

client = get_deploy_client("acme-secret://host")  # > mlflow.deployments.get_deploy_client
client.create_deployment("secret", "models:/acme/1")
client.predict("secret", [1])
run_local("acme-secret", "secret", "models:/acme/1")  # > mlflow.deployments.run_local
try:
    get_deploy_client("no-such-target")  # > mlflow.deployments.get_deploy_client
except mlflow.MlflowException:
    pass

project = Path("acme-project")
project.mkdir()
(project / "MLproject").write_text(
    f"name: acme\nentry_points:\n  main:\n    command: '{sys.executable} train.py'\n  broken:\n    command: 'exit 3'\n"
)
(project / "train.py").write_text("import mlflow\nmlflow.log_metric('secret', 1.0)\n")
"once, by the project's own process"  # > mlflow.log_metric
mlflow.projects.run(str(project), env_manager="local")  # > mlflow.run
try:
    mlflow.run(str(project), entry_point="broken", env_manager="local")  # > mlflow.run
except Exception as error:
    assert type(error).__name__ == "ExecutionException"
mlflow.doctor()  # > mlflow.doctor
