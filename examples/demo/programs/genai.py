"""An offline GenAI evaluation with a built-in scorer, a custom one, and tracing."""

import mlflow
from mlflow.genai.scorers import ResponseLength, scorer

CALLS = {
    "mlflow.set_experiment": 1,
    "mlflow.trace": 1,
    "mlflow.genai.evaluate": 1,
    "mlflow.genai.scorer": 1,
    "mlflow.start_span": 3,
    "mlflow.search_traces": 1,
    "mlflow.genai.register_prompt": 1,
    "mlflow.genai.load_prompt": 1,
}

mlflow.set_experiment("answers")


@mlflow.trace
def answer(question: str) -> str:
    with mlflow.start_span("think"):  # called three times: once when the evaluation checks the function, and once for each row
        return f"{question} Indeed."


@scorer
def acme_secret_scorer(outputs: str) -> bool:
    return outputs.endswith("Indeed.")


mlflow.genai.register_prompt(name="greeting", template="Hello {{name}}")
mlflow.genai.load_prompt("prompts:/greeting/1")
rows = [{"inputs": {"question": "Is it cold?"}}, {"inputs": {"question": "Is it late?"}}]
mlflow.genai.evaluate(data=rows, predict_fn=answer, scorers=[ResponseLength(max_length=100), acme_secret_scorer])
mlflow.search_traces()
