"""Ways in which secrets come to a server, each with the same text in it, to be looked for wherever it must not be."""

import json
from base64 import b64encode
from typing import Final, NamedTuple
from urllib.parse import quote

from tests.rest.form import CONTENT_TYPE, form, text
from tests.server.wire import request

CANARY: Final = "canary-4711"
JSON: Final = "Content-Type: application/json"
FORM: Final = "Content-Type: application/x-www-form-urlencoded"
_BASIC: Final = b64encode(f"ada:{CANARY}".encode()).decode()

DEFINITION: Final = f"""
mock: 1
auth:
  scheme: bearer
  users: {{ada: {{token: {CANARY}-token, password: {CANARY}-password}}}}
  public: [ANY *]
  login: {{}}
resources:
  notes: {{count: 2, fields: {{text: word, scan: {{file: {{max: 1MiB}}}}}}}}
actions:
  pay: {{route: POST /pay, body: {{amount: {{int: [1, 9]}}}}, reply: {{body: {{ok: true}}}}}}
channels:
  talk: {{path: /talk, receive: [{{when: "raw == 'never'", text: never}}]}}
faults:
  hidden: {{match: GET /hidden, status: 503, headers: {{X-Api-Key: {CANARY}}}, header: {{Authorization: {CANARY}}}}}
"""


class Way(NamedTuple):
    """How a secret is sent, and the bytes that do it."""

    said: str
    data: bytes


def _post(target: str, body: object, *headers: str) -> bytes:
    return request("POST", target, JSON, *headers, body=json.dumps(body).encode())


WAYS: Final = (
    Way("Authorization: Bearer", request("GET", "/notes", f"Authorization: Bearer {CANARY}")),
    Way("Authorization: Basic", request("GET", "/notes", f"Authorization: Basic {_BASIC}")),
    Way("Proxy-Authorization", request("GET", "/notes", f"Proxy-Authorization: {CANARY}")),
    Way("Cookie", request("GET", "/notes", f"Cookie: sid={CANARY}; theme=dark")),
    Way("X-Api-Key", request("GET", "/notes", f"X-Api-Key: {CANARY}")),
    Way("X-Auth-Token", request("GET", "/notes", f"X-Auth-Token: {CANARY}")),
    Way("?token=", request("GET", f"/notes?token={CANARY}")),
    Way("?access_token=", request("GET", f"/nowhere?access_token={CANARY}&page=1")),
    Way("a name in escapes", request("GET", f"/notes?%74oken={CANARY}")),
    Way("a parameter that is refused", request("GET", f"/notes?api_key={CANARY}&limit=-1")),
    Way("Referer", request("GET", "/notes", f"Referer: http://localhost/?client_secret={CANARY}")),
    Way("a login", _post("/login", {"username": "ada", "password": CANARY})),
    Way("a login in a form", request("POST", "/login", FORM, body=f"username=ada&password={CANARY}".encode())),
    Way("a login that is right", _post("/login", {"username": "ada", "password": f"{CANARY}-password"})),
    Way("a login that is no text", _post("/login", {"username": "ada", "password": [CANARY]})),
    Way("JSON, nested", _post("/notes", {"deep": [{"newPassword": {"is": CANARY}}]})),
    Way("JSON, cut off", request("POST", "/notes", JSON, body=b'{"secret": "%b' % CANARY.encode())),
    Way("JSON, a key in escapes", request("POST", "/notes", JSON, body=b'{"to\\u006ben": "%b"}' % CANARY.encode())),
    Way("a form", request("POST", "/notes", FORM, body=f"text=a&api_token={CANARY}".encode())),
    Way("multipart", request("POST", "/notes", CONTENT_TYPE, body=form([text("password", CANARY)]))),
    Way("a webhook", _post("/hooks/1", {"secret": CANARY}, f"X-Hub-Secret: {CANARY}")),
    Way("an action", _post("/pay", {"amount": 100, "card_token": CANARY})),
    Way("a text", request("POST", "/notes", "Content-Type: text/plain", body=f"my secret is {CANARY}".encode())),
    Way("another host", request("GET", f"/notes?token={CANARY}", host="evil.example")),
    Way("a head that is none", request("GET", f"/notes?token={CANARY}", f"Authorization: {CANARY}", "bad header")),
    Way("a fault's condition", request("GET", "/hidden", f"Authorization: {CANARY}")),
    Way("Prefer that is none", request("GET", f"/notes?password={CANARY}", "Prefer: code=abc")),
    Way("a URL in a URL", request("GET", f"/notes?back={quote('/x?token=' + CANARY)}")),
)
MESSAGES: Final = (
    json.dumps({"password": CANARY}),
    json.dumps({"method": f"/notes?access_token={CANARY}", "websocketTag": "1"}),
    json.dumps({"method": "POST /notes", "data": {"deep": [{"authToken": CANARY}]}, "websocketTag": "2"}),
    f'{{"secret": "{CANARY}',
    f"CONNECT\npasscode:{CANARY}\ntoken:{CANARY}\n\n\0",
)
"""What is said on a socket."""
