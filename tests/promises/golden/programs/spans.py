"""Tracing: decorated functions, spans, searches and what people say of traces."""

import asyncio

import mlflow
from mlflow.entities import AssessmentSource, SpanType

MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2]))
mlflow.set_experiment("traces")  # > mlflow.set_experiment


@mlflow.trace  # counts once, never when the function is called # > mlflow.trace
def plain(question):
    return question


@mlflow.trace(name="acme", span_type=SpanType.CHAIN, attributes={"secret": 1})  # > mlflow.trace
def described(question):
    with mlflow.start_span("inner") as span:  # > 2 x mlflow.start_span
        span.set_inputs({"a": 1})
        mlflow.update_current_trace(tags={"team": "acme"})  # > 2 x mlflow.update_current_trace
        mlflow.get_current_active_span()  # > 2 x mlflow.get_current_active_span
    return plain(question)


@mlflow.trace  # > mlflow.trace
async def later(question):
    return plain(question)


@mlflow.trace  # > mlflow.trace
def words():
    yield "a"
    yield "b"


@mlflow.trace  # > mlflow.trace
def failing():
    raise ValueError("secret")


plain("a")
described("b")
described("c")
asyncio.run(later("d"))
list(words())
try:
    failing()
except ValueError as error:
    assert error.args == ("secret",)
sorted_by_mlflow = mlflow.trace(sorted)  # > mlflow.trace
assert sorted_by_mlflow([2, 1]) == [1, 2]
with mlflow.start_span(name="by hand", span_type="ACME"):  # > mlflow.start_span
    pass
try:
    with mlflow.start_span("raising"):  # > mlflow.start_span
        raise KeyError("secret")
except KeyError:
    pass
if MLFLOW >= (3, 0):
    outer = mlflow.start_span_no_context("loose")  # > mlflow.start_span_no_context since 3.0
    mlflow.start_span_no_context("child", parent_span=outer).end()  # > mlflow.start_span_no_context since 3.0
    outer.end()
    mlflow.flush_trace_async_logging()  # > mlflow.flush_trace_async_logging since 3.0
    trace_id = mlflow.get_last_active_trace_id()  # > mlflow.get_last_active_trace_id since 3.0
    trace = mlflow.get_trace(trace_id)  # > mlflow.get_trace since 3.0
    mlflow.set_trace_tag(trace_id, "a", "b")  # > mlflow.set_trace_tag since 3.0
    mlflow.delete_trace_tag(trace_id, "a")  # > mlflow.delete_trace_tag since 3.0
else:
    trace = mlflow.get_last_active_trace()  # > mlflow.get_last_active_trace until 2.22
    mlflow.get_trace(trace.info.request_id)  # > mlflow.get_trace until 2.22
if MLFLOW >= (3, 9):
    from mlflow.entities import Feedback

    human = AssessmentSource(source_type="HUMAN", source_id="person@acme")
    given = mlflow.log_feedback(trace_id=trace_id, name="good", value=True, source=human)  # > mlflow.log_feedback since 3.9
    wanted = mlflow.log_expectation(trace_id=trace_id, name="answer", value="secret", source=human)  # > mlflow.log_expectation since 3.9
    said = mlflow.log_assessment(trace_id, Feedback(name="fast", value=1.0))  # > mlflow.log_assessment since 3.9
    mlflow.get_assessment(trace_id, given.assessment_id)  # > mlflow.get_assessment since 3.9
    mlflow.update_assessment(trace_id, said.assessment_id, Feedback(name="fast", value=0.5))  # > mlflow.update_assessment since 3.9
    mlflow.override_feedback(trace_id=trace_id, assessment_id=given.assessment_id, value=False)  # > mlflow.override_feedback since 3.9
    mlflow.delete_assessment(trace_id, wanted.assessment_id)  # > mlflow.delete_assessment since 3.9
mlflow.search_traces()  # > mlflow.search_traces
mlflow.search_traces(max_results=1, return_type="list") if MLFLOW >= (3, 0) else None  # > mlflow.search_traces since 3.0
try:
    mlflow.search_traces(filter_string="acme ?")  # > mlflow.search_traces
except mlflow.MlflowException:
    pass
mlflow.tracing.disable()  # > mlflow.tracing.disable
described_off = mlflow.trace(lambda: 1)  # > mlflow.trace
described_off()
mlflow.tracing.enable()  # > mlflow.tracing.enable
mlflow.tracing.reset()  # > mlflow.tracing.reset
