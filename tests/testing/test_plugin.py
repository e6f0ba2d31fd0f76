"""The pytest plugin, in projects of its users: what a test gets, what a failed one shows, and what never happens."""

import os
import socket
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockserver.testing import Server
from tests.testing.conftest import Run
from tests.testing.test_server import PATIENCE_S, follow

KILL = """
import gc, os, signal
from mockserver.testing import Server

def kill_server(mockserver, logged=""):
    (server,) = [one for one in gc.get_objects() if isinstance(one, Server) and one.exit_code is None]
    # What it logs it writes when it has nothing better to do.
    while not any(logged in line for line in server.log):
        mockserver.clock.now
    os.kill(server.pid, signal.SIGKILL)
"""


def test_it_is_registered_with_pytest() -> None:
    (found,) = [one for one in entry_points(group="pytest11") if one.name == "mockserver"]
    assert found.value == "mockserver.testing.plugin"


IMPORTED = """
import sys, pytest
before = {*sys.modules}
import mockserver.testing.plugin
print(*sorted(sys.modules.keys() - before))
"""


def test_nothing_is_imported_until_a_test_asks() -> None:
    ran = subprocess.run([sys.executable, "-P", "-c", IMPORTED], stdout=subprocess.PIPE, text=True, check=True)
    assert ran.stdout.split() == ["mockserver", "mockserver.testing", "mockserver.testing.plugin"]


def test_each_test_has_a_sandbox_as_its_markers_say(pytester: pytest.Pytester, project: Run) -> None:
    pytester.makepyfile("""
        import sys
        import pytest
        from mockserver.testing import Client

        def test_data_is_its_own(mockserver: Client, mockserver_server: Client):
            mockserver.request("DELETE", "/pets/1")
            assert len(mockserver.rows("pets")) == 2
            assert mockserver.url == f"{mockserver_server.url}/~{mockserver.sandbox}"
            assert mockserver.sandbox.startswith("t-main-")

        def test_data_is_as_it_was(mockserver):
            assert len(mockserver.rows("pets")) == len(mockserver.sibling("bob").rows("pets")) == 3
            mockserver.sibling("bob").request("DELETE", "/pets/1")

        @pytest.mark.mockserver(scenario="empty", faults={"outage": {"times": 1}})
        def test_begins_as_it_says(mockserver):
            assert mockserver.request("GET", "/pets").status == 503
            assert mockserver.request("GET", "/pets").json == []

        @pytest.mark.mockserver(faults=["teapot"])
        class TestMarked:
            def test_all_of_a_class(self, mockserver):
                assert mockserver.request("GET", "/pets").status == 418

            @pytest.mark.mockserver(scenario="empty", faults=[])
            def test_the_nearest_decides(self, mockserver):
                assert mockserver.request("GET", "/pets").json == []

        @pytest.mark.mockserver(definition="cats.yaml")
        def test_a_file_beside_it(mockserver):
            assert mockserver.request("GET", "/cats").status == 200

        @pytest.mark.parametrize("number", [
            pytest.param(2, marks=pytest.mark.mockserver(definition="{mock: 1, resources: {dogs: {count: 2}}}")), 3,
        ])
        def test_a_line_of_one_case_alone(request, number):
            assert ("mockserver" in request.fixturenames) is (number == 2)
            if number == 2:
                assert len(request.getfixturevalue("mockserver").rows("dogs")) == 2

        @pytest.fixture
        def page(request):
            return request.getfixturevalue("mockserver").url

        @pytest.mark.mockserver(faults=["teapot"])
        def test_a_marker_is_enough(page, request):
            assert "mockserver" in request.fixturenames

        def test_nothing_is_left_of_those_before(mockserver):
            import json, urllib.request
            with urllib.request.urlopen(mockserver.control_url + "/api/sandboxes") as answer:
                names = [one["name"] for one in json.load(answer)]
            assert names == ["default", mockserver.sandbox]

        def test_nothing_of_the_server_is_imported_here(mockserver):
            heavy = {"click", "faker", "flask", "gevent", "orjson", "pydantic", "jinja2", "yaml"}
            assert not heavy & sys.modules.keys()

        def test_no_base_url_is_defined(request):
            with pytest.raises(pytest.FixtureLookupError):
                request.getfixturevalue("base_url")
    """)
    (pytester.path / "cats.yaml").write_text("mock: 1\nresources: {cats: {count: 1}}\n", encoding="utf-8")
    project().assert_outcomes(passed=12)


def test_what_can_not_be_had_fails_at_setup_with_what_there_is(
    pytester: pytest.Pytester, quick_project: Run, pets_server: Server
) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.mockserver(faults=["outaeg"])
        def test_fault(): ...

        @pytest.mark.mockserver(scenario="emtpy")
        def test_scenario(): ...

        @pytest.mark.mockserver(sceanrio="empty")
        def test_key(): ...

        @pytest.mark.mockserver("empty")
        def test_place(): ...

        @pytest.mark.mockserver(faults=[1])
        def test_shape(): ...

        @pytest.mark.mockserver(faults={"outage": {2: 2}})
        def test_keys_of_settings(): ...

        @pytest.mark.mockserver(faults={"outage": {"times": {2}}})
        def test_settings(): ...

        @pytest.mark.mockserver(definition="zo")
        def test_definition(): ...

        @pytest.mark.mockserver(definition="z" * 300)
        def test_long(): ...

        @pytest.mark.mockserver(definition={("a", "b"): 1})
        def test_mapping(): ...

        @pytest.mark.mockserver(faults=None, scenario=None, definition=None)
        def test_nothing(): ...

        @pytest.mark.mockserver(definition="mock: 1\\nresources: {pets: {fields: {name: frist_name}}}")
        @pytest.mark.parametrize("time", [1, 2])
        def test_problems(time): ...
    """)
    ran = quick_project("--mockserver-url", pets_server.control_url)
    ran.assert_outcomes(errors=12, passed=1)
    ran.stdout.no_fnmatch_line("*During handling*")
    ran.stdout.no_fnmatch_line("*site-packages*")
    ran.stdout.no_fnmatch_line(">*")
    ran.stdout.no_fnmatch_line("*Traceback*")
    for said in (
        "@pytest.mark.mockserver can't be had: There is no fault 'outaeg'; did you mean 'outage'?",
        "  here: outage, teapot\n  presets: slow, ",
        "There is no scenario 'emtpy'; did you mean 'empty'?\n  here: empty",
        "does not know 'sceanrio'; did you mean 'scenario'? Its keys are definition, scenario, faults.",
        "takes keys alone: definition=…, scenario=…, faults=…",
        'needs faults as ["outage"] or {"outage": {"times": 2}}.',
        "@pytest.mark.mockserver can't be had: That can't be sent as JSON: Object of type set is not",
        "@pytest.mark.mockserver names no definition: 'zo' is not in",
        f"@pytest.mark.mockserver names no definition: '{'z' * 300}' is not in",
        "@pytest.mark.mockserver can't be a definition: keys must be str",
        ".yaml:2:35: Faker has no provider 'frist_name' in en_US\n    resources: {pets: {fields: {name: frist_name}}}",
    ):
        assert said in ran.stdout.str()


def test_a_failed_test_shows_what_was_asked_and_what_comes_nearest(
    pytester: pytest.Pytester, quick_project: Run, pets_server: Server
) -> None:
    pytester.makepyfile("""
        import unittest
        import pytest

        @pytest.mark.mockserver(faults=["outage"])
        def test_pets(mockserver):
            mockserver.request("POST", "/pets", json={"name": "Rex", "age": 4})
            mockserver.assert_requested("POST", "/pets", json={"name": "Rex", "age": 5}, within=0)

        class TestOfClass(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def sit(self, mockserver):
                self.mockserver = mockserver

            def test_pets(self):
                self.fail(self.mockserver.request("GET", "/pets/3").text)
    """)
    ran = quick_project("--mockserver-url", pets_server.control_url)
    ran.assert_outcomes(failed=2)
    ran.stdout.fnmatch_lines(
        [
            '>*mockserver.assert_requested("POST", "/pets", json=*',
            'E *AssertionError: Expected: POST /pets with json {"name": "Rex", "age": 5}',
            "E *Found 0 among 1 request; nearest:",
            "E *#1 POST /pets 503",
            "E *body.age  expected 5, found 4",
            "test_a_failed*.py:7: AssertionError",
            "*mockserver requests*",
            "#1 POST /pets 503  fault outage",
            "*_ TestOfClass.test_pets _*",
            "*mockserver requests*",
            "#1 GET /pets/3 200",
        ]
    )


def test_a_server_that_dies_fails_the_test_with_its_last_lines(pytester: pytest.Pytester, project: Run) -> None:
    pytester.makepyfile(
        kill=KILL,
        test_it="""
        from urllib.request import urlopen
        from kill import kill_server

        def test_own_client(mockserver):
            mockserver.request("GET", "/pets/1")
            kill_server(mockserver, "/pets/1")
            urlopen(f"{mockserver.url}/pets")

        def test_unnoticed(mockserver):
            mockserver.request("GET", "/pets/2")
            kill_server(mockserver, "/pets/2")
    """,
    )
    ran = project("--import-mode=prepend")
    ran.assert_outcomes(passed=1, failed=1, errors=1)
    ran.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_unnoticed*",
            "The mock server was ended by signal 9. Its last lines:",
            "* ~t-main-2 GET /pets/2 200",
            "*_ test_own_client _*",
            "E *No mock server answers at *",
            "E *The mock server was ended by signal 9. Its last lines:",
            "E * ~t-main-1 GET /pets/1 200",
            "*mockserver log*",
        ]
    )


def test_an_external_server_is_used_and_sandboxes_of_failed_tests_are_kept(
    pytester: pytest.Pytester, quick_project: Run, pets_server: Server
) -> None:
    pytester.makepyfile("""
        def test_passes(mockserver): mockserver.request("GET", "/pets")
        def test_fails(mockserver): assert mockserver.request("GET", "/pets").status == 418
    """)
    url = pets_server.control_url
    with pets_server.client("t-mine") as client:
        ran = quick_project("--mockserver-url", url, "--mockserver-keep")
        ran.assert_outcomes(passed=1, failed=1)
        ran.stdout.fnmatch_lines([f"Kept: {url}/#/requests?sandbox=t-????-main-2"])
        quick_project("--mockserver-url", url).assert_outcomes(passed=1, failed=1)
        names = [one["name"] for one in client._control.ask("GET", "/api/sandboxes")]
        kept = [name for name in names if name.endswith(("-main-1", "-main-2"))]
        assert len(kept) == 1
        pets_server.client(kept[0]).end()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--mockserver-url=http://127.0.0.1:1", "No mock server answers at http://127.0.0.1:1 (*refused)."),
        (
            "--mockserver-url=localhost:8001",
            "--mockserver-url or MOCKSERVER_CONTROL: 'localhost:8001' is no URL of a control plane; *",
        ),
        ("--mockserver-definition=zo", "--mockserver-definition names no definition: 'zo' is not in *"),
        (
            "--override-ini=mockserver_definition=zo",
            "mockserver_definition in the ini file names no definition: 'zo' *",
        ),
    ],
)
def test_an_option_that_can_not_be_met_is_named(
    pytester: pytest.Pytester, quick_project: Run, option: str, said: str
) -> None:
    pytester.makepyfile("def test_it(mockserver): ...")
    ran = quick_project(option)
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([said])


def test_an_option_wins_over_the_ini_file(pytester: pytest.Pytester, project: Run) -> None:
    pytester.makeini("[pytest]\nmockserver_definition = cats.yaml\nmockserver_args = --seed 7")
    for name in ("cats", "dogs"):
        text = f"mock: 1\nname: {name}\nresources: {{{name}: {{count: 1}}}}\n"
        (pytester.path / f"{name}.yaml").write_text(text, encoding="utf-8")
    pytester.makepyfile("""
        def test_it(mockserver):
            status = mockserver._sandbox.ask("GET", "/api/status")
            assert (status["name"], status["seed"]) == ("dogs", 7)
    """)
    project("--mockserver-definition", "dogs.yaml").assert_outcomes(passed=1)


WORKERS = """
import pytest

FAULTS = {"outage": 503, "teapot": 418}

@pytest.mark.parametrize("number", range(40))
def test_contradicting_faults_never_meet(mockserver, number, worker_id):
    name = ["outage", "teapot", None][number % 3]
    assert mockserver.sandbox.startswith(f"t-{worker_id}-")
    if name:
        mockserver.fault(name)
    for _ in range(5):
        assert mockserver.request("GET", "/pets").status == FAULTS.get(name, 200)
    assert len(mockserver.requests) == 5
    with open(f"used-{worker_id}", "a") as used:
        print(mockserver.control_url, file=used)

@pytest.mark.mockserver(definition="mock: 1\\nresources: {cats: {count: 1}}")
@pytest.mark.parametrize("number", range(4))
def test_workers_share_a_definition_given_as_text(mockserver, number):
    assert mockserver.request("GET", "/cats").status == 200
    with open(f"cats-{number}", "a") as used:
        print(mockserver.control_url, file=used)
"""


def test_workers_share_one_server_for_each_definition(pytester: pytest.Pytester, project: Run) -> None:
    (pytester.path / "mockserver.yaml").rename(pytester.path / "pets.yaml")
    pytester.makeini("[pytest]\nmockserver_definition = pets.yaml")
    pytester.makepyfile(WORKERS)
    project("-p", "xdist", "-n", "2").assert_outcomes(passed=44)
    for pattern, files in (("used-gw*", 2), ("cats-*", 4)):
        used = [path.read_text(encoding="utf-8").split() for path in Path(pytester.path).glob(pattern)]
        assert len(used) == files
        assert len({url for urls in used for url in urls}) == 1


def test_a_worker_is_told_how_the_server_died_and_gets_another(pytester: pytest.Pytester, project: Run) -> None:
    pytester.makepyfile("""
        import os, signal
        from pathlib import Path

        def child_of(pid):
            for path in Path("/proc").glob("[0-9]*/stat"):
                if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                    if b"--end-with-stdin" in path.with_name("cmdline").read_bytes():
                        return int(path.parent.name)

        def test_dies(mockserver):
            os.kill(child_of(os.getppid()), signal.SIGKILL)
            mockserver.off()

        def test_lives(mockserver):
            assert mockserver.request("GET", "/pets").status == 200
            assert False, "to see what was shown"
    """)
    ran = project("-p", "xdist", "-n", "1")
    ran.assert_outcomes(failed=2)
    ran.stdout.fnmatch_lines(
        [
            "E *ServerGone: No mock server answers*",
            "E *The mock server was ended by signal 9. Its last lines:",
            "*Captured mockserver setup*",
            "A fresh server was begun for this test. The mock server was ended by signal 9.*",
            "*servers that died*",
        ]
    )


def test_no_server_outlives_a_run_that_is_killed(pytester: pytest.Pytester, project: Run) -> None:
    # The folder and the environment of `project`, and a process that can be killed.
    pytester.makepyfile("""
        import os, socket, urllib.request
        def test_it(mockserver):
            with socket.create_connection(("127.0.0.1", int(os.environ["TELL"]))) as teller:
                teller.sendall(mockserver.control_url.encode())
            urllib.request.urlopen(mockserver.control_url + "/api/stream").read()
    """)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "mockserver.testing.plugin", "-p", "xdist", "-n", "1"]
    with socket.create_server(("127.0.0.1", 0)) as told:
        told.settimeout(PATIENCE_S)
        environment = os.environ | {"TELL": str(told.getsockname()[1])}
        with subprocess.Popen(command, cwd=pytester.path, env=environment, stdout=subprocess.DEVNULL) as run:
            teller, _ = told.accept()
            with teller:
                url = teller.makefile().read()
            with follow(urlsplit(url).port or 0) as stream:
                run.kill()
                while stream.recv(65536):
                    pass


def test_the_marker_and_the_options_are_explained(pytestconfig: pytest.Config, quick_project: Run) -> None:
    (marked,) = [line for line in pytestconfig.getini("markers") if line.startswith("mockserver")]
    assert marked.startswith("mockserver(definition=…, scenario=…, faults=[…]): ")
    shown = quick_project("--help").stdout.str()
    for option in ("--mockserver-definition", "--mockserver-url", "--mockserver-keep", "mockserver_args"):
        assert option in shown
