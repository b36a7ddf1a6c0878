"""From the catalogue's YAML to its artefacts: the model, the linter and the renderers. Never imported at run time."""
