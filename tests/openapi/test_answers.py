"""What is answered is in the document, and what the document says is answered: every convention, over the wire."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from mockserver.conventions.base import conventions
from tests.golden.case import CASES, Case
from tests.golden.test_golden import DEFINITION
from tests.live import put_back, started
from tests.openapi.witness import Witness
from tests.server.process import Running
from tests.server.wire import Answer, ask, request

ELSEWHERE = {"misdirected"}
"""What the listener says before it looks at what is asked."""
Servers = dict[str, tuple[Running, Witness]]


@pytest.fixture(scope="module", params=conventions.names())
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The definition of the golden files in one convention, by mode of `etag`, with its document."""
    strict = tmp_path_factory.mktemp("openapi") / "required.yaml"
    text = DEFINITION.read_text(encoding="utf-8")
    strict.write_text(text.replace("api:", "api:\n  etag: required"), encoding="utf-8")
    with ExitStack() as stack:
        found: Servers = {}
        for etag, path in (("strong", DEFINITION), ("required", strict)):
            server = stack.enter_context(started(str(path), "--convention", request.param))
            found[etag] = server, Witness(server.control("GET", "/openapi.json").json)
        yield found


@pytest.fixture
def prefix(servers: Servers, request: pytest.FixtureRequest) -> str:
    found: str = conventions.get(request.node.callspec.params["servers"])().prefixes("v1", "shop")[0]
    return found


def answer_to(server: Running, prefix: str, case: Case) -> Answer:
    put_back(server)
    for one in (*case.before, case):
        head = any(line.startswith("Host:") for line in one.headers)
        data = request(one.method, prefix + one.path, *one.headers, body=one.body, host="" if head else "localhost")
        answer = ask(server.port, data, head_only=one.method == "HEAD")
    return answer


def documented(servers: Servers, prefix: str, case: Case) -> tuple[Witness, Any]:
    witness = servers[case.etag][1]
    return witness, witness.find(case.method, prefix + case.path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_answer_is_as_the_document_says(servers: Servers, prefix: str, case: Case) -> None:
    witness, operation = documented(servers, prefix, case)
    if operation is None or case.name in ELSEWHERE or case.method == "HEAD":
        return
    answer = answer_to(servers[case.etag][0], prefix, case)
    assert witness.objections(operation, answer) == []


def test_every_status_of_the_document_is_answered(servers: Servers, prefix: str) -> None:
    said = {
        status for _, witness in servers.values() for _, _, one in witness.operations() for status in one["responses"]
    }
    cases = [case for case in CASES if documented(servers, prefix, case)[1] is not None and case.method != "HEAD"]
    seen = {str(answer_to(servers[case.etag][0], prefix, case).status) for case in cases}
    assert said - seen == set()


def test_the_document_says_where_the_api_is(servers: Servers) -> None:
    for server, witness in servers.values():
        assert witness.document["servers"] == [{"url": f"http://127.0.0.1:{server.port}"}]
