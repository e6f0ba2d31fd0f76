"""What an API says of a request that faults are asked about."""

from base64 import b64encode

import pytest

from mockserver.faults.failure import named_problem
from mockserver.messages import Request
from mockserver.server.assemble import AssembledInstance
from tests.client import assemble

PLAIN = "mock: 1\nresources:\n  animals: {fields: {name: {faker: first_name, required: true, min_length: 2}}}\n"
GUARDED = PLAIN + "auth: {users: {ada: {password: lovelace, token: t1}}}\n"


def login_of(service: AssembledInstance, name: str) -> Request:
    (endpoint,) = [one for one in service.api.endpoints.all if one.name == name]
    return Request("POST", endpoint.prefixes[0] + endpoint.routes[0].path)


@pytest.mark.parametrize("convention", ["linkis", "abp", "json-server"])
def test_a_status_that_is_named_is_that_of_no_convention(convention: str) -> None:
    service = assemble(f"{PLAIN}api: {{convention: {convention}}}\n")
    asked = Request("POST", "/animals")
    assert [service.refuse(asked, named_problem(status)).status for status in (404, 409, 410, 422)] == [
        404,
        409,
        410,
        422,
    ]


@pytest.mark.parametrize("name", ["auth.login", "auth.refresh"])
def test_a_login_is_known_wherever_it_stands(name: str) -> None:
    service = assemble(GUARDED)
    asked = login_of(service, name)
    assert service.occasion(asked, "request", "http").is_login()
    assert not service.occasion(Request("GET", asked.target), "request", "http").is_login()
    assert not assemble(PLAIN).occasion(asked, "request", "http").is_login()


@pytest.mark.parametrize("target", ["/animals", "/animals/%ff", "/nothing", "*"])
def test_nothing_else_is_a_login(target: str) -> None:
    assert not assemble(GUARDED).occasion(Request("POST", target), "request", "http").is_login()


def test_credentials_are_told_right_or_wrong() -> None:
    service = assemble(GUARDED)
    for token in ("t1", "wrong"):
        asked = Request("GET", "/animals", headers={"authorization": f"Bearer {token}"})
        found = service.occasion(asked, "request", "http").credentials
        assert found is not None
        assert list(found()) == [token]
    nothing = service.occasion(Request("GET", "/animals"), "request", "http").credentials
    assert nothing is not None
    assert list(nothing()) == []


def test_names_and_passwords_are_credentials_too() -> None:
    service = assemble(PLAIN + "auth: {scheme: basic, users: {ada: {password: lovelace}}}\n")
    header = f"Basic {b64encode(b'ada:lovelace').decode()}"
    found = service.occasion(Request("GET", "/animals", headers={"authorization": header}), "request", "http")
    assert found.credentials is not None
    assert list(found.credentials()) == ["ada:lovelace"]


def test_where_nobody_is_asked_there_are_no_credentials() -> None:
    assert assemble(PLAIN).occasion(Request("GET", "/animals"), "request", "http").credentials is None


def test_fields_break_the_rules_of_the_resource_that_a_request_leads_to() -> None:
    service = assemble(PLAIN)
    known = service.occasion(Request("POST", "/animals"), "request", "http").invalid(["name"])
    assert known.detail == "The animal is not valid: name must have at least 2 characters."
    unknown = service.occasion(Request("POST", "/nothing"), "request", "http").invalid(["name"])
    assert unknown.detail == "The request is not valid: name is not valid."
