"""What schemathesis must know to test this API."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    """JSON on each line; what is not a list goes out as it is."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", errors="surrogatepass")
    lines = value if isinstance(value, list) else [value]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A wait that is allowed is made a short one: otherwise the minutes of the test would be spent waiting."""
    try:
        seconds = float((case.query or {}).get("wait", 0))
    except (TypeError, ValueError):
        return
    if 0.5 < seconds <= 60:
        case.query["wait"] = seconds / 120
