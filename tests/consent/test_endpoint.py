"""The endpoint: precedence, validity, headers, and secrets that are never shown or sent elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.consent import endpoint as endpoints
from mlflow_usage.consent import reference
from mlflow_usage.consent.endpoint import Endpoint, parse_headers, resolve, url_problem
from mlflow_usage.consent.policy import Policy

MACHINE = Policy("machine", "/etc/p.toml", endpoint="https://machine.example.com", headers=(("x-key", "machine"),))
TRUSTED = Policy("environment", "/env/p.toml", endpoint="https://env.example.com", certificate="/env/ca.pem")
WRITABLE = TRUSTED._replace(trusted=False)
VARIABLE = {"MLFLOW_USAGE_ENDPOINT": "https://variable.example.com"}

PRECEDENCE = [
    ({}, None, None, None, "http://localhost:4318/v1/logs", "built-in default"),
    ({}, None, None, "https://settings.example.com", "https://settings.example.com/v1/logs", "settings"),
    (VARIABLE, None, None, "https://settings.example.com", "https://variable.example.com/v1/logs", "variable MLFLOW_USAGE_ENDPOINT"),
    (VARIABLE, None, TRUSTED, None, "https://env.example.com/v1/logs", "environment policy /env/p.toml"),
    (VARIABLE, MACHINE, TRUSTED, None, "https://machine.example.com/v1/logs", "machine policy /etc/p.toml"),
    (VARIABLE, None, WRITABLE, None, "https://variable.example.com/v1/logs", "variable MLFLOW_USAGE_ENDPOINT"),
    ({}, None, WRITABLE, None, "http://localhost:4318/v1/logs", "built-in default"),
    (VARIABLE, None, WRITABLE._replace(endpoint="none"), None, None, "environment policy /env/p.toml"),
    (VARIABLE, MACHINE._replace(endpoint="none"), None, None, None, "machine policy /etc/p.toml"),
    ({"MLFLOW_USAGE_ENDPOINT": "otel"}, MACHINE, None, None, "https://machine.example.com/v1/logs", "machine policy /etc/p.toml"),
    ({"MLFLOW_USAGE_ENDPOINT": "None "}, None, None, "https://settings.example.com", None, "variable MLFLOW_USAGE_ENDPOINT"),
]


@pytest.mark.parametrize(("environ", "machine", "environment", "chosen", "url", "source"), PRECEDENCE)
def test_the_first_that_speaks_is_the_endpoint(  # noqa: PLR0913, PLR0917
    environ: Mapping[str, str], machine: Policy | None, environment: Policy | None, chosen: str | None, url: str | None, source: str
) -> None:
    found = resolve(environ, machine, environment, chosen)
    assert (found.url, found.source, found.problem) == (url, source, None)
    assert found.builtin is (source == "built-in default")


def test_the_default_is_the_one_that_the_settings_table_states() -> None:
    stated = {row.default for row in reference.SETTINGS if row.name in {"endpoint", endpoints.ENDPOINT} and row.default}
    assert stated == {endpoints.BUILTIN}


URLS = [
    ("https://collector.example.com", "https://collector.example.com/v1/logs"),
    ("HTTPS://Collector.Example.com:8443/", "https://collector.example.com:8443/v1/logs"),
    (" https://collector.example.com/otlp ", "https://collector.example.com/otlp/v1/logs"),
    ("https://collector.example.com/otlp/", "https://collector.example.com/otlp/v1/logs"),
    ("https://collector.example.com/v1/logs", "https://collector.example.com/v1/logs"),
    ("https://collector.example.com/Team/v1/logs/", "https://collector.example.com/Team/v1/logs"),
    ("http://10.0.0.7:4318", "http://10.0.0.7:4318/v1/logs"),
    ("http://[::1]:4318", "http://[::1]:4318/v1/logs"),
]


@pytest.mark.parametrize(("given_url", "url"), URLS)
def test_a_base_url_gets_the_path_once(given_url: str, url: str) -> None:
    found = resolve({"MLFLOW_USAGE_ENDPOINT": given_url}, None, None)
    assert (found.url, found.problem) == (url, None)
    assert url.startswith(found.origin)
    assert found.origin.count("/") == 2


BAD = [
    "", " ", "collector.example.com", "collector:4318", "ftp://collector.example.com", "https://", "https:///v1/logs", "http://:4318",
    "http://collector:0", "http://collector:65536", "http://collector:http", "http://collector:", "http://[::1", "http://::1:4318",
    "http://user:hunter2@collector.example.com", "http://hunter2@collector.example.com", "http://collector/?key=hunter2",
    "http://collector/#hunter2", "http://collector/?", "http://col lector", "http://collector\\@evil.example.com", "http://bücher.example",
    "http://collector\r\nX: hunter2", "http://collector\t", "http://collector,other:4318", "otel", "http://" + "c" * 1100, "file:///etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_what_is_no_endpoint_is_none_with_a_reason_that_repeats_no_secret(url: str) -> None:
    found = resolve({}, None, None, url) if url == "otel" else resolve({"MLFLOW_USAGE_ENDPOINT": url}, None, None)
    if url == "http://collector\t":  # surrounding blanks are ignored
        assert found.url == "http://collector/v1/logs"
        return
    assert found.url is None
    assert found.problem
    assert "hunter2" not in found.problem
    assert "\n" not in found.problem


@given(st.text())
def test_no_text_breaks_it_and_what_it_takes_stays_on_its_host(text: str) -> None:
    found = resolve({"MLFLOW_USAGE_ENDPOINT": f"http://{text}"}, None, None)
    if found.url is not None:
        parts = urlsplit(found.url)
        assert (parts.username, parts.query, parts.fragment) == (None, "", "")
        assert parts.path.endswith("/v1/logs")
        assert found.url.isascii()
        assert found.url.isprintable()


LOOPBACK = ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "localhost:4318"]
ELSEWHERE = ["example.com", "127.example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "0.0.0.0", "[::]", "[fe80::1]"]


@pytest.mark.parametrize(("host", "loopback"), [(host, True) for host in LOOPBACK] + [(host, False) for host in ELSEWHERE])
def test_loopback_is_told_from_a_name_that_looks_like_it(host: str, loopback: bool) -> None:
    assert resolve({"MLFLOW_USAGE_ENDPOINT": f"http://{host}"}, None, None).loopback is loopback


OWN = {
    "MLFLOW_USAGE_HEADERS": "Authorization=Bearer%20t%3D1, x-team = a",
    "MLFLOW_USAGE_CERTIFICATE": "/me/ca.pem",
    "MLFLOW_USAGE_CLIENT_CERTIFICATE": "/me/client.pem",
    "MLFLOW_USAGE_CLIENT_KEY": "/me/client.key",
}
USERS = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://vendor.example.com/otlp",
    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=vendor",
    "OTEL_EXPORTER_OTLP_CERTIFICATE": "/vendor/ca.pem",
    "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "/vendor/client.pem",
    "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/vendor/client.key",
}


def private(endpoint: Endpoint) -> tuple[object, ...]:
    return endpoint.headers, endpoint.certificate, endpoint.client_certificate, endpoint.client_key


OURS = ((("authorization", "Bearer t=1"), ("x-team", "a")), "/me/ca.pem", "/me/client.pem", "/me/client.key")


def test_the_release_s_default_gets_no_header_or_key_of_an_organisation() -> None:
    assert private(resolve({**OWN, **USERS}, None, None)) == ((), "/me/ca.pem", None, None)


@pytest.mark.parametrize("environ", [{**OWN, **VARIABLE}, {**OWN, **USERS, **VARIABLE}])
def test_the_users_opentelemetry_variables_are_not_ours(environ: Mapping[str, str]) -> None:
    found = resolve(environ, None, None)
    assert private(found) == OURS
    assert "vendor" not in str(tuple(found))


def test_with_otel_only_the_standard_variables_apply() -> None:
    found = resolve({**OWN, **USERS, "MLFLOW_USAGE_ENDPOINT": "OTel"}, None, None)
    assert found.url == "https://vendor.example.com/otlp/v1/logs"
    assert private(found) == ((("api-key", "vendor"),), "/vendor/ca.pem", "/vendor/client.pem", "/vendor/client.key")
    assert (found.source, found.builtin) == ("variable MLFLOW_USAGE_ENDPOINT=otel", False)


def test_with_otel_the_variables_of_the_signal_win_and_its_endpoint_is_used_as_it_is() -> None:
    logs = {
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "https://logs.example.com/in",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS": "a=1",
        "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE": "/logs/ca.pem",
        "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY": "",
        "MLFLOW_USAGE_ENDPOINT": "otel",
    }
    found = resolve({**USERS, **logs}, None, None)
    assert found.url == "https://logs.example.com/in"
    assert private(found) == ((("a", "1"),), "/logs/ca.pem", "/vendor/client.pem", "/vendor/client.key")
    assert resolve({"MLFLOW_USAGE_ENDPOINT": "otel"}, None, None).url == "http://localhost:4318/v1/logs"


def test_a_policys_endpoint_takes_nothing_from_the_environment() -> None:
    found = resolve({**OWN, **USERS, **VARIABLE}, MACHINE, TRUSTED)
    assert private(found) == ((("x-key", "machine"),), None, None, None)


def test_a_policys_headers_go_to_no_other_endpoint() -> None:
    headers_only = MACHINE._replace(endpoint=None)
    assert resolve(VARIABLE, headers_only, None).headers == ()


def test_a_policys_certificate_without_an_endpoint_is_for_whatever_endpoint_there_is() -> None:
    proxied = Policy("machine", "/etc/p.toml", certificate="/etc/ca.pem")
    assert resolve({**OWN, **VARIABLE}, proxied, None).certificate == "/etc/ca.pem"
    assert resolve({}, None, WRITABLE._replace(endpoint=None)).certificate is None


HEADERS = [
    ("", ()),
    ("a=b", (("a", "b"),)),
    ("A=b, C = d ,", (("a", "b"), ("c", "d"))),
    ("a=b=c", (("a", "b=c"),)),
    ("a=", (("a", ""),)),
    ("a=1,a=2", (("a", "2"),)),
    ("authorization=Bearer%20x%2Cy", (("authorization", "Bearer x,y"),)),
    ("authorization=Bearer x", (("authorization", "Bearer x"),)),
]


@pytest.mark.parametrize(("text", "headers"), HEADERS)
def test_headers_are_read_as_opentelemetry_reads_them(text: str, headers: tuple[tuple[str, str], ...]) -> None:
    from opentelemetry.util.re import parse_env_headers

    assert parse_headers(text, "X") == (headers, None)
    assert dict(headers) == dict(parse_env_headers(text, liberal=True))


@pytest.mark.parametrize("text", ["a", "=b", "a b=c", "a=b%0d%0aevil: 1", "a=b%0A", "a\r=b", "a=%00", "a:b=c", "a=ü", "ok=1,=hunter2"])
def test_a_header_that_may_not_be_sent_stops_sending_and_is_not_shown(text: str) -> None:
    found = resolve({**VARIABLE, "MLFLOW_USAGE_HEADERS": text}, None, None)
    assert found.url is None
    assert found.problem
    assert found.problem.startswith("MLFLOW_USAGE_HEADERS: header ")
    assert "hunter2" not in found.problem


@given(st.text())
def test_no_header_carries_a_line_break(text: str) -> None:
    headers, _ = parse_headers(f"a={text},b={quote(text)}", "X")
    assert all(value.isprintable() and value.isascii() for _, value in headers)


def test_a_key_without_its_certificate_is_a_problem() -> None:
    found = resolve({**VARIABLE, "MLFLOW_USAGE_CLIENT_KEY": "/me/client.key"}, None, None)
    assert (found.url, found.problem) == (None, "a client key is given without a client certificate")


def test_a_headers_value_is_not_shown() -> None:
    found = resolve({**VARIABLE, "MLFLOW_USAGE_HEADERS": "authorization=s3cret"}, None, None)
    assert "s3cret" not in f"{found} {found!r} {[found]}"
    assert "authorization" in repr(found)


def test_none_has_no_problem() -> None:
    assert url_problem("https://collector.example.com") is None
    found = resolve({"MLFLOW_USAGE_ENDPOINT": "none", "MLFLOW_USAGE_HEADERS": "broken"}, None, None)
    assert (found.url, found.problem, found.origin) == (None, None, "none")
