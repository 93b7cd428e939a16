"""What schemathesis has to be told about this API."""

import json

import schemathesis
from hypothesis import strategies as st

# Times as the service reads them (RFC 3339), which has more forms than it writes.
times = st.datetimes().map(lambda t: t.isoformat(timespec="milliseconds") + "Z")
schemathesis.openapi.format("date-time", times)

# The document's own formats: JSON in a text.
spans = st.fixed_dictionaries({}, optional={"start": times, "end": times}).filter(bool)
schemathesis.openapi.format("span", spans.map(json.dumps))
orders = st.tuples(st.sampled_from(["ts", "lm", "closedAt", "msgs", "fname"]), st.sampled_from([1, -1]))
schemathesis.openapi.format("sort", orders.map(lambda order: json.dumps(dict([order]))))
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
answers = st.lists(st.fixed_dictionaries({"name": words, "value": words}), min_size=1, max_size=3)
schemathesis.openapi.format("answers", answers.map(json.dumps))


@schemathesis.check
def understands_what_is_described(ctx, response, case):
    """A call as the document has it can be refused, but never as one that is not as described."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 413):
        return
    try:
        answer = response.json()
    except ValueError:
        return
    error = answer.get("error", "")
    understood = (
        answer.get("errorType") not in ("invalid-params", "invalid-json", "error-too-large")
        and not error.startswith("Match error")
    )
    assert understood, f"The document allows this call, and it was refused: {error}"
