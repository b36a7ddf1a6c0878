"""The governance terms that the public pages show: who answers for the data.

Decides which terms hold: those of the operator's file, else the project's own in the catalogue. Must never fill in a field that nobody has
filled, nor let public pages go out with an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from mlflow_usage.catalogue.governance import stated
from mlflow_usage.catalogue.words import TERMS
from mlflow_usage.site.figures import SiteError


def read(path: Path) -> dict[str, str]:
    """Read the terms from a file like the project's `governance.yaml`.

    Raises:
        SiteError: it cannot be read, or holds something other than terms.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteError(f"{path} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise SiteError(f"{path} is not YAML; each line is a field and a text: {', '.join(TERMS)}") from error
    if (terms := stated(content)) is None:
        raise SiteError(f"{path}: each line is one of these fields and a text: {', '.join(TERMS)}")
    return terms


def complete(terms: Mapping[str, str]) -> None:
    """Refuse terms with an empty field: figures are published only if somebody answers for them.

    Raises:
        SiteError: a field is empty; the message names all that are.
    """
    empty = [term for term in TERMS if not terms.get(term)]
    if empty:
        raise SiteError(f"public pages must say who answers for the data; still empty: {', '.join(empty)}; pass a filled --governance FILE")
