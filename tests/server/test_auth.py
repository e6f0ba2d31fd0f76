"""Logging in over real sockets: cookies kept and cleared, pages of other origins, and secrets that are never kept."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.messages import Request, read_query
from tests.client import assemble
from tests.live import started
from tests.server.process import Running
from tests.server.wire import Answer, ask, request

CANARY = "canary-4711"
DEFINITION = f"""
mock: 1
api: {{version: v1}}
auth:
  scheme: SCHEME
  header: X-Zoo
  users:
    ada: {{token: {CANARY}-token, password: {CANARY}-password, roles: [vet]}}
  public: [GET /zoos]
  rules: [{{route: DELETE /zoos/*, roles: [vet]}}]
  login: {{fields: {{password: pin}}}}
resources: {{zoos: {{count: 3, fields: {{name: company}}}}}}
"""
JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
ORIGIN = "Origin: http://localhost:5173"


def definition(tmp_path: Path, scheme: str) -> str:
    path = tmp_path / "zoo.yaml"
    text = DEFINITION.replace("SCHEME", scheme)
    path.write_text(text if scheme == "header" else text.replace("  header: X-Zoo\n", ""), encoding="utf-8")
    return str(path)


@pytest.fixture
def cookies(tmp_path: Path) -> Iterator[Running]:
    with started(definition(tmp_path, "cookie")) as server:
        yield server


def send(server: Running, method: str, target: str, *headers: str, body: bytes = b"") -> Answer:
    return ask(server.port, request(method, target, *headers, body=body))


def log_in(server: Running, *headers: str) -> Answer:
    body = json.dumps({"username": "ada", "pin": f"{CANARY}-password"}).encode()
    return send(server, "POST", "/v1/login", JSON, *headers, body=body)


def test_a_cookie_is_kept_used_and_cleared(cookies: Running) -> None:
    nobody = send(cookies, "DELETE", "/v1/zoos/1")
    challenge = 'Cookie realm="Mock", cookie-name="session", form-action="/v1/login"'
    assert (nobody.status, nobody.headers["www-authenticate"]) == (401, challenge)
    answer = log_in(cookies)
    pair, *attributes = answer.headers["set-cookie"].split("; ")
    assert attributes == ["Path=/", "Max-Age=3600", "HttpOnly", "SameSite=Lax"]
    assert send(cookies, "DELETE", "/v1/zoos/1", f"Cookie: theme=dark; {pair}").status == 204
    out = send(cookies, "POST", "/v1/logout", f"Cookie: {pair}")
    assert out.headers["set-cookie"].startswith("session=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
    assert send(cookies, "DELETE", "/v1/zoos/2", f"Cookie: {pair}").status == 401
    assert send(cookies, "DELETE", "/v1/zoos/2", "Cookie: session=").headers["www-authenticate"] == challenge


def test_a_cookie_of_a_sandbox_goes_to_no_other(cookies: Running) -> None:
    body = json.dumps({"username": "ada", "pin": f"{CANARY}-password"}).encode()
    answer = send(cookies, "POST", "/~w1/v1/login", JSON, body=body)
    pair, path, *_ = answer.headers["set-cookie"].split("; ")
    refreshing = json.dumps({"refresh_token": answer.json["refresh_token"]}).encode()
    answers = [
        send(cookies, "POST", "/~w1/v1/refresh", JSON, body=refreshing),
        send(cookies, "POST", "/~w1/v1/logout", f"Cookie: {pair}"),
    ]
    assert [path, *(one.headers["set-cookie"].split("; ")[1] for one in answers)] == ["Path=/~w1/"] * 3


def test_a_cookie_expires_on_the_clock_of_the_sandbox(cookies: Running) -> None:
    pair = log_in(cookies).headers["set-cookie"].partition(";")[0]
    assert send(cookies, "GET", "/v1/me", f"Cookie: {pair}").status == 200
    assert cookies.control("PUT", "/api/clock", JSON, body=b'{"advance": "61m"}').status == 200
    answer = send(cookies, "GET", "/v1/me", f"Cookie: {pair}")
    assert answer.status == 401
    assert answer.headers["www-authenticate"].endswith('error="The token has expired"')


def test_a_page_elsewhere_logs_in_and_reads_refusals(cookies: Running) -> None:
    asked = ("Access-Control-Request-Method: DELETE", "Access-Control-Request-Headers: authorization, x-zoo")
    preflight = send(cookies, "OPTIONS", "/v1/zoos/1", ORIGIN, *asked)
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, "http://localhost:5173")
    assert "www-authenticate" not in preflight.headers
    assert send(cookies, "OPTIONS", "/v1/zoos/1").status == 204
    for answer, status in (
        (log_in(cookies, ORIGIN), 200),
        (send(cookies, "DELETE", "/v1/zoos/1", ORIGIN), 401),
        (send(cookies, "POST", "/v1/login", ORIGIN, JSON, body=b"{}"), 422),
    ):
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
        assert answer.headers["access-control-allow-credentials"] == "true"


TOKEN = f"{CANARY}-token"
LEAKS: list[tuple[str, str, tuple[str, ...], bytes]] = [
    ("DELETE", "/v1/zoos/1", (f"Authorization: Bearer {TOKEN}",), b""),
    ("DELETE", "/v1/zoos/1", (f"Authorization: Basic {TOKEN}",), b""),
    ("DELETE", "/v1/zoos/1", (f"Cookie: session={TOKEN}",), b""),
    ("DELETE", "/v1/zoos/2", (f"X-Zoo: {TOKEN}",), b""),
    ("DELETE", "/v1/zoos/2", (f"X-API-Key: {TOKEN}",), b""),
    ("GET", "/v1/zoos", (f"Token-Code: {TOKEN}", "Token-User: ada"), b""),
    ("GET", f"/v1/zoos?access_token={TOKEN}", (), b""),
    ("GET", f"/v1/zoos?password={TOKEN}", (f"Referer: http://localhost/?password={TOKEN}",), b""),
    ("POST", f"/v1/refresh?refresh_token={TOKEN}", (), b""),
    ("POST", "/v1/refresh", (JSON,), b'{"refresh_token": "%s"}' % TOKEN.encode()),
    ("POST", "/v1/login", (JSON,), b'{"username": "ada", "pin": "%s-password"}' % CANARY.encode()),
    ("POST", "/v1/login", (JSON,), b'{"username": "ada", "pin": ["%s"]}' % CANARY.encode()),
    ("POST", "/v1/login", (JSON,), b'{"username": "ada", "pin": "%s"' % CANARY.encode()),
    ("POST", "/v1/login", (FORM,), b"username=ada&pin=%s" % CANARY.encode()),
    ("POST", "/v1/logout", (f"Authorization: Bearer {TOKEN}", f"Cookie: session={TOKEN}", f"X-Zoo: {TOKEN}"), b""),
]


@pytest.mark.parametrize("scheme", ["bearer", "cookie", "header", "jwt"])
def test_no_password_and_no_token_is_written_to_the_log(tmp_path: Path, scheme: str) -> None:
    with started(definition(tmp_path, scheme)) as server:
        for method, target, headers, body in LEAKS:
            answer = send(server, method, target, *headers, body=body)
            told = [value for name, value in answer.headers.items() if name != "set-cookie"]
            assert CANARY not in answer.body.decode() + " ".join(told)
        issued = log_in(server).json
        server.process.terminate()
        written = server.stdout.read()
        assert server.process.stderr is not None
        written += server.process.stderr.read()
    assert written.count('"exchange"') == len(LEAKS) + 1
    assert CANARY not in written
    assert issued["access_token"] not in written
    assert issued["refresh_token"] not in written


@pytest.mark.parametrize("scheme", ["bearer", "cookie", "header", "jwt"])
def test_no_password_and_no_token_is_kept_in_the_journal(tmp_path: Path, scheme: str) -> None:
    service = assemble(Path(definition(tmp_path, scheme)).read_text(encoding="utf-8"))
    secrets = [CANARY]
    for method, target, lines, body in LEAKS:
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if scheme != "header":
            # Nobody has said that this header is a secret.
            headers.pop("x-zoo", None)
        path, _, query = target.partition("?")
        asked = Request(method, path, read_query(query), headers, body)
        reply = service.handle(asked)
        secrets += re.findall(r"[A-Za-z0-9]{43}", reply.body.decode())
        service.journal.record(asked, reply, 0.0, 0.0)
    kept = json.dumps([entry.to_json() for entry in service.journal])
    assert len(secrets) > 1
    assert not [secret for secret in secrets if secret in kept]


def test_the_block_to_paste_from_says_who_can_ask_for_what(tmp_path: Path) -> None:
    for scheme, said in (
        ("bearer", f"curl 'http://x/v1/me' -H 'Authorization: Bearer {TOKEN}'   # ada (vet)"),
        ("cookie", f"curl 'http://x/v1/me' -H 'Cookie: session={TOKEN}'"),
        ("header", f"curl 'http://x/v1/me' -H 'X-Zoo: {TOKEN}'"),
    ):
        service = assemble(Path(definition(tmp_path, scheme)).read_text(encoding="utf-8"))
        assert said in service.greeting("http://x", "http://c")
        assert "  curl 'http://x/v1/zoos'   # 3 zoos" in service.greeting("http://x", "http://c")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the block uses curl")
@pytest.mark.parametrize("convention", ["rest", "abp", "linkis"])
@pytest.mark.parametrize("scheme", ["bearer", "cookie", "header", "jwt", "basic"])
def test_the_block_to_paste_from_is_run_line_by_line(tmp_path: Path, convention: str, scheme: str) -> None:
    text = Path(definition(tmp_path, scheme)).read_text(encoding="utf-8")
    text = text.replace(f"token: {TOKEN}, ", "").replace("  public: [GET /zoos]\n", "")
    if scheme == "basic":
        text = text.replace("  login: {fields: {password: pin}}\n", "")
    path = tmp_path / "closed.yaml"
    path.write_text(text, encoding="utf-8")
    with started(str(path), "--convention", convention) as server:
        block = assemble(text, convention).greeting(f"http://127.0.0.1:{server.port}", "http://c").partition("\n")[2]
        assert "zoos" in block
        script = f"set -eu\n{block.replace('curl ', 'curl -fsS ')}"
        done = subprocess.run(
            ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (0, ""), script
