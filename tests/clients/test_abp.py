"""ABP's scripts for jQuery, `abp-web-resources` 6.1.0 (on jquery 3.8.0, in jsdom 31.0.1), unmodified.

`abp.ajax` unwraps the envelope by its `__abp`, shows the message of an error and leaves the page on a 401.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clients.client import PublishedClient, Refused, installed_version, run_script
from tests.live import put_back, started
from tests.server.process import Running

VERSIONS = {"abp-web-resources": "6.1.0", "jquery": "3.8.0", "jsdom": "31.0.1"}

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
    """A page with ABP's scripts, and what `abp.ajax` gives it."""

    client: PublishedClient
    api: str

    def ajax(self, method: str, path: str, body: object = None, **options: object) -> Any:
        given = {"type": method, "url": self.api + path, **options}
        if body is not None:
            given["data"] = json.dumps(body)
        return self.client.call("ajax", given)

    def refused(self, method: str, path: str, body: object = None, **options: object) -> Any:
        with pytest.raises(Refused) as caught:
            self.ajax(method, path, body, **options)
        return caught.value.refusal

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


@pytest.fixture(scope="module", params=["the same origin", "another origin"])
def opened(request: pytest.FixtureRequest, server: Running) -> Iterator[Page]:
    for name, version in VERSIONS.items():
        assert installed_version(name) == version
    api = f"http://127.0.0.1:{server.port}"
    with run_script("abp.mjs", api if request.param == "the same origin" else "http://localhost:4200") as client:
        yield Page(client, api)


@pytest.fixture
def page(opened: Page, server: Running) -> Page:
    put_back(server)
    return opened


def as_user(token: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Authorization": f"Bearer {token}"}}


def test_a_list_is_unwrapped(page: Page) -> None:
    answer = page.ajax("GET", "/api/v1/tickets" + page.query(Sorting="priority desc", MaxResultCount=2, SkipCount=0))
    assert answer["result"]["totalCount"] == 3
    assert [ticket["id"] for ticket in answer["result"]["items"]] == [2, 3]
    assert {**answer["envelope"], "result": None} == {
        "result": None,
        "targetUrl": None,
        "success": True,
        "error": None,
        "unAuthorizedRequest": False,
        "__abp": True,
    }
    assert not answer["shown"]
    assert not answer["left"]


def test_names_and_empty_values_as_the_proxies_send_them(page: Page) -> None:
    answer = page.ajax("GET", "/api/v1/tickets" + page.query(keyword=None, maxResultCount=1, skipCount=1))
    assert [ticket["id"] for ticket in answer["result"]["items"]] == [2]


def test_create(page: Page) -> None:
    answer = page.ajax("POST", "/api/v1/tickets", {"subject": "Ünïcode — a fourth"}, **as_user("t-bob"))
    assert answer["result"] == {"id": 4, "subject": "Ünïcode — a fourth", "priority": 2, "note": None}
    assert page.ajax("GET", "/api/v1/tickets/4")["result"] == answer["result"]


def test_a_validation_error_is_shown_with_its_reasons(page: Page) -> None:
    refusal = page.refused("POST", "/api/v1/tickets", {"subject": "x", "priority": 10}, **as_user("t-bob"))
    error = refusal["error"]
    assert refusal["status"] == 400
    assert error["code"] == 0
    assert [one["members"] for one in error["validationErrors"]] == [["subject"], ["priority"]]
    assert all(one["message"] for one in error["validationErrors"])
    assert refusal["shown"] == [[error["message"], error["details"]]]
    assert error["message"] == "Your request is not valid!"
    assert not refusal["left"]


def test_an_error_that_the_page_handles_itself_is_not_shown(page: Page) -> None:
    refusal = page.refused("POST", "/api/v1/tickets", {}, abpHandleError=False, **as_user("t-bob"))
    assert refusal["error"]["validationErrors"][0]["members"] == ["subject"]
    assert not refusal["shown"]


def test_what_is_not_there(page: Page) -> None:
    refusal = page.refused("GET", "/api/v1/tickets/99")
    assert refusal["status"] == 404
    assert refusal["error"]["message"] in refusal["shown"][0]
    assert not refusal["left"]


def test_who_is_not_logged_in_leaves_the_page(page: Page) -> None:
    refusal = page.refused("POST", "/api/v1/tickets", {"subject": "A subject"})
    assert refusal["status"] == 401
    assert refusal["error"]["message"]
    assert len(refusal["shown"]) == 1
    assert refusal["left"]


def test_who_may_not_stays_on_the_page(page: Page) -> None:
    refusal = page.refused("DELETE", "/api/v1/tickets/1", **as_user("t-bob"))
    assert refusal["status"] == 403
    assert refusal["error"]["message"]
    assert len(refusal["shown"]) == 1
    assert not refusal["left"]


def test_a_deletion_gives_null(page: Page) -> None:
    answer = page.ajax("DELETE", "/api/v1/tickets/1", **as_user("t-ada"))
    assert (answer["status"], answer["result"], answer["envelope"]["success"]) == (200, None, True)
    assert page.refused("GET", "/api/v1/tickets/1")["status"] == 404


def test_a_path_that_leads_nowhere_is_an_error_of_abp(page: Page) -> None:
    refusal = page.refused("GET", "/api/v1/nothing")
    assert refusal["status"] == 404
    assert refusal["error"]["message"]


def test_the_service_routes_as_the_proxies_call_them(page: Page) -> None:
    service, bob, ada = "/api/services/app/ticket/", as_user("t-bob"), as_user("t-ada")
    created = page.ajax("POST", service + "Create", {"subject": "By a proxy"}, **bob)["result"]
    assert created["id"] == 4
    changed = page.ajax("PUT", service + "Update", {**created, "priority": 5}, **bob)["result"]
    assert changed == {**created, "priority": 5}
    assert page.ajax("GET", service + "Get" + page.query(Id=4))["result"] == changed
    assert page.ajax("DELETE", service + "Delete" + page.query(Id=4), **ada)["result"] is None
    listed = page.ajax("GET", service + "GetAll" + page.query(Keyword="second", Sorting=None, MaxResultCount=10))
    assert [ticket["id"] for ticket in listed["result"]["items"]] == [2]


def test_a_service_route_refuses_in_the_same_envelope(page: Page) -> None:
    service = "/api/services/app/ticket/"
    assert page.refused("POST", service + "Create", {"subject": ""}, **as_user("t-bob"))["status"] == 400
    assert page.refused("GET", service + "Get" + page.query(Id=99))["status"] == 404
    assert page.refused("DELETE", service + "Delete" + page.query(Id=1))["status"] == 401


@pytest.mark.parametrize("opened", ["the same origin"], indirect=True)
def test_the_antiforgery_token_goes_along(page: Page) -> None:
    page.client.call("setCookie", "XSRF-TOKEN", "a token")
    answer = page.ajax("POST", "/api/v1/tickets", {"subject": "With a token"}, **as_user("t-bob"))
    assert answer["status"] == 200
