"""Automation: processes without a person at the keyboard.

Decides, from variables and the main program alone, whether this process belongs to continuous integration, a test runner or a Spark
executor. There the mode is off unless somebody says `on`. It must never look at files, processes or the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from mlflow_usage.consent.mode import is_set
from mlflow_usage.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A system, the variables that must all be set, and where that is documented. Only variables that a system sets while it builds: one that
# also marks a deployed program (RENDER, VERCEL) or stays in the built image (OPENSHIFT_BUILD_NAME) does not belong here.
SYSTEMS: Final = (
    ("any system", ("CI",), "the convention that most systems below follow"),
    ("any system", ("CONTINUOUS_INTEGRATION",), "https://docs.travis-ci.com/user/environment-variables"),
    ("GitHub Actions", ("GITHUB_ACTIONS",), "https://docs.github.com/en/actions/reference/variables-reference"),
    ("GitLab CI", ("GITLAB_CI",), "https://docs.gitlab.com/ci/variables/predefined_variables/"),
    ("Jenkins", ("JENKINS_URL",), "https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables"),
    ("Hudson", ("HUDSON_URL",), "https://github.com/watson/ci-info vendors.json"),
    ("CircleCI", ("CIRCLECI",), "https://circleci.com/docs/variables/#built-in-environment-variables"),
    ("Travis CI", ("TRAVIS",), "https://docs.travis-ci.com/user/environment-variables/#default-environment-variables"),
    ("Azure Pipelines", ("TF_BUILD",), "https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables"),
    ("AWS CodeBuild", ("CODEBUILD_BUILD_ARN",), "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"),
    ("AWS CodeBuild", ("CODEBUILD_BUILD_ID",), "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html"),
    ("Google Cloud Build", ("BUILDER_OUTPUT",), "https://github.com/watson/ci-info vendors.json"),
    ("Google Cloud Run job", ("CLOUD_RUN_EXECUTION",), "https://cloud.google.com/run/docs/container-contract"),
    ("Bitbucket Pipelines", ("BITBUCKET_BUILD_NUMBER",), "https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/"),
    ("Bitbucket Pipelines", ("BITBUCKET_COMMIT",), "https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/"),
    ("Bamboo", ("bamboo_planKey",), "https://confluence.atlassian.com/bamboo/bamboo-variables-289277087.html"),
    ("Bamboo", ("bamboo_agentId",), "https://confluence.atlassian.com/bamboo/bamboo-variables-289277087.html"),
    ("Buildkite", ("BUILDKITE",), "https://buildkite.com/docs/pipelines/configure/environment-variables"),
    ("TeamCity", ("TEAMCITY_VERSION",), "https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html"),
    ("AppVeyor", ("APPVEYOR",), "https://www.appveyor.com/docs/environment-variables/"),
    ("Drone", ("DRONE",), "https://docs.drone.io/pipeline/environment/reference/"),
    ("Woodpecker", ("CI_SYSTEM_NAME",), "https://woodpecker-ci.org/docs/usage/environment"),
    ("Harness CI", ("HARNESS_BUILD_ID",), "https://developer.harness.io/docs/continuous-integration/troubleshoot-ci/ci-env-var"),
    ("Semaphore", ("SEMAPHORE",), "https://docs.semaphoreci.com/reference/env-vars"),
    ("Cirrus CI", ("CIRRUS_CI",), "https://cirrus-ci.org/guide/writing-tasks/#environment-variables"),
    ("Codefresh", ("CF_BUILD_ID",), "https://codefresh.io/docs/docs/codefresh-yaml/variables#system-provided-variables"),
    ("Codeship, SourceHut", ("CI_NAME",), "https://documentation.codeship.com/basic/builds-and-configuration/set-environment-variables/"),
    ("Bitrise", ("BITRISE_IO",), "https://devcenter.bitrise.io/builds/available-environment-variables/"),
    ("Buddy", ("BUDDY_WORKSPACE_ID",), "https://buddy.works/docs/pipelines/environment-variables#default-environment-variables"),
    ("Appcircle", ("AC_APPCIRCLE",), "https://docs.appcircle.io/environment-variables/appcircle-specific-environment-variables"),
    ("Codemagic", ("CM_BUILD_ID",), "https://github.com/watson/ci-info vendors.json"),
    ("GoCD", ("GO_PIPELINE_LABEL",), "https://docs.gocd.org/current/configuration/pipeline_labeling.html"),
    ("Heroku CI", ("HEROKU_TEST_RUN_ID",), "https://devcenter.heroku.com/articles/heroku-ci"),
    ("Prow", ("PROW_JOB_ID",), "https://github.com/kubernetes/test-infra/blob/master/prow/jobs.md#job-environment-variables"),
    ("Taskcluster", ("TASK_ID", "RUN_ID"), "https://github.com/watson/ci-info vendors.json"),
    ("Screwdriver", ("SCREWDRIVER",), "https://docs.screwdriver.cd/user-guide/environment-variables"),
    ("Scrutinizer", ("SCRUTINIZER",), "https://scrutinizer-ci.com/docs/build/environment-variables"),
    ("Shippable", ("SHIPPABLE",), "http://docs.shippable.com/ci/env-vars/#stdEnv"),
    ("Sail CI", ("SAILCI",), "https://sail.ci/docs/environment-variables"),
    ("Vela", ("VELA",), "https://go-vela.github.io/docs/reference/environment/variables/"),
    ("Wercker", ("WERCKER_MAIN_PIPELINE_STARTED",), "http://devcenter.wercker.com/docs/environment-variables/available-env-vars"),
    ("JetBrains Space", ("JB_SPACE_EXECUTION_NUMBER",), "https://jetbrains.com/help/space/automation-environment-variables.html"),
    ("Cloudflare Pages", ("CF_PAGES",), "https://developers.cloudflare.com/pages/platform/build-configuration#environment-variables"),
    ("Netlify", ("NETLIFY",), "https://docs.netlify.com/configure-builds/environment-variables/#netlify-configuration-variables"),
    ("Gitea Actions", ("GITEA_ACTIONS",), "https://github.com/watson/ci-info vendors.json"),
    ("Agola", ("AGOLA_GIT_REF",), "https://github.com/watson/ci-info vendors.json"),
    ("Earthly CI", ("EARTHLY_CI",), "https://github.com/watson/ci-info vendors.json"),
    ("Strider CD", ("STRIDER",), "https://github.com/watson/ci-info vendors.json"),
    ("Xcode Cloud", ("CI_XCODE_PROJECT",), "https://github.com/watson/ci-info vendors.json"),
    ("Read the Docs", ("READTHEDOCS",), "https://docs.readthedocs.io/en/stable/builds.html#build-environment"),
    ("Runbot", ("RUNBOT_HOST_URL",), "MLflow 3.17.2, mlflow/telemetry/utils.py"),
    ("Runbot", ("RUNBOT_BUILD_NAME",), "MLflow 3.17.2, mlflow/telemetry/utils.py"),
    ("Runbot", ("RUNBOT_WORKER_ID",), "MLflow 3.17.2, mlflow/telemetry/utils.py"),
)  # fmt: skip

# https://docs.pytest.org/en/stable/example/simple.html#pytest-current-test-environment-variable
_PYTEST_VARIABLE: Final = "PYTEST_CURRENT_TEST"
_PYTEST_PROGRAMS: Final = frozenset({"pytest", "py.test", "pytest.exe", "py.test.exe", "pytest-script.py", "py.test-script.py"})
# apache/spark: core/…/api/python/PythonWorkerFactory.scala starts `python -m <module>`; a daemon's forks keep its `__main__`.
_SPARK_MODULES: Final = frozenset({"pyspark.daemon", "pyspark.worker"})


DETECTIONS: Final = ("continuous integration", "test runner", "Spark executor")


class MainProgram(NamedTuple):
    """The main program: the name of the module that is `__main__` (`python -m`), its file, and `sys.argv[0]`; None or empty if unknown."""

    module: str | None = None
    file: str | None = None
    argv0: str = ""


class Detection(NamedTuple):
    """A sign of automation: its kind, the system's name, and the evidence, without any value of the user's."""

    kind: Literal["continuous integration", "test runner", "Spark executor"]
    system: str
    evidence: str


def main_program(modules: Mapping[str, object], argv: Sequence[str]) -> MainProgram:
    """Describe the main program from `sys.modules` and `sys.argv`. A worker of pytest-xdist is pytest, though it runs as `-c`."""
    main = modules.get("__main__")
    module = getattr(getattr(main, "__spec__", None), "name", None)
    file = getattr(main, "__file__", None)
    argv0 = argv[0] if argv and isinstance(argv[0], str) else ""
    if argv0 == "-c" and "execnet" in modules and "_pytest" in modules:
        module = "pytest"
    return MainProgram(module if isinstance(module, str) else None, file if isinstance(file, str) else None, argv0)


def detect(environ: Mapping[str, str], main: MainProgram) -> Detection | None:
    """Return the first sign of automation, or None."""
    get = environ.get
    for system, variables, _ in SYSTEMS:
        if is_set(get(variables[0])) and all(is_set(get(name)) for name in variables[1:]):
            return Detection("continuous integration", system, " and ".join(variables))
    if is_set(get(_PYTEST_VARIABLE)):
        return Detection("test runner", "pytest", _PYTEST_VARIABLE)
    module = (main.module or "").removesuffix(".__main__")
    file = (main.file or "").replace("\\", "/").split("/")
    if module in {"pytest", "py.test"} or not _PYTEST_PROGRAMS.isdisjoint((main.argv0.replace("\\", "/").split("/")[-1], file[-1])):
        return Detection("test runner", "pytest", "the main program")
    if module in _SPARK_MODULES or ".".join(file[-2:]).removesuffix(".py") in _SPARK_MODULES:
        return Detection("Spark executor", "pyspark", "the main program")
    return None
