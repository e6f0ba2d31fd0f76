"""What a failure looks like in each convention, whatever it says."""

from tests.server.wire import Answer

_SAID = {"error", "message", "errors", "details"}


def is_failure(answer: Answer, convention: str, path: str) -> bool:
    """Whether an answer is a failure written as the convention writes one."""
    if not 400 <= answer.status < 600:
        return False
    body = answer.json
    if convention == "rest":
        keys = {"type", "title", "status", "detail", "instance"}
        written = answer.headers["content-type"] == "application/problem+json" and body["status"] == answer.status
        return written and keys <= set(body) <= {*keys, "errors"} and body["instance"] == path and bool(body["detail"])
    if answer.headers["content-type"] != "application/json":
        return False
    if convention in ("json-server", "simple-rest"):
        says_nothing = convention == "json-server" and answer.status == 404
        return body == {} if says_nothing else {"message"} <= set(body) <= _SAID and bool(body["message"])
    if convention == "abp":
        keys = {"result", "targetUrl", "success", "error", "unAuthorizedRequest", "__abp"}
        inner = {"code", "message", "details", "validationErrors"}
        return set(body) == keys and body["success"] is False and body["__abp"] is True and set(body["error"]) == inner
    assert convention == "linkis"
    return (
        list(body) == ["method", "status", "message", "data"]
        and (body["method"], body["data"]) == (path, {})
        and body["status"] in (-1, 1, 2, 3)
        and bool(body["message"])
    )
