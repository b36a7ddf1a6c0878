"""From the catalogue to its artefacts: loader, linter and one renderer each. Never imported at run time."""
