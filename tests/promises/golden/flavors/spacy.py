"""spaCy, with an empty pipeline."""

import mlflow
import mlflow.spacy
import spacy

model = spacy.blank("en")
model.add_pipe("sentencizer")
mlflow.spacy.log_model(model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=spacy pip_requirements=true
try:
    mlflow.spacy.log_model(object(), name="m", pip_requirements=[])  # > mlflow.log_model flavor=spacy pip_requirements=true status=failure
except Exception:
    pass
