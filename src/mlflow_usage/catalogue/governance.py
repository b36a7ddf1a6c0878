"""The governance terms as a file may state them.

Decides which content is a set of terms, for the project's own file and for an operator's. Must never read YAML: it is given parsed content,
by the catalogue's build and by the site.
"""

from __future__ import annotations

from mlflow_usage.catalogue.words import TERMS


def stated(content: object) -> dict[str, str] | None:
    """Return every term of the content, empty where it states none, or None if it holds anything but terms with a text each."""
    if not isinstance(content, dict) or set(content) - set(TERMS) or not all(isinstance(value, str) for value in content.values()):
        return None
    return {term: content.get(term, "").strip() for term in TERMS}
