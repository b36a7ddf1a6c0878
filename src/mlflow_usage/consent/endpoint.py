"""The endpoint: where records go.

Decides the one URL, its headers and certificates, from policies, variables, settings and the built-in default. An invalid endpoint is
treated as `none`; `problem` says why. This module must never use the user's `OTEL_EXPORTER_*` unless `MLFLOW_USAGE_ENDPOINT=otel` says so,
send a policy's headers to another endpoint, or show a header's value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from mlflow_usage.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    class Policy(Protocol):
        """The part of a policy that says where records go."""

        @property
        def source(self) -> str:
            """The policy's name for a person."""

        @property
        def trusted(self) -> bool:
            """Whether all of it counts, and not only what restricts."""

        @property
        def endpoint(self) -> str | None:
            """The URL, `none`, or None where it names no endpoint."""

        @property
        def headers(self) -> Headers:
            """Headers of every request to its endpoint."""

        @property
        def certificate(self) -> str | None:
            """The path of the certificates by which the endpoint is trusted."""

        @property
        def client_certificate(self) -> str | None:
            """The path of the client's certificate."""

        @property
        def client_key(self) -> str | None:
            """The path of the client's private key."""


ENDPOINT: Final = "MLFLOW_USAGE_ENDPOINT"
HEADERS: Final = "MLFLOW_USAGE_HEADERS"
CERTIFICATE: Final = "MLFLOW_USAGE_CERTIFICATE"
CLIENT_CERTIFICATE: Final = "MLFLOW_USAGE_CLIENT_CERTIFICATE"
CLIENT_KEY: Final = "MLFLOW_USAGE_CLIENT_KEY"

# The release's own, until maintainers publish one.
BUILTIN: Final = "http://localhost:4318"
NONE: Final = "none"
OTEL: Final = "otel"
LOGS_PATH: Final = "/v1/logs"
MAX_URL_LENGTH: Final = 1024
_PORTS: Final = range(1, 65_536)
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")  # RFC 9110, 5.6.2
_HOST: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyz-._:")  # in lower case; a colon only between brackets

Headers: TypeAlias = tuple[tuple[str, str], ...]


class Endpoint(NamedTuple):
    """Where records go.

    `url` is complete, or None where nothing is sent: on purpose, or because of `problem`. `source` names who chose it. `origin` is the part
    that a person may see (`https://host:port`, or `none`). Paths of certificates are as given.
    """

    url: str | None
    headers: Headers = ()
    certificate: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    source: str = "built-in default"
    origin: str = NONE
    builtin: bool = False
    loopback: bool = False
    problem: str | None = None

    def __repr__(self) -> str:
        """Return everything but the headers' values: they are secrets, and a repr ends up in logs."""
        shown = {**self._asdict(), "headers": tuple((name, "…") for name, _ in self.headers)}
        return f"Endpoint({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def resolve(environ: Mapping[str, str], machine: Policy | None, environment: Policy | None, chosen: str | None = None) -> Endpoint:
    """Return the endpoint of the machine policy, environment policy, variable, settings (`chosen`) or release, in this order.

    Of an environment policy that the user can write, only `endpoint = "none"` counts.
    """
    for policy in (machine, environment):
        if policy is not None and policy.endpoint is not None and (policy.trusted or policy.endpoint == NONE):
            files = (policy.certificate, policy.client_certificate, policy.client_key)
            return _complete(Endpoint(None, policy.headers, *files, source=policy.source), policy.endpoint)
    variable = environ.get(ENDPOINT)
    if variable is not None and variable.strip().lower() == OTEL:
        return _standard(environ)
    # A policy's certificate without an endpoint is for any endpoint: an organisation's proxy presents its own.
    certificates = (policy.certificate for policy in (machine, environment) if policy is not None and policy.trusted)
    draft = Endpoint(
        None,
        certificate=next(filter(None, certificates), None) or environ.get(CERTIFICATE) or None,
        client_certificate=environ.get(CLIENT_CERTIFICATE) or None,
        client_key=environ.get(CLIENT_KEY) or None,
    )
    headers = environ.get(HEADERS, "")
    if variable is not None:
        return _complete(draft._replace(source=f"variable {ENDPOINT}"), variable, headers, HEADERS)
    if chosen is not None:
        return _complete(draft._replace(source="settings"), chosen, headers, HEADERS)
    # An organisation's headers and keys are for its own endpoint: the release's default never gets them.
    return _complete(draft._replace(client_certificate=None, client_key=None, builtin=True), BUILTIN)


def _standard(environ: Mapping[str, str]) -> Endpoint:
    """OpenTelemetry's specification, "OTLP exporter": the logs variable as it is, else the base with the path; empty is unset."""

    def get(name: str) -> str | None:
        return environ.get(f"OTEL_EXPORTER_OTLP_LOGS_{name}") or environ.get(f"OTEL_EXPORTER_OTLP_{name}") or None

    files = (get("CERTIFICATE"), get("CLIENT_CERTIFICATE"), get("CLIENT_KEY"))
    draft = Endpoint(None, (), *files, source=f"variable {ENDPOINT}=otel")
    exact = bool(environ.get("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"))
    return _complete(draft, get("ENDPOINT") or BUILTIN, get("HEADERS") or "", "OTEL_EXPORTER_OTLP_HEADERS", exact=exact)


def _complete(draft: Endpoint, raw: str, headers: str = "", variable: str = "", *, exact: bool = False) -> Endpoint:
    """Return the draft with its URL and, if they come from a variable, its headers; without either where something is wrong."""
    raw = raw.strip()
    if raw.lower() == NONE:
        return Endpoint(None, source=draft.source)
    parsed, problem = parse_headers(headers, variable)
    if draft.client_key and not draft.client_certificate:
        problem = "a client key is given without a client certificate"
    if problem := url_problem(raw) or problem:
        return Endpoint(None, source=draft.source, problem=problem)
    parts = urlsplit(raw)
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    return draft._replace(
        url=f"{origin}{parts.path if exact else _logs_path(parts.path)}",
        headers=draft.headers or parsed,
        origin=origin,
        loopback=_is_loopback(parts.hostname or ""),
    )


def _logs_path(path: str) -> str:
    path = path.rstrip("/")
    return path if path.endswith(LOGS_PATH) else path + LOGS_PATH


def _is_loopback(host: str) -> bool:
    """RFC 6761, 6.3 (localhost), RFC 1122, 3.2.1.3 (127/8), RFC 4291, 2.5.3 (::1)."""
    parts = host.split(".")
    return (
        host in {"localhost", "::1", "0:0:0:0:0:0:0:1"}
        or host.endswith(".localhost")
        or (len(parts) == 4 and parts[0] == "127" and all(part.isdigit() for part in parts))  # noqa: PLR2004  # four octets
    )


def url_problem(url: str) -> str | None:
    """Say in one line why a text is no endpoint, or return None where it is one. The text is never repeated: it may hold a password."""
    if not url:
        return "the endpoint is empty"
    if len(url) > MAX_URL_LENGTH:
        return f"the endpoint is longer than {MAX_URL_LENGTH} characters"
    # Before urlsplit, which drops tabs and newlines silently; a backslash is a slash to some HTTP libraries and not to others.
    if any(not "!" <= character <= "~" or character == "\\" for character in url):
        return "the endpoint holds a space, a backslash or a character that is not ASCII"
    if "?" in url or "#" in url:
        return "the endpoint has a query or a fragment"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "the endpoint's host or port is not valid"
    return _parts_problem(parts, host, port)


def _parts_problem(parts: SplitResult, host: str | None, port: int | None) -> str | None:
    if parts.scheme not in {"http", "https"}:
        return "the endpoint does not start with http:// or https://"
    if "@" in parts.netloc:
        return "the endpoint holds a user or password; use headers"
    if not host or not host.strip("."):
        return "the endpoint has no host"
    if parts.netloc.endswith(":") or (port is not None and port not in _PORTS):
        return "the endpoint's host or port is not valid"
    if not _HOST.issuperset(host) or (":" in host) != ("[" in parts.netloc):
        return "the endpoint's host or port is not valid"
    return None


def parse_headers(text: str, name: str) -> tuple[Headers, str | None]:
    """Parse `k=v,k2=v2` as OpenTelemetry does: percent-decoded, names in lower case, the last of equal names wins.

    Returns the headers and None, or nothing and what is wrong; the problem names `name` and the position, never a value.
    """
    headers: dict[str, str] = {}
    for position, pair in enumerate(text.strip().split(","), 1):
        if not pair.strip():
            continue
        key, equals, value = pair.partition("=")
        key, value = unquote(key).strip(" \t").lower(), unquote(value).strip(" \t")
        if not equals or header_problem(key, value):
            return (), f"{name}: header {position} is not a valid name=value pair"
        headers[key] = value
    return tuple(headers.items()), None


def header_problem(name: str, value: str) -> str | None:
    """Say why a header may not be sent, or None where it may: a token, and a value without line breaks or other controls."""
    if not name or not _TOKEN.issuperset(name):
        return "a header's name is not valid"
    if not value.isprintable() or not value.isascii():
        return f"the value of header {name!r} holds a line break or another character that may not be sent"
    return None


def stamp(endpoint: Endpoint) -> str:
    """Return what a journal keeps of its endpoint: enough to recognise it, and no URL on the disk."""
    import hashlib  # noqa: PLC0415  not at decision time

    return hashlib.sha256((endpoint.url or "").encode()).hexdigest()[:16]
