"""`mlflow-usage site`: the public pages, from the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from mlflow_usage.cli.options import json_option
from mlflow_usage.insight.words import many

if TYPE_CHECKING:
    from mlflow_usage.site.build import Report

EXTRA: Final = frozenset({"altair", "deltalake", "duckdb", "jinja2", "markupsafe", "pyarrow", "vl_convert", "yaml"})


@click.group()
def group() -> None:
    """Build the public pages.

    Example: mlflow-usage site build ./table ./site
    """


@group.command()
@click.argument("table")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="Publish every day and every cell, however few installations: never for other people's data.")
@click.option(
    "--governance",
    type=click.Path(path_type=Path),
    help="Who answers for the data, as YAML: controller, contact and the rest. Public pages need every field.",
)
@json_option("what was built as JSON")
def build(*, table: str, out: Path, demo: bool, governance: Path | None, as_json: bool) -> None:
    """Build the site of the Delta table TABLE as static files in OUT.

    Publishes only whole weeks that no late record can reach any more, and only cells of at least 20 installations. A figure that OUT
    already publishes stays as it is. Public pages say who answers for the data.

    Example: mlflow-usage site build ./table ./site --governance governance.yaml
    """
    report = _build(table, out, demo=demo, governance=governance, quiet=as_json)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=1))
        return
    reach = f"complete to {report.complete_to}" if report.complete_to else "no data yet"
    click.echo(f"{len(report.files)} files in {out}, {reach}, from {many(report.records, 'record')}. Open {out / 'index.html'}")


def _build(table: str, out: Path, *, demo: bool, governance: Path | None, quiet: bool) -> Report:
    try:
        from mlflow_usage.site import build as site  # noqa: PLC0415  needs the extra
        from mlflow_usage.site import terms  # noqa: PLC0415
        from mlflow_usage.site.figures import SiteError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in EXTRA:
            raise
        raise click.ClickException(f"{error.name} is missing: pip install 'mlflow-usage[site]'") from error

    def tell(step: str) -> None:
        if not quiet:
            click.echo(f"{step} …", err=True)

    try:
        answering = terms.read(governance) if governance else None
        return site.build(table, out, demo=demo, governance=answering, tell=tell)
    except SiteError as error:
        raise click.ClickException(str(error)) from error
