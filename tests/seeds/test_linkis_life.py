"""A whole life on `seeds/linkis.yaml` over real sockets: login, submit, status, progress, log, history, results, kill.

The clock of the server is moved over its control port; nothing waits for it.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from tests.client import Client
from tests.live import put_back
from tests.server.process import Running
from tests.server.wire import Answer

PREFIX = "/api/rest_j/v1"
COOKIE = "linkis_user_session_ticket_id_v1"
ENGINE = {"engineType": "spark-2.4.3", "userCreator": "hadoop-IDE"}
CODE = "select * from orders limit 10"
FIELDS = {
    "taskID", "instance", "execId", "umUser", "engineInstance", "progress", "logPath", "resultLocation", "status",
    "createdTime", "updatedTime", "engineType", "errCode", "errDesc", "executeApplicationName", "executionCode",
    "requestApplicationName", "runType", "paramJson", "costTime", "strongerExecId", "sourceJson", "execID",
}  # fmt: skip


def data(answer: Answer) -> Any:
    """What a success holds, its envelope checked."""
    body = answer.json
    assert (answer.status, answer.headers["content-type"], body["status"]) == (200, "application/json", 0), body
    assert list(body) == ["method", "status", "message", "data"]
    return body["data"]


def refusal(answer: Answer) -> tuple[int, int]:
    """HTTP status and envelope status of a failure, which says why and holds nothing."""
    body = answer.json
    assert (list(body), body["data"]) == (["method", "status", "message", "data"], {})
    assert body["message"]
    assert "errorMsg" not in body["data"]
    return answer.status, body["status"]


@dataclass(frozen=True)
class Console:
    """A user who is logged in, and the clock."""

    client: Client
    cookie: str
    server: Running

    def get(self, path: str) -> Answer:
        return self.client.get(path, f"Cookie: {self.cookie}")

    def post(self, path: str, body: object) -> Answer:
        return self.client.post(path, body, f"Cookie: {self.cookie}")

    def submit(self, code: str = CODE) -> tuple[str, int]:
        """The execID, quoted for a path, and the taskID of code that was submitted."""
        submitted = data(self.post("/entrance/execute", {"executionCode": code, "runType": "sql"}))
        assert set(submitted) == {"execID", "taskID"}
        return quote(submitted["execID"], safe=""), submitted["taskID"]

    def task(self, number: int) -> Any:
        return data(self.get(f"/jobhistory/{number}/get"))["task"]

    def wait(self, seconds: float) -> None:
        moved = json.dumps({"advance": f"{seconds}s"}).encode()
        answer = self.server.control("PUT", "/api/clock", "Content-Type: application/json", body=moved)
        assert answer.status == 200


@pytest.fixture
def client(linkis_server: Running) -> Client:
    return put_back(linkis_server).below(PREFIX)


@pytest.fixture
def console(client: Client, linkis_server: Running) -> Console:
    answer = client.post("/user/login", {"userName": "hadoop", "password": "any"})
    assert data(answer)["userName"] == "hadoop"
    cookie, _, attributes = answer.headers["set-cookie"].partition(";")
    assert cookie.startswith(f"{COOKIE}=")
    assert "Path=/" in attributes
    return Console(client, cookie, linkis_server)


def test_a_wrong_password_is_400_1(client: Client) -> None:
    answer = client.post("/user/login", {"userName": "hadoop", "password": "wrong"})
    assert refusal(answer) == (400, 1)
    assert "set-cookie" not in answer.headers or "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/entrance/execute"),
        ("POST", "/entrance/submit"),
        ("GET", "/entrance/x/status"),
        ("GET", "/entrance/x/progress"),
        ("GET", "/entrance/x/log"),
        ("POST", "/entrance/x/kill"),
        ("GET", "/entrance/x/kill"),
        ("POST", "/entrance/x/killJobs"),
        ("GET", "/jobhistory/1/get"),
        ("GET", "/jobhistory/list"),
        ("GET", "/filesystem/getDirFileTrees?path=x"),
        ("GET", "/filesystem/openFile?path=x"),
        ("GET", "/filesystem/openLog?path=x"),
    ],
)
def test_who_is_not_logged_in_gets_401_and_minus_1(client: Client, method: str, path: str) -> None:
    answer = client.ask(method, path, body={}) if method == "POST" else client.get(path)
    assert refusal(answer) == (401, -1)


def test_a_job_walks_from_inited_to_succeed(console: Console) -> None:
    execution, number = console.submit()
    seen, last = [], 0.0
    for seconds in (0, 1, 1, 2, 2):
        console.wait(seconds)
        found = data(console.get(f"/entrance/{execution}/status?taskID={number}"))
        assert quote(found["execID"], safe="") == execution
        seen.append(found["status"])
        progress = data(console.get(f"/entrance/{execution}/progress"))
        assert progress["progress"] >= last
        last = progress["progress"]
        assert set(progress["progressInfo"][0]) == {
            "id", "succeedTasks", "failedTasks", "totalTasks", "runningTasks"
        }  # fmt: skip
    assert seen == ["Inited", "Scheduled", "Running", "Running", "Succeed"]
    assert last == 1
    metrics = data(console.get(f"/entrance/{execution}/progressWithResource"))["yarnMetrics"]
    assert set(metrics) == {"yarnResource", "memoryPercent", "memoryRGB", "coreRGB", "corePercent"}


@pytest.mark.parametrize("path", ["/entrance/submit", "/entrance/execute"])
def test_code_comes_in_either_form(console: Console, path: str) -> None:
    content = {"executionContent": {"code": CODE, "runType": "sql"}, "labels": ENGINE, "source": {}, "params": {}}
    task = console.task(data(console.post(path, content))["taskID"])
    assert (task["executionCode"], task["engineType"], task["runType"], task["status"]) == (
        CODE,
        "spark",
        "sql",
        "Inited",
    )
    console.client.below("/api/rest_s/v1").get("/entrance/x/status")
    plain = {"executionCode": CODE, "executeApplicationName": "hive", "runType": "hql", "requestApplicationName": "IDE"}
    task = console.task(data(console.post(path, plain))["taskID"])
    assert (task["executionCode"], task["engineType"], task["runType"]) == (CODE, "hive", "hql")


@pytest.mark.parametrize("body", [{}, {"executionCode": ""}, {"executionContent": {"code": ""}}, {"labels": []}])
def test_without_code_nothing_is_submitted(console: Console, body: object) -> None:
    before = data(console.get("/jobhistory/list"))["totalPage"]
    assert refusal(console.post("/entrance/execute", body)) == (412, 2)
    assert data(console.get("/jobhistory/list"))["totalPage"] == before


def test_a_log_is_four_texts_from_a_line_on(console: Console) -> None:
    execution, _ = console.submit()
    whole: list[str] = []
    line = 0
    for seconds in (0, 1, 1, 2, 2):
        console.wait(seconds)
        found = data(console.get(f"/entrance/{execution}/log?fromLine={line}&size=-1"))
        assert len(found["log"]) == 4
        assert any(found["log"])
        assert all(isinstance(text, str) for text in found["log"])
        whole += found["log"][3].split("\n")
        line = found["fromLine"]
    assert len(whole) == line == 6
    found = data(console.get(f"/entrance/{execution}/log?fromLine=2&size=2"))
    assert found["log"][3].split("\n") == whole[2:4]
    assert found["fromLine"] == 4
    everything = data(console.get(f"/entrance/{execution}/log?fromLine=0&size=-1"))["log"]
    assert ("WARN" in everything[1], everything[0]) == (True, "")
    assert refusal(console.get(f"/entrance/{execution}/log?fromLine=x")) == (400, 1)


def test_a_task_in_the_history_has_every_field(console: Console) -> None:
    _, number = console.submit()
    assert set(console.task(number)) >= FIELDS
    assert console.task(number)["resultLocation"] is None
    console.wait(6)
    task = console.task(number)
    assert (task["status"], task["progress"], task["costTime"], task["errDesc"]) == ("Succeed", 1, 6000, None)
    assert (task["taskID"], task["umUser"]) == (number, "hadoop")
    assert refusal(console.get("/jobhistory/7/get")) == (400, 1)


def test_the_results_are_two_files_of_two_rows(console: Console) -> None:
    _, number = console.submit()
    console.wait(6)
    folder = console.task(number)["resultLocation"]
    tree = data(console.get(f"/filesystem/getDirFileTrees?path={quote(folder, safe='')}"))["dirFileTrees"]
    assert (tree["path"], tree["isLeaf"], tree["parentPath"]) == (folder, False, None)
    files = tree["children"]
    assert [(one["name"], one["isLeaf"], one["parentPath"]) for one in files] == [
        ("_0.dolphin", True, folder),
        ("_1.dolphin", True, folder),
    ]
    rows = []
    for file in files:
        path = quote(file["path"], safe="")
        opened = data(
            console.get(f"/filesystem/openFile?path={path}&page=1&pageSize=5000&enableLimit=true&charset=utf8")
        )
        assert [one["columnName"] for one in opened["metadata"]] == ["id", "name"]
        assert (opened["totalLine"], opened["page"], opened["type"]) == (2, 1, "2")
        rows += opened["fileContent"]
        second = data(console.get(f"/filesystem/openFile?path={path}&page=2&pageSize=1"))
        assert second["fileContent"] == opened["fileContent"][1:]
    assert len(rows) == 4
    assert all(len(row) == 2 and all(isinstance(cell, str) for cell in row) for row in rows)


@pytest.mark.parametrize("call", ["getDirFileTrees", "openFile", "openLog"])
def test_what_no_job_has_written_is_not_there(console: Console, call: str) -> None:
    assert refusal(console.get(f"/filesystem/{call}?path=hdfs%3A%2F%2F%2Fnone%2F_0.dolphin")) == (400, 1)
    assert refusal(console.get(f"/filesystem/{call}")) == (400, 1)


def test_code_that_holds_fail_fails(console: Console) -> None:
    execution, number = console.submit("select FAIL from orders")
    console.wait(5)
    task = console.task(number)
    assert (task["status"], task["errCode"], task["resultLocation"]) == ("Failed", 21304, None)
    assert task["errDesc"]
    log = data(console.get(f"/entrance/{execution}/log"))["log"]
    assert task["errDesc"] in log[0]
    again = data(console.get(f"/filesystem/openLog?path={quote(task['logPath'], safe='')}"))["log"]
    assert again == data(console.get(f"/entrance/{execution}/log?fromLine=0&size=-1"))["log"]


def test_code_that_holds_timeout_runs_too_long(console: Console) -> None:
    _, number = console.submit("select TIMEOUT")
    console.wait(59)
    assert console.task(number)["status"] == "Running"
    console.wait(1)
    assert (console.task(number)["status"], bool(console.task(number)["errDesc"])) == ("Timeout", True)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_running_job_is_killed_once(console: Console, method: str) -> None:
    execution, number = console.submit()
    console.wait(3)
    path = f"/entrance/{execution}/kill?taskID={number}"
    killed = console.post(path, {}) if method == "POST" else console.get(path)
    assert quote(data(killed)["execID"], safe="") == execution
    assert data(console.get(f"/entrance/{execution}/status"))["status"] == "Cancelled"
    assert console.task(number)["errDesc"] == "The job was killed by hadoop."
    assert refusal(console.get(path)) == (400, 1)
    console.wait(100)
    assert console.task(number)["status"] == "Cancelled"


def test_several_jobs_are_killed_by_a_list(console: Console) -> None:
    jobs = [console.submit() for _ in range(3)]
    names = [console.task(number)["execID"] for _, number in jobs]
    path = f"/entrance/{jobs[0][0]}/killJobs"
    assert data(console.post(path, {"idList": names[:2], "taskIDList": [jobs[0][1]]})) == {"killed": 2}
    console.wait(10)
    assert [console.task(number)["status"] for _, number in jobs] == ["Cancelled", "Cancelled", "Succeed"]


def test_the_history_is_paged_and_filtered(console: Console) -> None:
    _, number = console.submit()
    listed = data(
        console.get("/jobhistory/list?pageNow=1&pageSize=7&status=&creator=&startDate=1&endDate=2&isAdminView=")
    )
    assert (set(listed), listed["totalPage"], len(listed["tasks"])) == ({"tasks", "totalPage"}, 31, 7)
    assert (listed["tasks"][0]["taskID"], set(listed["tasks"][0]) >= FIELDS) == (number, True)
    pages = [data(console.get(f"/jobhistory/list?pageNow={page}&pageSize=7"))["tasks"] for page in range(1, 6)]
    assert len({one["taskID"] for page in pages for one in page}) == 31
    running = data(console.get("/jobhistory/list?status=Running,Inited,Scheduled"))
    assert [one["taskID"] for one in running["tasks"]] == [number]
    assert refusal(console.get("/jobhistory/list?pageNow=0")) == (400, 1)


def test_logging_out_ends_it(console: Console) -> None:
    execution, _ = console.submit()
    data(console.post("/user/logout", {}))
    assert refusal(console.get(f"/entrance/{execution}/status")) == (401, -1)
