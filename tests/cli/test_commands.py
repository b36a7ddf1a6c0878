"""The command `mlflow-usage`: one clear line, the right exit code, never a traceback."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from mlflow_usage.cli import main as cli
from mlflow_usage.consent import settings
from mlflow_usage.delivery import audit
from mlflow_usage.installation import identity
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support.cli_shell import RESOURCE, VARIABLES, Shell, clean


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    clean(monkeypatch)
    return Shell(tmp_path / "state", monkeypatch)


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name
            yield from walk(found, (*path, name))


COMMANDS = dict(walk(cli.main))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(shell: Shell, path: tuple[str, ...]) -> None:
    result = shell.run(*path, "--help")
    assert result.exit_code == 0
    example = [line.strip() for line in result.output.splitlines() if line.strip().startswith("Example: mlflow-usage")]
    assert len(example) == 1
    assert example[0].startswith(f"Example: {' '.join(('mlflow-usage', *path))}") or isinstance(COMMANDS[path], click.Group)
    options = [option for option in COMMANDS[path].params if isinstance(option, click.Option)]
    assert all(option.help for option in options)
    assert not shell.directory.exists()


def test_the_list_of_commands_says_what_each_is_for(shell: Shell) -> None:
    listed = shell.run("--help").output
    for name, place in cli.COMMANDS.items():
        assert f"{name} " in listed
        assert place.help[:40] in listed


@pytest.mark.parametrize("path", [path for path in COMMANDS if path and isinstance(COMMANDS[path], click.Group)], ids=" ".join)
def test_the_list_of_a_group_cuts_nothing_off(shell: Shell, path: tuple[str, ...]) -> None:
    assert not [line for line in shell.run(*path, "--help").output.splitlines()[1:] if line.endswith("...")]


def test_no_command_is_the_status(shell: Shell) -> None:
    assert shell.run().output == shell.run("status").output
    assert shell.run("status").exit_code == 0
    assert shell.said() == shell.said("status")
    assert "goes after the command: mlflow-usage status --json" in shell.fails("--json", "status", code=2)


def test_an_unknown_command_or_option_is_one_line(shell: Shell) -> None:
    assert "'of'" in shell.fails("of", code=2)
    assert "--jsn" in shell.fails("status", "--jsn", code=2)
    assert "Missing argument" in shell.fails("warehouse", "info", code=2)


FIELDS = {
    *("mode", "decided_by", "sources", "endpoint", "endpoint_source", "endpoint_problem", "directory", "directory_problem"),
    *("installation", "waiting_calls", "waiting_journals", "kept_calls", "sent_requests", "rejected_records", "last_sent"),
    *("last_answer", "notice", "notice_shown", "catalogue", "version", "lifted", "failures"),
}


def test_the_status_of_a_fresh_installation(shell: Shell) -> None:
    found = shell.said("status")
    assert set(found) >= FIELDS - {"failures"}
    assert (found["mode"], found["decided_by"], found["endpoint"]) == ("on", "default", "http://localhost:4318")
    assert (found["installation"], found["waiting_calls"], found["sent_requests"], found["notice_shown"]) == (None, 0, 0, False)
    assert found["directory"] == str(shell.directory)
    assert not shell.directory.exists()
    lines = shell.run("status").output.splitlines()
    assert lines[0].split() == ["mode", "on,", "decided", "by", "default"]
    assert all("None" not in line for line in lines)


@pytest.mark.parametrize(
    ("environ", "mode", "decided"),
    [
        ({"MLFLOW_USAGE": "off"}, "off", "MLFLOW_USAGE"),
        ({"DO_NOT_TRACK": "1"}, "off", "DO_NOT_TRACK"),
        ({"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_USAGE": "on"}, "off", "MLFLOW_DISABLE_TELEMETRY"),
        ({"CI": "true"}, "off", "continuous integration"),
        ({"MLFLOW_USAGE": "local"}, "local", "MLFLOW_USAGE"),
        ({"MLFLOW_USAGE_ENDPOINT": "none"}, "local", "MLFLOW_USAGE_ENDPOINT"),
        ({"MLFLOW_USAGE_ENDPOINT": "ftp://x"}, "local", "MLFLOW_USAGE_ENDPOINT"),
        ({"CI": "true", "MLFLOW_USAGE": "on"}, "on", "default"),
    ],
)
def test_the_status_says_what_decided(shell: Shell, environ: dict[str, str], mode: str, decided: str) -> None:
    found = shell.said("status", **environ)
    assert found["mode"] == mode
    assert decided in found["decided_by"] or mode == "on"
    assert decided in shell.run("status", **environ).output or mode == "on"
    assert not shell.directory.exists()


def test_on_local_and_off_last(shell: Shell) -> None:
    assert shell.run("off").output.splitlines()[0] == f"Usage is off (decided by settings {shell.directory}/settings.toml)."
    assert shell.said("status")["mode"] == "off"
    assert "Usage is local" in shell.run("local").output
    assert shell.said("status")["mode"] == "local"
    assert "Usage is on, sending to http://localhost:4318" in shell.run("on").output
    assert shell.said("status")["mode"] == "on"
    assert shell.said("status", CI="true")["mode"] == "on"
    assert "Usage is off (decided by variable DO_NOT_TRACK" in shell.run("on", DO_NOT_TRACK="1").output
    assert shell.directory.stat().st_mode & 0o777 == 0o700
    assert (shell.directory / "settings.toml").stat().st_mode & 0o777 == 0o600


def test_an_endpoint_is_kept_until_another_is_chosen(shell: Shell) -> None:
    shell.run("on", "--endpoint", "https://collector.example.com")
    shell.run("off")
    shell.run("on")
    assert shell.said("status")["endpoint"] == "https://collector.example.com"
    assert "Usage is local" in shell.run("on", "--endpoint", "none").output
    assert "Your choice, on, is saved, but another source decides" in shell.run("on").output
    assert "Your choice" not in shell.run("local").output
    shell.run("on")
    assert "--endpoint" in shell.fails("on", "--endpoint", "collector.example.com", code=2)
    variable = {"MLFLOW_USAGE_ENDPOINT": "http://127.0.0.1:9"}
    assert "variable MLFLOW_USAGE_ENDPOINT decides where records go" in shell.run("on", "--endpoint", "none", **variable).output
    assert "where records go" not in shell.run("on", **variable).output + shell.run("on", "--endpoint", "none").output
    assert shell.said("status")["mode"] == "local"


def test_off_deletes_what_waits_and_says_how_much(shell: Shell) -> None:
    shell.record("mlflow.log_metric", "mlflow.log_metric", "mlflow.log_param")
    assert shell.said("preview")
    output = shell.run("off").output
    assert "Deleted 3 calls that were waiting." in output
    shell.run("on")
    shell.record("mlflow.log_param")
    (shell.directory / audit.OLDER).touch()
    assert "1 call in 1 record of 1 journal," in shell.run("status").output
    assert "1 call is kept and not sent" in shell.run("status", MLFLOW_USAGE="local").output
    output = shell.run("off").output
    assert "Deleted 1 call that was waiting." in output
    assert f"settings.toml, {audit.OLDER}." in output  # all that stays
    assert shell.said("preview") == []
    assert not list(shell.directory.glob("*.journal"))


def test_off_tells_of_running_programs(shell: Shell) -> None:
    shell.directory.mkdir(mode=0o700)
    recorder = Recorder(lambda: {"resource": RESOURCE, "mode": "on", "endpoint": ""}, lambda: shell.directory, life=Life())
    recorder.hit("mlflow.log_metric", None)
    assert "1 running process stops and deletes its own within" in shell.run("off").output
    another = Recorder(lambda: {"resource": RESOURCE, "mode": "on", "endpoint": ""}, lambda: shell.directory, life=Life())
    another.hit("mlflow.log_metric", None)
    assert "2 running processes stop and delete theirs within" in shell.run("off").output
    another.discard()
    recorder.discard()


def test_reset_forgets_the_id(shell: Shell) -> None:
    assert "no installation id" in shell.run("reset").output
    before = identity.obtain(shell.directory)
    assert shell.said("status")["installation"] == identity.digest(before.secret)
    assert "forgotten" in shell.run("reset").output
    assert shell.said("status")["installation"] is None
    assert identity.obtain(shell.directory).secret != before.secret


def test_the_secret_is_never_shown(shell: Shell) -> None:
    secret = identity.obtain(shell.directory).secret
    shell.record("mlflow.log_metric")
    for arguments in (["status"], ["status", "--json"], ["preview"], ["preview", "--json"], ["sent"], ["reset"]):
        assert secret not in shell.run(*arguments).output


@pytest.mark.parametrize("mode", ["on", "local", "off"])
def test_preview_shows_the_next_batch_and_changes_nothing(shell: Shell, mode: str) -> None:
    assert shell.run("preview").output == "Nothing is waiting.\n"
    shell.record("mlflow.log_metric", "mlflow.log_metric")
    before = {path: path.read_bytes() for path in shell.directory.iterdir()}
    (request,) = shell.said("preview", MLFLOW_USAGE=mode)
    (record,) = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert record["eventName"] == "mlflow.log_metric"
    assert "mlflow.log_metric" in shell.run("preview", MLFLOW_USAGE=mode).output
    assert "count=2" in shell.run("preview").output
    assert {path: path.read_bytes() for path in shell.directory.iterdir()} == before


def sent_line(shell: Shell, event: str) -> None:
    """A request in the log, as delivery writes it."""
    shell.record(event)
    request = shell.said("preview")[-1]
    from google.protobuf.json_format import ParseDict
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    body = gzip.compress(ParseDict(request, ExportLogsServiceRequest()).SerializeToString())
    audit.append(shell.directory, audit.Sent(1_800_000_000.0, "http://localhost:4318", 200, "accepted", body))
    for path in shell.directory.glob("*.journal"):
        path.unlink()


def test_sent_shows_what_left_newest_first(shell: Shell) -> None:
    assert shell.run("sent").output == "Nothing has been sent.\n"
    assert shell.run("sent", "--json").output == ""
    sent_line(shell, "mlflow.log_metric")
    sent_line(shell, "mlflow.log_param")
    output = shell.run("sent").output
    assert output.index("mlflow.log_param") < output.index("mlflow.log_metric")
    assert "2027-01-15T08:00:00+00:00" in output
    limited = shell.run("sent", "--limit", "1").output
    assert "mlflow.log_metric" not in limited
    assert limited.endswith("\n1 earlier request not shown: --limit 2 shows all.\n")
    assert "not shown" not in output
    lines = [json.loads(line) for line in shell.run("sent", "--json").output.splitlines()]
    assert [line["status"] for line in lines] == [200, 200]
    assert shell.said("status")["sent_requests"] == 2
    shell.fails("sent", "--limit", "0", code=2)


def test_an_empty_request_is_told_for_what_it_is(shell: Shell) -> None:
    sent_line(shell, "mlflow.log_metric")
    audit.append(shell.directory, audit.Sent(1_800_000_000.0, "http://localhost:4318", 200, "accepted", gzip.compress(b"")))
    assert (
        shell.run("sent", "--limit", "1").output.splitlines()[1] == "  no record: `mlflow-usage doctor` asked whether the endpoint answers"
    )


GARBAGE: list[tuple[str, bytes]] = [
    ("settings.toml", b"\xff\xfe garbage"),
    ("settings.toml", b"mode = 'on"),
    ("settings.toml", b'mode = "on"\nacme = "x"\n'),
    ("settings.toml", b"mode = 7\n"),
    ("settings.toml", b"[" * 5000),
    ("settings.toml", b'mode = "on"\n' * 10_000),
]


@pytest.mark.parametrize(("name", "content"), GARBAGE)
def test_settings_that_cannot_be_read_are_off_and_can_be_replaced(shell: Shell, name: str, content: bytes) -> None:
    shell.directory.mkdir(mode=0o700)
    (shell.directory / name).write_bytes(content)
    found = shell.said("status")
    assert (found["mode"], found["decided_by"]) == ("off", f"settings {shell.directory}/settings.toml")
    (source,) = [source for source in found["sources"] if source["name"].startswith("settings")]
    assert source["detail"]
    assert source["detail"] in shell.run("status").output
    assert shell.run("on").exit_code == 0
    assert shell.said("status")["mode"] == "on"
    assert settings.read(shell.directory) == settings.UserSettings(settings.Mode.ON, None, f"{shell.directory}/settings.toml")


JOURNALS = [b"", b"garbage", b"\0" * 4096, b"MLFUSAGE" + b"\xff" * 4088]
READERS = [["status"], ["preview"], ["sent"], ["off"], ["reset"], ["local"], ["on"]]


@pytest.mark.parametrize("content", JOURNALS)
def test_garbage_journals_are_passed_over(shell: Shell, content: bytes) -> None:
    for arguments in READERS:
        shell.directory.mkdir(mode=0o700, exist_ok=True)
        (shell.directory / "0.journal").write_bytes(content)
        assert shell.run(*arguments).exit_code == 0
        shell.record("mlflow.log_metric")
        assert shell.run(*arguments).exit_code == 0


def line(**changed: object) -> bytes:
    body = base64.b64encode(gzip.compress(b"")).decode()
    entry = {"time": 1.0, "endpoint": "http://localhost:4318", "status": 200, "outcome": "accepted", "body": body, "rejected": 0, **changed}
    return json.dumps(entry).encode() + b"\n"


SENT = {
    "garbage": b"garbage\n\xff\n[]\n7\nnull\n",
    "a list": b"[1, 2]\n",
    "a missing key": b'{"time": 1}\n',
    "too many keys": line(acme="x"),
    "a body that is no base64": line(body="***"),
    "a body that is no text": line(body=7),
    "a time that is none": line(time="yesterday"),
    "a time without end": line(time=1e300),
    "a time before all": line(time=-1e12),
    "an array in an array": b"[" * 50_000,
    "a time that is not a number": b'{"time": NaN' + line()[len(b'{"time": 1.0') :],
    "a number that is none": line(rejected="many"),
    "an endpoint that is none": line(endpoint=None),
    "a status that is none": line(status=[1]),
    "a torn line": line()[:-30],
}


@pytest.mark.parametrize("content", SENT.values(), ids=SENT.keys())
def test_a_log_with_garbage_in_it_is_read_past_it(shell: Shell, content: bytes) -> None:
    sent_line(shell, "mlflow.log_metric")
    log = shell.directory / audit.FILE
    log.write_bytes(content + b"\n" + log.read_bytes())
    assert shell.run("status").exit_code == 0
    assert shell.said("status")["sent_requests"] >= 1
    result = shell.run("sent")
    assert result.exit_code == 0
    assert "mlflow.log_metric" in result.output


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"no request \xff\xff\xff")[:-4], gzip.compress(b"\xff\xff\xff"), gzip.compress(b"")[:5]]
)
def test_a_request_that_cannot_be_read_is_one_clear_line(shell: Shell, body: bytes) -> None:
    sent_line(shell, "mlflow.log_metric")
    with (shell.directory / audit.FILE).open("ab") as file:
        file.write(line(body=base64.b64encode(body).decode()))
    result = shell.run("sent")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    assert "sent.jsonl" in result.stderr


def as_a_link(directory: Path) -> str:
    directory.with_name("elsewhere").mkdir(mode=0o700)
    directory.symlink_to(directory.with_name("elsewhere"))
    return "is a symbolic link"


def as_a_file(directory: Path) -> str:
    directory.write_text("")
    return "is not a directory"


def as_everybody_s(directory: Path) -> str:
    directory.mkdir()
    directory.chmod(0o777)
    return "can be written by others"


def as_nobody_s(directory: Path) -> str:
    directory.mkdir()
    directory.chmod(0o000)
    return "cannot be read"


@pytest.fixture
def person(tmp_path: Path) -> Iterator[None]:
    """Somebody whom modes bind: root reads everything."""
    if os.geteuid() != 0:
        yield
        return
    for directory in (tmp_path.parent.parent, tmp_path.parent, tmp_path):
        directory.chmod(0o755)
    os.chown(tmp_path, 65_534, 65_534)
    os.seteuid(65_534)
    yield
    os.seteuid(0)


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("spoil", [as_a_link, as_a_file, as_everybody_s, as_nobody_s])
def test_a_directory_that_may_not_be_used_is_said_and_not_used(shell: Shell, spoil: Callable[[Path], str]) -> None:
    reason = spoil(shell.directory)
    found = shell.said("status")
    assert reason in found["directory_problem"]
    assert reason in shell.run("status").output
    for command in ("preview", "sent", "forget"):
        assert reason in shell.fails(command)
    for command in ("on", "local", "off", "reset"):
        message = shell.fails(command)
        assert reason in message
        assert "MLFLOW_USAGE" in message
    if shell.directory.is_dir():
        shell.directory.chmod(0o700)
    elsewhere = shell.directory.with_name("elsewhere")
    assert not elsewhere.exists() or not list(elsewhere.iterdir())


def test_a_directory_that_cannot_be_made_is_one_line(shell: Shell) -> None:
    (shell.directory.parent / "file").write_text("")
    shell.directory = shell.directory.parent / "file" / "state"
    for command in ("on", "local", "off"):
        assert "MLFLOW_USAGE=off" in shell.fails(command)
    assert shell.run("reset").exit_code in {0, 1}
    assert shell.said("status")["mode"] == "on"


@pytest.mark.parametrize("name", ["settings.toml", "installation", audit.FILE, "0.journal"])
@pytest.mark.parametrize("kind", ["link", "directory", "fifo"])
def test_what_stands_where_a_file_should_harms_nobody(shell: Shell, name: str, kind: str) -> None:
    shell.directory.mkdir(mode=0o700)
    victim = shell.directory.parent / "victim"
    victim.write_text("precious")
    path = shell.directory / name
    make = {"link": lambda: path.symlink_to(victim), "directory": path.mkdir, "fifo": lambda: os.mkfifo(path)}[kind]
    for arguments in (["status"], ["preview"], ["sent"], ["reset"], ["off"], ["on"]):
        if not os.path.lexists(path):
            make()
        result = shell.run(*arguments)
        assert result.exit_code in {0, 1}
        if result.exit_code:
            assert len(result.stderr.splitlines()) == 1, result.stderr
    assert victim.read_text() == "precious"


def test_without_a_home_it_says_what_to_do(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlflow_usage.installation.state.locate", lambda _: None)
    found = shell.said("status")
    assert found["directory"] is None
    assert "no home directory" in shell.run("status").output
    assert "MLFLOW_USAGE_DIR" in shell.fails("off")


def test_the_version_is_the_distribution_s(shell: Shell) -> None:
    from importlib.metadata import version

    assert version("mlflow-usage") in shell.run("--version").output


@pytest.mark.parametrize(
    ("streams", "printed", "said", "code"),
    [
        (">&-", "", "", 0),
        ("2>&-", "mode ", "", 0),
        ("<&- >&- 2>&-", "", "", 0),
        (">/dev/full", "", "Error: No space left on device\n", 1),
        (">/dev/full 2>/dev/full", "", "", 1),
    ],
)
def test_output_that_nobody_can_take_is_no_traceback(tmp_path: Path, streams: str, printed: str, said: str, code: int) -> None:
    line = f"exec {sys.executable} -m mlflow_usage status {streams}"
    environ = {**os.environ, "MLFLOW_USAGE_DIR": str(tmp_path)}
    result = subprocess.run(["/bin/sh", "-c", line], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (code, said)
    assert result.stdout.startswith(printed)
    assert bool(result.stdout) is bool(printed)


def test_a_broken_environment_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "requests.py").write_text("raise ImportError('no requests')")
    environ = {**os.environ, "MLFLOW_USAGE_DIR": str(tmp_path / "state"), "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "mlflow_usage", "preview"]
    result = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "Error: no requests: this environment is broken; install mlflow-usage into it again\n"


HEAVY = ("deltalake", "pyarrow", "altair", "duckdb", "vl_convert", "jinja2", "mlflow.", "pandas", "numpy", "yaml")
OPERATORS = ("mlflow_usage.collector", "mlflow_usage.warehouse", "mlflow_usage.site", "mlflow_usage.catalogue.build")
LOADED = """
import runpy, sys
sys.argv = ["mlflow-usage", *sys.argv[1:]]
try:
    runpy.run_module("mlflow_usage", run_name="__main__", alter_sys=True)
except SystemExit as end:
    print("exit", end.code)
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


def test_the_module_is_the_command_and_loads_nothing_of_the_operators_side(tmp_path: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if key not in VARIABLES and not key.startswith(("MLFLOW", "PYTEST"))}
    environ["MLFLOW_USAGE_DIR"] = str(tmp_path / "state")
    result = subprocess.run([sys.executable, "-c", LOADED, "status"], capture_output=True, text=True, check=False, env=environ)
    assert result.stdout.startswith("mode ")
    assert result.stdout.endswith("exit 0\n")
    modules = result.stderr.splitlines()
    assert "mlflow_usage.insight.status" in modules
    assert not [module for module in modules if module.startswith((*HEAVY, *OPERATORS))]
    assert "mlflow" not in modules


def test_a_program_asks_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow_usage

    monkeypatch.setenv("MLFLOW_USAGE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MLFLOW_USAGE", "off")
    report = mlflow_usage.status()
    assert (report.mode, report.decided_by) == ("off", "variable MLFLOW_USAGE=off")
    assert str(report).startswith("mode          off, decided by variable MLFLOW_USAGE=off")
    assert mlflow_usage.preview() == []
    assert mlflow_usage.flush() is True
