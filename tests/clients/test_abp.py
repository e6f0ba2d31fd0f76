"""ABP's two clients, unmodified, in a page of jsdom 31.0.1, of the API's origin and of another.

`abp.ajax` of `abp-web-resources` 6.1.0 with jquery 3.8.0, and `AbpHttpInterceptor` of `abp-ng2-module` 12.2.0 with
Angular 20.3.0, which asks as the proxies do that NSwag writes. Both take the envelope apart by its `__abp`, show the
message of an error and leave the page on a 401.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients.client import PublishedClient, Refused, installed_version, run_script
from tests.live import put_back, started
from tests.server.process import Running

VERSIONS = {
    "abp-web-resources": "6.1.0",
    "jquery": "3.8.0",
    "abp-ng2-module": "12.2.0",
    "@angular/core": "20.3.0",
    "@angular/common": "20.3.0",
    "jsdom": "31.0.1",
}
CLIENTS = {"abp-web-resources 6.1.0": "abp_jquery.mjs", "abp-ng2-module 12.2.0": "abp_angular.mjs"}
OTHER_ORIGIN = "http://localhost:4200"

DEFINITION = """
mock: 1
api:
  convention: abp
  version: v1
resources:
  tickets:
    search: [subject]
    fields:
      id: {seq: 1}
      subject: {faker: sentence, required: true, min_length: 3}
      priority: {int: [0, 9], min: 0, max: 9, default: 2}
      note: {faker: sentence, nullable: 0.5}
    rows:
      - {id: 1, subject: The first one, priority: 1, note: null}
      - {id: 2, subject: The second one, priority: 3, note: null}
      - {id: 3, subject: The third one, priority: 2, note: null}
auth:
  scheme: bearer
  users:
    ada: {password: lovelace, token: t-ada, roles: [admin]}
    bob: {password: hope, token: t-bob}
  public: [GET *]
  rules:
    - {route: DELETE /tickets/*, roles: [admin]}
"""


@dataclass(frozen=True)
class Page:
    """A page with one of the clients, and what it makes of the answers of an API."""

    client: PublishedClient
    api: str

    def ask(self, method: str, path: str, body: object = None, **options: object) -> Any:
        """The result, the status, the messages shown and whether the page was left; options are those of `abp.ajax`."""
        return self.client.call("ask", method, self.api + path, body, options)

    def refused(self, method: str, path: str, body: object = None, **options: object) -> Any:
        """The same of a request that the client takes for failed, with its error."""
        with pytest.raises(Refused) as caught:
            self.ask(method, path, body, **options)
        return caught.value.refusal

    def become(self, token: str | None) -> None:
        """Sends this bearer token from now on."""
        self.client.call("become", token)

    def query(self, **values: object) -> str:
        """A query string as the generated proxies make it."""
        pairs = [{"name": name, "value": value} for name, value in values.items()]
        made = self.client.call("query", pairs)
        assert isinstance(made, str)
        return made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    file = tmp_path_factory.mktemp("abp") / "tickets.yaml"
    file.write_text(DEFINITION, encoding="utf-8")
    with started(str(file)) as server:
        yield server


@contextmanager
def opened(client: str, server: Running, origin: str = "") -> Iterator[Page]:
    for name, version in VERSIONS.items():
        assert installed_version(name) == version
    api = f"http://127.0.0.1:{server.port}"
    with run_script(CLIENTS[client], f"{origin or api}/app/tickets") as running:
        yield Page(running, api)


@pytest.fixture(
    scope="module",
    params=[(client, origin) for client in CLIENTS for origin in ("", OTHER_ORIGIN)],
    ids=lambda given: f"{given[0]}, {'another' if given[1] else 'the same'} origin",
)
def any_page(request: pytest.FixtureRequest, server: Running) -> Iterator[Page]:
    client, origin = request.param
    with opened(client, server, origin) as page:
        yield page


@pytest.fixture
def page(any_page: Page, server: Running) -> Page:
    put_back(server)
    any_page.become("t-bob")
    return any_page


@pytest.fixture(scope="module")
def jquery_page(server: Running) -> Iterator[Page]:
    with opened("abp-web-resources 6.1.0", server) as page:
        yield page


@pytest.fixture
def jquery(jquery_page: Page, server: Running) -> Page:
    put_back(server)
    jquery_page.become("t-bob")
    return jquery_page


def test_a_list_is_unwrapped(page: Page) -> None:
    answer = page.ask("GET", "/api/v1/tickets" + page.query(Sorting="priority desc", MaxResultCount=2, SkipCount=0))
    assert answer["result"]["totalCount"] == 3
    assert [ticket["id"] for ticket in answer["result"]["items"]] == [2, 3]
    assert not answer["shown"]
    assert not answer["left"]


def test_names_and_empty_values_as_the_proxies_send_them(page: Page) -> None:
    answer = page.ask("GET", "/api/v1/tickets" + page.query(keyword=None, maxResultCount=1, skipCount=1))
    assert [ticket["id"] for ticket in answer["result"]["items"]] == [2]


def test_create(page: Page) -> None:
    answer = page.ask("POST", "/api/v1/tickets", {"subject": "Ünïcode — a fourth"})
    assert answer["result"] == {"id": 4, "subject": "Ünïcode — a fourth", "priority": 2, "note": None}
    assert page.ask("GET", "/api/v1/tickets/4")["result"] == answer["result"]


def test_a_validation_error_is_shown_with_its_reasons(page: Page) -> None:
    refusal = page.refused("POST", "/api/v1/tickets", {"subject": "x", "priority": 10})
    error = refusal["error"]
    assert refusal["status"] == 400
    assert error["code"] == 0
    assert [one["members"] for one in error["validationErrors"]] == [["subject"], ["priority"]]
    assert all(one["message"] for one in error["validationErrors"])
    assert refusal["shown"] == [[error["message"], error["details"]]]
    assert error["message"] == "Your request is not valid!"
    assert not refusal["left"]


def test_what_is_not_there(page: Page) -> None:
    refusal = page.refused("GET", "/api/v1/tickets/99")
    assert refusal["status"] == 404
    assert refusal["error"]["message"] in refusal["shown"][0]
    assert not refusal["left"]


def test_a_path_that_leads_nowhere_is_an_error_of_abp(page: Page) -> None:
    refusal = page.refused("GET", "/api/v1/nothing")
    assert refusal["status"] == 404
    assert refusal["error"]["message"] in refusal["shown"][0]


def test_who_is_not_logged_in_leaves_the_page(page: Page) -> None:
    page.become(None)
    refusal = page.refused("POST", "/api/v1/tickets", {"subject": "A subject"})
    assert refusal["status"] == 401
    assert refusal["error"]["message"]
    assert len(refusal["shown"]) == 1
    assert refusal["left"]


def test_who_may_not_stays_on_the_page(page: Page) -> None:
    refusal = page.refused("DELETE", "/api/v1/tickets/1")
    assert refusal["status"] == 403
    assert refusal["error"]["message"]
    assert len(refusal["shown"]) == 1
    assert not refusal["left"]


def test_a_deletion_gives_null(page: Page) -> None:
    page.become("t-ada")
    answer = page.ask("DELETE", "/api/v1/tickets/1")
    assert (answer["status"], answer["result"]) == (200, None)
    assert page.refused("GET", "/api/v1/tickets/1")["status"] == 404


def test_a_login_gives_a_token_that_is_good_for_writing(page: Page) -> None:
    page.become(None)
    given = {"userNameOrEmailAddress": "ada", "password": "lovelace", "rememberClient": True}
    granted = page.ask("POST", "/api/TokenAuth/Authenticate", given)["result"]
    assert granted["expireInSeconds"] > 0
    page.become(granted["accessToken"])
    assert page.ask("DELETE", "/api/v1/tickets/2")["result"] is None


def test_a_login_with_a_wrong_password_is_shown(page: Page) -> None:
    page.become(None)
    given = {"userNameOrEmailAddress": "ada", "password": "byron"}
    refusal = page.refused("POST", "/api/TokenAuth/Authenticate", given)
    assert refusal["status"] == 401
    assert refusal["error"]["message"] in refusal["shown"][0]


def test_the_service_routes_as_the_proxies_call_them(page: Page) -> None:
    service = "/api/services/app/ticket/"
    created = page.ask("POST", service + "Create", {"subject": "By a proxy"})["result"]
    assert created["id"] == 4
    changed = page.ask("PUT", service + "Update", {**created, "priority": 5})["result"]
    assert changed == {**created, "priority": 5}
    assert page.ask("GET", service + "Get" + page.query(Id=4))["result"] == changed
    listed = page.ask("GET", service + "GetAll" + page.query(Keyword="second", Sorting=None, MaxResultCount=10))
    assert [ticket["id"] for ticket in listed["result"]["items"]] == [2]
    page.become("t-ada")
    assert page.ask("DELETE", service + "Delete" + page.query(Id=4))["result"] is None
    assert page.ask("GET", service + "GetAll")["result"]["totalCount"] == 3


def test_a_service_route_refuses_in_the_same_envelope(page: Page) -> None:
    service = "/api/services/app/ticket/"
    assert page.refused("POST", service + "Create", {"subject": ""})["error"]["validationErrors"]
    assert page.refused("GET", service + "Get" + page.query(Id=99))["status"] == 404
    assert page.refused("DELETE", service + "Delete" + page.query(Id=1))["status"] == 403


def test_the_envelope_beside_the_result(jquery: Page) -> None:
    answer = jquery.ask("GET", "/api/v1/tickets/1")
    assert answer["envelope"] == {
        "result": answer["result"],
        "targetUrl": None,
        "success": True,
        "error": None,
        "unAuthorizedRequest": False,
        "__abp": True,
    }


def test_an_error_that_the_page_handles_itself_is_not_shown(jquery: Page) -> None:
    refusal = jquery.refused("POST", "/api/v1/tickets", {}, abpHandleError=False)
    assert refusal["error"]["validationErrors"][0]["members"] == ["subject"]
    assert not refusal["shown"]


def test_the_antiforgery_token_goes_along(jquery: Page) -> None:
    jquery.client.call("setCookie", "XSRF-TOKEN", "a token")
    assert jquery.ask("POST", "/api/v1/tickets", {"subject": "With a token"})["result"]["id"] == 4
