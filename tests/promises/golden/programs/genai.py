"""GenAI without a network: evaluation, scorers, judges, datasets, prompt optimisation and a simulated user. The model is a function."""

import mlflow
import mlflow.genai
import pandas as pd
from mlflow.entities import Feedback
from mlflow.genai import scorer
from mlflow.genai.datasets import create_dataset, delete_dataset, get_dataset, search_datasets
from mlflow.genai.optimize import BasePromptOptimizer, PromptOptimizerOutput
from mlflow.genai.scorers import Correctness, RelevanceToQuery, Scorer, get_all_scorers
from mlflow.genai.simulators import ConversationSimulator

MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2]))
mlflow.set_experiment("genai")  # > mlflow.set_experiment
rows = [{"inputs": {"question": "a"}, "outputs": "b", "expectations": {"expected_response": "b"}}]


@scorer  # > mlflow.genai.scorer
def acme_secret(outputs):
    mlflow.get_current_active_span()  # a user's call from inside a scorer # > 6 x mlflow.get_current_active_span
    return len(outputs) > 0


class Correct(Correctness):
    """A subclass of a built-in one is a person's own."""

    def __call__(self, **_):
        return Feedback(name="correct", value=True)


class Plain(Scorer):
    name: str = "correctness"  # a built-in one's name says nothing

    def __call__(self, outputs):
        return 1.0


mlflow.genai.evaluate(data=rows, scorers=[acme_secret])  # > mlflow.genai.evaluate scorers=custom_scorer
mlflow.genai.evaluate(data=pd.DataFrame(rows), scorers=[Plain(), acme_secret])  # > mlflow.genai.evaluate scorers=custom_scorer


def answered(question):
    mlflow.log_metric("asked", 1.0)  # once for each row, and once when MLflow tries the function # > 3 x mlflow.log_metric
    return question * 2


questions = [{"inputs": {"question": "a"}}, {"inputs": {"question": "b"}}]
mlflow.genai.evaluate(  # > mlflow.genai.evaluate scorers=custom_scorer predict_fn=true
    data=questions, predict_fn=answered, scorers=[acme_secret, Correct(), Plain()]
)


def refusing(**_):
    raise RuntimeError("secret")


try:
    mlflow.genai.evaluate(data="acme", scorers=[RelevanceToQuery()])  # > mlflow.genai.evaluate scorers=relevance_to_query status=failure
except Exception:
    pass
try:
    mlflow.genai.evaluate(data=rows)  # > mlflow.genai.evaluate status=failure
except TypeError:
    pass
try:
    mlflow.genai.evaluate(
        data=rows, scorers=[len, Correctness(name="acme"), RelevanceToQuery()]
    )  # > mlflow.genai.evaluate scorers=correctness,custom_scorer,relevance_to_query status=failure
except mlflow.MlflowException:
    pass
assert get_all_scorers()  # > mlflow.genai.scorers.get_all_scorers

judge = mlflow.genai.make_judge(name="acme", instructions="Is {{ outputs }} secret?", model="openai:/acme")  # > mlflow.genai.make_judge
registered = judge.register(name="acme")
mlflow.genai.list_scorers()  # > mlflow.genai.list_scorers
mlflow.genai.get_scorer(name="acme")  # > mlflow.genai.get_scorer
mlflow.genai.delete_scorer(name="acme", version="all")  # > mlflow.genai.delete_scorer
try:
    mlflow.genai.judges.is_correct(request="a", response="b", expected_response="c", model="acme:/none")  # > mlflow.genai.judges.is_correct
except Exception:
    pass

dataset = create_dataset(name="secret", tags={"a": "b"})  # > mlflow.genai.create_dataset
dataset.merge_records(questions)
get_dataset(dataset_id=dataset.dataset_id)  # > mlflow.genai.get_dataset
search_datasets()  # > mlflow.genai.search_datasets
mlflow.genai.set_dataset_tags(dataset_id=dataset.dataset_id, tags={"c": "d"})  # > mlflow.genai.set_dataset_tags
mlflow.genai.delete_dataset_tag(dataset_id=dataset.dataset_id, key="c")  # > mlflow.genai.delete_dataset_tag
mlflow.genai.evaluate(
    data=dataset, predict_fn=lambda question: question, scorers=[acme_secret]
)  # > mlflow.genai.evaluate scorers=custom_scorer predict_fn=true
delete_dataset(dataset_id=dataset.dataset_id)  # > mlflow.genai.delete_dataset

prompt = mlflow.genai.register_prompt(name="question", template="Answer {{question}}")  # > mlflow.genai.register_prompt


class Optimizer(BasePromptOptimizer):
    def optimize(self, eval_fn, train_data, target_prompts, enable_tracking=True):
        eval_fn(target_prompts, train_data)
        return PromptOptimizerOutput(optimized_prompts=target_prompts)


def prompted(question):
    # once when MLflow tries the function, once for the row
    return mlflow.genai.load_prompt("prompts:/question/1").format(question=question)  # > 2 x mlflow.genai.load_prompt


mlflow.genai.optimize_prompts(  # > mlflow.genai.optimize_prompts
    predict_fn=prompted,
    train_data=[{"inputs": {"question": "a"}, "expectations": {"expected_response": "b"}}],
    prompt_uris=[prompt.uri],
    optimizer=Optimizer(),
    scorers=[Plain()],
)
if MLFLOW >= (3, 17):
    from mlflow.genai.simulators import BaseSimulatedUserAgent

    class Person(BaseSimulatedUserAgent):
        def generate_message(self, context):
            mlflow.log_param("goal", "x")  # > mlflow.log_param since newest
            return "secret"

    conversation = ConversationSimulator(test_cases=[{"goal": "secret"}], max_turns=1, user_model="openai:/acme", user_agent_class=Person)
    conversation.simulate(predict_fn=lambda input, **_: {"output": "x"})
