"""Jobs: documents that walk their timeline on the running clock, which these tests advance; nothing sleeps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.server.assemble import AssembledInstance, prepare
from tests.client import Client, assemble, direct, dump
from tests.told import Recorder

START = datetime(2026, 1, 15, 9, tzinfo=UTC)
HEAD = """\
mock: 1
seed: 5
clock: 2026-01-15T09:00:00Z
freeze: true
api: {version: v1}
resources:
  exports:
    count: 0
    delete: gone
    fields:
      id: {seq: 1}
      name: {faker: word}
      status: {enum: [queued, running, done, failed, cancelled], default: queued}
      progress: {int: [0, 100], min: 0, max: 100, default: 0}
      log: {list: word, items: 0, default: []}
      note: {value: null, type: string}
      took_ms: {value: null, type: integer}
      at: {value: null, type: datetime}
      seen_at: {datetime: [now, now], read_only: true, on_update: "${now}"}
actions:
"""
EXPORT = """\
  export:
    route: POST /export
    body: {name: {faker: word}}
    job:
      resource: exports
      set: {name: "${body.name}", log: ["${now} queued"]}
      timeline:
        - {at: 0s, set: {note: at once}}
        - {at: 2s, set: {status: running, progress: 10, log: "${job.log + [now ~ ' running']}"}}
        - {at: 4s, set: {progress: 60, at: "${now}"}}
      outcomes:
        fails: {when: "${'FAIL' in job.name}", at: 5s, set: {status: failed, note: "${body.name} is wrong"}}
        ends: {at: 6s, set: {status: done, progress: 100, took_ms: "${elapsed_ms}"}}
      cancel: [POST /exports/:id/cancel, DELETE /running/:name]
      expire: 1h
"""


class Serving:
    """A service with its client; `wait` moves its clock."""

    def __init__(self, actions: str = EXPORT, convention: str | None = None) -> None:
        self.service: AssembledInstance = assemble(HEAD + actions, convention)
        self.recorder = Recorder(self.service.sandbox.feed)
        self.client: Client = direct(self.service).below(self.service.api.convention.prefixes("v1", None)[0])

    def wait(self, seconds: float) -> None:
        self.service.sandbox.clock.advance(seconds)

    def export(self, name: str = "a", **more: object) -> Any:
        answer = self.client.post("/export", {"name": name, **more})
        assert answer.status == 202, answer.body
        return answer.json

    def read(self, number: int = 1) -> Any:
        return self.client.get(f"/exports/{number}").json

    def changes(self) -> list[tuple[str, int | str, float, str]]:
        """Action, id, seconds since the start, and what the status is then."""
        found: list[tuple[str, int | str, float, str]] = []
        for event in self.recorder.told:
            document = event.change.document or {}
            at = (event.moment - START).total_seconds()
            found.append((event.change.action, event.change.key, at, str(document.get("status", ""))))
        return found


def test_a_job_is_accepted_with_the_address_of_its_document() -> None:
    serving = Serving()
    answer = serving.client.post("/export", {"name": "a"})
    assert (answer.status, answer.headers["location"]) == (202, "http://mock.test:8000/v1/exports/1")
    assert (answer.json["status"], answer.json["log"]) == ("queued", ["2026-01-15T09:00:00Z queued"])
    assert serving.client.follow(answer.headers["location"]).json["note"] == "at once"


def test_a_job_walks_its_timeline() -> None:
    serving = Serving()
    serving.export()
    seen = []
    for _ in range(8):
        found = serving.read()
        seen.append((found["status"], found["progress"]))
        serving.wait(1)
    running = [("running", 10)] * 2 + [("running", 60)] * 2
    assert seen == [("queued", 0)] * 2 + running + [("done", 100)] * 2
    assert serving.read()["log"] == ["2026-01-15T09:00:00Z queued", "2026-01-15T09:00:02Z running"]
    assert serving.read()["took_ms"] == 6000
    assert serving.read()["at"] == "2026-01-15T09:00:04Z"


def test_what_is_caught_up_with_happened_when_it_was_due() -> None:
    serving = Serving()
    serving.export("a")
    serving.wait(1)
    serving.export("b")
    serving.wait(100)
    assert serving.read()["seen_at"] == "2026-01-15T09:00:06Z"
    modified = serving.client.get("/exports/1").headers["last-modified"]
    assert modified == "Thu, 15 Jan 2026 09:00:06 GMT"
    assert serving.changes() == [
        ("created", 1, 0.0, "queued"),
        ("updated", 1, 0.0, "queued"),
        ("created", 2, 1.0, "queued"),
        ("updated", 2, 1.0, "queued"),
        ("updated", 1, 2.0, "running"),
        ("updated", 2, 3.0, "running"),
        ("updated", 1, 4.0, "running"),
        ("updated", 2, 5.0, "running"),
        ("updated", 1, 6.0, "done"),
        ("updated", 2, 7.0, "done"),
    ]


def test_nothing_comes_after_an_end() -> None:
    serving = Serving(EXPORT.replace("at: 5s", "at: 3s"))
    serving.export("FAIL now")
    serving.wait(100)
    found = serving.read()
    assert (found["status"], found["progress"], found["note"]) == ("failed", 10, "FAIL now is wrong")


def test_a_status_and_the_service_itself_catch_up_too() -> None:
    serving = Serving()
    serving.export()
    serving.wait(3)
    assert serving.service.status()["resources"] == [{"name": "exports", "path": "/v1/exports", "count": 1}]
    assert serving.service.sandbox.store["exports"].keys[1]["status"] == "running"
    assert serving.service.advance() == 1.0
    serving.wait(3)
    assert serving.service.advance() == 3600.0
    serving.wait(3600)
    assert serving.service.advance() is None


def test_a_document_goes_when_it_expires() -> None:
    serving = Serving()
    serving.export()
    serving.wait(6 + 3599)
    assert serving.read()["status"] == "done"
    serving.wait(1)
    assert serving.client.get("/exports/1").status == 410
    assert serving.changes()[-1][:3] == ("deleted", 1, 3606.0)


WEIGHED = """\
  export:
    route: POST /export
    job:
      resource: exports
      outcomes:
        done: {weight: 3, at: 1s, set: {status: done}}
        failed: {weight: 1, at: 1s, set: {status: failed}}
        never: {weight: 0, at: 1s, set: {status: cancelled}}
"""


def outcomes(serving: Serving, count: int = 60) -> list[str]:
    for _ in range(count):
        assert serving.client.post("/export", b"").status == 202
    serving.wait(1)
    return [one["status"] for one in serving.client.get("/exports?limit=100&sort=id").json]


def test_outcomes_come_by_weight_and_the_same_in_every_run() -> None:
    first = outcomes(Serving(WEIGHED))
    assert first == outcomes(Serving(WEIGHED))
    assert "cancelled" not in first
    assert 5 <= first.count("failed") <= 25
    serving = Serving(WEIGHED)
    outcomes(serving, 7)
    serving.service.reset(("data",))
    assert outcomes(serving) == first, "counting begins anew with the data"


def test_a_refused_call_takes_no_turn() -> None:
    actions = WEIGHED.replace(
        "    job:", "    query: {stop: {bool: 1, default: false}}\n    do: [{refuse: query.stop}]\n    job:"
    )
    serving = Serving(actions)
    for _ in range(5):
        assert serving.client.post("/export?stop=true", b"").status == 422
    assert outcomes(serving) == outcomes(Serving(WEIGHED))


@pytest.mark.parametrize("way", [("POST", "/exports/1/cancel"), ("DELETE", "/running/a")])
def test_a_running_job_is_cancelled_once(way: tuple[str, str]) -> None:
    serving = Serving()
    serving.export("a")
    serving.wait(3)
    answer = serving.client.ask(*way)
    assert (answer.status, answer.json["status"], answer.json["progress"]) == (200, "cancelled", 10)
    refused = serving.client.ask(*way)
    assert (refused.status, refused.json["detail"]) == (409, "The export 1 is not running.")
    serving.wait(100)
    assert serving.read()["status"] == "cancelled"
    serving.wait(3600)
    assert serving.client.get("/exports/1").status == 410


def test_what_has_ended_or_is_not_there_is_not_cancelled() -> None:
    serving = Serving()
    serving.export()
    serving.wait(6)
    assert serving.client.post("/exports/1/cancel", b"").status == 409
    for path in ("/exports/9/cancel", "/exports/x/cancel", "/exports/%E2%98%83/cancel"):
        assert serving.client.post(path, b"").status == 404
    made = serving.client.post("/exports", {"name": "by hand"}).json
    assert serving.client.post(f"/exports/{made['id']}/cancel", b"").status == 409


def test_a_cancellation_says_and_sets_what_it_is_told() -> None:
    own = "{route: POST /stop/:id, set: {status: failed, note: '${elapsed_ms}ms'}, body: {gone: '${job.id}'}}"
    serving = Serving(EXPORT.replace("[POST /exports/:id/cancel, DELETE /running/:name]", own))
    serving.export()
    serving.wait(1.5)
    assert serving.client.post("/stop/1", b"").json == {"gone": 1}
    assert (serving.read()["status"], serving.read()["note"]) == ("failed", "1500ms")


@pytest.mark.parametrize("seconds", [0.5, 2.5])
def test_a_job_whose_document_somebody_else_has_changed_is_left_alone(seconds: float) -> None:
    serving = Serving()
    serving.export()
    serving.wait(seconds)
    assert serving.client.patch("/exports/1", {"status": "done", "log": []}).status == 201
    serving.wait(100)
    found = serving.read()
    assert (found["status"], found["log"]) == ("done", [])
    assert serving.client.post("/exports/1/cancel", b"").status == 409
    serving.wait(4000)
    assert serving.read()["status"] == "done", "and it does not expire"
    assert len(serving.service.sandbox.jobs) == 0


def test_fields_that_are_not_the_jobs_may_be_changed() -> None:
    serving = Serving()
    serving.export()
    serving.wait(3)
    assert serving.client.patch("/exports/1", {"name": "FAIL"}).status == 201
    serving.wait(100)
    assert (serving.read()["status"], serving.read()["name"]) == ("done", "FAIL")


def test_a_job_whose_document_is_deleted_ends() -> None:
    serving = Serving()
    serving.export()
    serving.wait(3)
    assert serving.client.delete("/exports/1").status == 204
    serving.wait(100)
    assert serving.client.get("/exports/1").status == 410
    assert serving.service.advance() is None
    assert list(serving.service.sandbox.jobs.failures) == []


def test_jobs_are_gone_when_the_data_is_put_back() -> None:
    serving = Serving()
    serving.export()
    serving.service.reset(())
    assert serving.service.advance() is None
    assert serving.client.get("/exports").json == []
    serving.export("b")
    serving.wait(6)
    assert serving.read()["status"] == "done"


def test_a_clock_that_was_put_back_lets_jobs_wait() -> None:
    serving = Serving()
    serving.wait(50)
    serving.export()
    serving.service.reset(("clock",))
    assert serving.read()["status"] == "queued"
    serving.wait(57)
    assert serving.read()["status"] == "done"


def test_a_moment_that_can_not_be_is_told_by_the_control_plane_and_ends_the_job() -> None:
    actions = EXPORT.replace("at: 4s, set: {progress: 60,", "at: 4s, set: {progress: '${job.progress * 100}',")
    serving = Serving(actions)
    serving.export()
    serving.wait(100)
    assert serving.read()["status"] == "running"
    jobs: Any = serving.service.status()["jobs"]
    assert jobs["running"] == 0
    assert jobs["failures"] == [
        "Job 1 of 'export' could not go on at 2026-01-15T09:00:04Z: "
        "The export is not valid: progress must be at most 100."
    ]


def test_a_moment_whose_expression_fails_names_its_line() -> None:
    serving = Serving(EXPORT.replace("{progress: 60,", "{progress: '${1 / (job.progress - 10)}',"))
    serving.export()
    serving.wait(100)
    assert serving.read()["status"] == "running"
    assert "test.yaml:30: " in serving.service.sandbox.jobs.failures[0]


def test_a_job_that_never_ends_runs_until_it_is_cancelled() -> None:
    actions = EXPORT.replace(
        '        ends: {at: 6s, set: {status: done, progress: 100, took_ms: "${elapsed_ms}"}}\n', ""
    )
    serving = Serving(actions)
    serving.export()
    serving.wait(10_000_000)
    assert serving.read()["status"] == "running"
    assert serving.client.post("/exports/1/cancel", b"").json["status"] == "cancelled"


CREDENTIALS = "Authorization: Bearer ada"


def held(serving: Serving, number: int = 1) -> Any:
    """What a job keeps of its request; nothing when it is forgotten."""
    job = serving.service.sandbox.jobs.at("exports", number)
    return None if job is None else dict(job.names)


def test_a_job_keeps_of_its_request_what_its_expressions_take() -> None:
    serving = Serving(EXPORT.replace("body: {name: {faker: word}}", "body: {name: {faker: word}, blob: {faker: word}}"))
    serving.client.post("/export", {"name": "a", "blob": "b" * 100_000}, CREDENTIALS)
    kept = held(serving)
    assert kept.pop("now") == "2026-01-15T09:00:00Z"
    assert kept == {"body": {"name": "a"}}


def test_of_the_headers_a_job_keeps_those_that_are_named() -> None:
    actions = EXPORT.replace("note: at once", "note: \"${headers['X-Who'] ~ headers.accept}\"").replace(
        "took_ms:", 'name: "${headers.x_none}", took_ms:'
    )
    serving = Serving(actions)
    assert serving.client.post("/export", {"name": "a"}, CREDENTIALS, "X-Who: me", "Accept: */*").status == 202
    assert held(serving)["headers"] == {"X-Who": "me", "accept": "*/*", "x_none": None}
    assert serving.read()["note"] == "me*/*"


def test_what_is_taken_as_a_whole_is_kept_as_a_whole() -> None:
    serving = Serving(EXPORT.replace("note: at once", 'note: "${body|length ~ body.name}"'))
    serving.export()
    assert held(serving)["body"] == {"name": "a"}
    assert serving.read()["note"] == "1a"


def test_a_job_that_has_ended_keeps_nothing_and_is_forgotten_when_it_expires() -> None:
    serving = Serving()
    for name in ("a", "b"):
        serving.export(name)
    assert serving.client.post("/exports/2/cancel", b"").status == 200
    assert held(serving, 2) == {}
    serving.wait(6)
    serving.read()
    assert held(serving) == {}
    serving.wait(3600)
    assert serving.client.get("/exports/1").status == 410
    assert (held(serving, 1), held(serving, 2), len(serving.service.sandbox.jobs)) == (None, None, 0)


def test_a_job_that_does_not_expire_is_forgotten_at_its_end() -> None:
    serving = Serving(EXPORT.replace("      expire: 1h\n", ""))
    serving.export()
    assert len(serving.service.sandbox.jobs) == 1
    serving.wait(6)
    assert serving.read()["status"] == "done"
    assert (held(serving), len(serving.service.sandbox.jobs)) == (None, 0)


def test_a_job_without_outcomes_ends_with_its_timeline() -> None:
    lines = EXPORT.split("\n")
    serving = Serving(
        "\n".join(line for line in lines if "ends:" not in line and "fails:" not in line and "outcomes:" not in line)
    )
    serving.export()
    serving.wait(3)
    serving.client.post("/export", {"name": "b"})
    serving.wait(1)
    assert serving.client.post("/exports/1/cancel", b"").status == 409
    assert serving.client.post("/exports/2/cancel", b"").status == 200
    serving.wait(3600)
    assert serving.client.get("/exports/1").status == 410


def test_steps_and_job_are_all_or_nothing() -> None:
    actions = EXPORT.replace("    job:\n", "    do: [{create: exports, set: {note: beside}}]\n    job:\n")
    serving = Serving(actions + "    reply: {status: '${200 + job.name}'}\n")
    before = dump(serving.service)
    assert serving.client.post("/export", {"name": "a"}).status == 500
    assert dump(serving.service) == before
    assert serving.service.advance() is None


def test_a_reply_stands_in_the_place_of_the_document() -> None:
    serving = Serving(EXPORT + "    reply: {body: {taskID: '${job.id}'}, headers: {X-Job: '${job.status}'}}\n")
    answer = serving.client.post("/export", {"name": "a"})
    assert (answer.status, answer.json, answer.headers["x-job"]) == (202, {"taskID": 1}, "queued")
    assert answer.headers["location"].endswith("/v1/exports/1")
    linkis = Serving(EXPORT + "    reply: {body: {taskID: '${job.id}'}, message: Submitted}\n", "linkis")
    answer = linkis.client.post("/export", {"name": "a"})
    method = "/api/rest_j/v1/export"
    assert (answer.status, answer.json) == (
        200,
        {"method": method, "status": 0, "message": "Submitted", "data": {"taskID": 1}},
    )


def test_many_jobs_go_on_in_the_order_of_their_moments() -> None:
    serving = Serving()
    for number in range(200):
        serving.export(f"n{number}")
        serving.wait(0.01)
    serving.wait(60)
    assert {one["status"] for one in serving.client.get("/exports?limit=100").json} == {"done"}
    moments = [event.moment for event in serving.recorder.told]
    assert moments == sorted(moments)
    assert max(moments) == START + timedelta(seconds=6 + 1.99)


def replaced(serving: Serving, definition: str) -> None:
    """The service goes on with another definition, as after a change of its file."""
    serving.service.replace(serving.service.stage(prepare(parse_source(definition, "test.yaml"))))


def test_a_job_goes_on_when_the_definition_is_loaded_again() -> None:
    serving = Serving()
    serving.export()
    serving.wait(3)
    serving.read()
    replaced(serving, HEAD + EXPORT + "  more: {route: GET /more, reply: {body: 1}}\n")
    assert serving.client.get("/more").json == 1
    serving.wait(3)
    assert serving.read()["status"] == "done"


def test_a_job_whose_resource_was_declared_otherwise_is_forgotten() -> None:
    serving = Serving()
    serving.export()
    replaced(serving, HEAD.replace("count: 0", "count: 2") + EXPORT)
    before = dump(serving.service)
    serving.wait(100)
    assert serving.service.advance() is None
    assert dump(serving.service) == before
