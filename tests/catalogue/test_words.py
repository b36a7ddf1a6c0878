"""The sentences that the public pages share."""

from __future__ import annotations

from catalogue.editing import edited
from catalogue.variation import UNDER_REVIEW
from mlflow_usage.catalogue import words
from mlflow_usage.catalogue.build.public import pending_lines, published
from mlflow_usage.site.collected_page import context


def test_what_is_under_review_reads_the_same_in_docs_and_on_the_site() -> None:
    catalogue = edited(*UNDER_REVIEW)
    sentences = words.pending(published(catalogue)["pending"])
    assert sentences[0] == f"`mlflow.usage.log_models`: {catalogue.attributes['mlflow.usage.log_models'].brief}"
    assert "`mlflow.usage.flavor` may also be `sklearn`." in sentences
    assert "`mlflow.autolog` also carries `mlflow.usage.disable`, `mlflow.usage.log_models`." in sentences
    assert pending_lines(catalogue) == [f"- {line}" for line in sentences]
    assert context(published(catalogue))["pending"] == sentences
    assert pending_lines(edited()) == [words.PENDING_NONE]
