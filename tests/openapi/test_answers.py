"""What is answered is in the document, and what the document says is answered: every convention, over the wire."""

from typing import Any, TypeAlias

import pytest

from mockserver.conventions.base import conventions
from tests.contracts.declared import built_on
from tests.golden.case import CASES, Case
from tests.golden.test_golden import servers as servers  # noqa: PLC0414
from tests.live import put_back
from tests.openapi.witness import Witness
from tests.server.process import Running
from tests.server.wire import Answer, ask, request

ELSEWHERE = {"misdirected"}
"""What the listener says before it looks at what is asked."""
Servers: TypeAlias = dict[str, Running]
Witnesses: TypeAlias = dict[str, Witness]


@pytest.fixture(scope="module")
def witnesses(servers: Servers) -> Witnesses:
    """The document of each server."""
    return {mode: Witness(server.control("GET", "/openapi.json").json) for mode, server in servers.items()}


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    found: str = conventions.get(built_on(request.node.callspec.params["servers"]))().prefixes("v1", "shop")[0]
    return found


def answer_to(server: Running, prefix: str, case: Case) -> Answer:
    put_back(server)
    for one in (*case.before, case):
        data = request(one.method, prefix + one.path, *one.headers, body=one.body)
        answer = ask(server.port, data, head_only=one.method == "HEAD")
    return answer


def operation_of(witnesses: Witnesses, prefix: str, case: Case) -> Any:
    """What the document says of a request, nothing where it is not its to say."""
    if case.name in ELSEWHERE or case.method == "HEAD":
        return None
    return witnesses[case.mode].find(case.method, prefix + case.path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_answer_is_as_the_document_says(servers: Servers, witnesses: Witnesses, prefix: str, case: Case) -> None:
    operation = operation_of(witnesses, prefix, case)
    if operation is not None:
        answer = answer_to(servers[case.mode], prefix, case)
        assert witnesses[case.mode].objections(operation, answer) == []


def test_every_status_of_the_document_is_answered(servers: Servers, witnesses: Witnesses, prefix: str) -> None:
    said = {status for one in witnesses.values() for _, _, found in one.operations() for status in found["responses"]}
    cases = [case for case in CASES if operation_of(witnesses, prefix, case) is not None]
    seen = {str(answer_to(servers[case.mode], prefix, case).status) for case in cases}
    assert said - seen == set()


def test_the_document_says_where_the_api_is_by_the_name_it_was_asked_by(servers: Servers, witnesses: Witnesses) -> None:
    for mode, server in servers.items():
        assert witnesses[mode].document["servers"] == [{"url": f"http://localhost:{server.port}"}]
