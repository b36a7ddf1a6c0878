"""docs/consent.md agrees with the code: every detected system with its variable and source, every variable, every key of a policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlflow_usage.consent.automation import SYSTEMS
from mlflow_usage.consent.reference import SETTINGS, Place
from support.repository import ROOT

PAGE = ROOT / "docs" / "consent.md"


def systems() -> Iterator[str]:
    yield "| system | variable | documented |"
    yield "|---|---|---|"
    for system, variables, source in SYSTEMS:
        yield f"| {system} | {' and '.join(f'`{name}`' for name in variables)} | {source} |"


def settings(place: Place) -> Iterator[str]:
    yield "| name | what it does | values | default |"
    yield "|---|---|---|---|"
    for row in SETTINGS:
        if row.place == place:
            yield f"| `{row.name}` | {row.effect} | {row.values} | {f'`{row.default}`' if row.default else ''} |"


def blocks() -> dict[str, str]:
    found = {place: "\n".join(settings(place)) for place in ("policy", "variable", "settings")}
    return {**found, "systems": "\n".join(systems())}


def filled(page: str) -> str:
    """Return the page with every block as the code has it."""
    for name, text in blocks().items():
        before, _, rest = page.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"\n<!-- /{name} -->")
        page = f"{before}<!-- {name} -->\n{text}\n<!-- /{name} -->{after}"
    return page


def test_the_page_shows_what_the_code_holds() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"<!-- (\w+) -->", page) == ["off", "policy", "variable", "settings", "systems"]
    assert page == filled(page), "run `python tests/consent/test_page.py`"


def test_enough_systems_are_shown_each_with_its_vendor_s_own_page() -> None:
    vendors = {system for system, _, source in SYSTEMS if source.startswith("http") and "watson/ci-info" not in source}
    assert len(vendors) >= 25


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
