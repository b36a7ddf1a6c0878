"""The one error that a person who builds the site meets."""

from __future__ import annotations


class SiteError(Exception):
    """The site cannot be built; the message is one line that says what is wrong and what to do."""
