"""What is installed: every package by its hash, none unknown, none on terms that bind; and the image made from them."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

from tests.document import ROOT
from tests.reliability import audit, image, licence
from tests.reliability.lock import FILES, Pin, find_unmet, read_lines, read_pins, read_wanted
from tests.scorecard import Figures

LOCKED_LINE = re.compile(r"[a-z0-9-]+==\S+( ; [^-]+)?( +--hash=sha256:[0-9a-f]{64})+ *")
TOLD_APART = re.compile(
    r"https?://(?:[\w.-]*pypi\.org|files\.pythonhosted|registry\.npm)|/root/\.|/work/(?:main|shared)"
)
UV = [str(ROOT / "scripts/tool"), "uv"]
NODE_LOCKS = ("tests/clients/package-lock.json", "examples/package-lock.json")


def test_every_package_is_locked_by_the_hashes_of_its_files(figure: Figures) -> None:
    lines = [line for name in FILES for line in read_lines(name)]
    assert [line for line in lines if not LOCKED_LINE.fullmatch(line)] == []
    pins = read_pins(*FILES)
    figure("packages of Python that are locked", len({pin.name for pin in pins}), least=100)
    figure("of them without a hash", sum(not pin.hashes for pin in pins), exactly=0)


@pytest.mark.parametrize("name", FILES)
def test_the_lock_has_what_the_project_asks_for(name: str) -> None:
    assert find_unmet(read_wanted()[name], read_pins(name)) == [], "run ./scripts/lock"


def test_that_something_is_missing_or_too_old_is_seen() -> None:
    pins = [Pin(Requirement("click==8.1; sys_platform != 'win32'"), 1)]
    assert find_unmet([Requirement("click>=8"), Requirement("flask")], pins) == [
        "click>=8 (locked: None)", "flask (locked: None)",
    ]  # fmt: skip
    assert find_unmet([Requirement("click>=8.2; sys_platform != 'win32'")], pins) == [
        'click>=8.2; sys_platform != "win32" (locked: 8.1)'
    ]


def test_the_server_and_the_tests_get_the_same_versions() -> None:
    dev = {(pin.name, pin.version) for pin in read_pins("dev")}
    assert {(pin.name, pin.version) for pin in read_pins("run")} <= dev
    names = {name for name, _ in dev}
    assert {(pin.name, pin.version) for pin in read_pins("build") if pin.name in names} <= dev


def test_what_is_installed_is_what_is_locked_and_asks_for_nothing_else() -> None:
    here = {name: str(value) for name, value in default_environment().items()} | {"extra": ""}
    pins = [pin for pin in read_pins("build", "dev") if pin.holds(here)]
    assert {pin.name: importlib.metadata.version(pin.name) for pin in pins} == {pin.name: pin.version for pin in pins}
    asked = [Requirement(text) for pin in pins for text in importlib.metadata.requires(pin.name) or ()]
    unmet = [one for one in asked if one.marker is None or one.marker.evaluate(here)]
    locked = {pin.name for pin in pins}
    assert [str(one) for one in unmet if re.sub(r"[-_.]+", "-", one.name.lower()) not in locked] == []


@pytest.mark.parametrize("path", NODE_LOCKS)
def test_packages_of_npm_are_locked_by_the_hashes_of_their_files(path: str) -> None:
    packages = json.loads((ROOT / path).read_text(encoding="utf-8"))["packages"]
    fetched = {name: one for name, one in packages.items() if "node_modules/" in name and not one.get("link")}
    assert fetched
    assert [name for name, one in fetched.items() if not one.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, one in fetched.items() if "://" in one.get("resolved", "")] == []


def test_licences_are_listed_and_those_of_the_server_bind_nobody(figure: Figures) -> None:
    told = licence.read_document()
    assert licence.DOCUMENT.read_text(encoding="utf-8") == licence.write_document(lambda pin: told[pin.name]), (
        "run ./scripts/licences"
    )
    run = {pin.name: told[pin.name] for pin in read_pins("run")} | licence.list_vendored()
    words = {name: set(re.findall(r"[\w.-]+", said)) - {"AND", "OR"} for name, said in run.items()}
    assert {name: terms - licence.PERMITTED for name, terms in words.items() if terms - licence.PERMITTED} == {}
    figure("packages whose licence is listed", len(told), least=100)


def test_no_committed_file_tells_of_a_machine_or_a_registry() -> None:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    listed = [
        ROOT / path for path in done.stdout.split("\0") if path and not path.startswith("mockserver/panel/vendor/")
    ]
    paths = [path for path in listed or ROOT.glob("requirements/*") if path.is_file() and path != Path(__file__)]
    assert paths
    texts = ((path, path.read_text(encoding="utf-8", errors="replace")) for path in paths)
    found = {str(path): TOLD_APART.findall(text) for path, text in texts}
    assert {path: hits for path, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("", audit.Finding(2, (), 2)),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', audit.Finding(2, (), 1)),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', audit.Finding(2, (), 2)),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}]}',
            audit.Finding(2, ("a 1: CVE-1",), 1),
        ),
    ],
)
def test_no_answer_is_never_read_as_nothing_known(printed: str, found: audit.Finding) -> None:
    assert audit.judge_python(printed, 2) == found
    assert found.code == (audit.VULNERABLE if found.vulnerable else audit.UNANSWERED)


def test_what_npm_says_of_vulnerabilities_is_understood() -> None:
    counted = '"metadata": {"dependencies": {"total": 3}}'
    assert audit.judge_node('{"message": "405 Method Not Allowed"}', 3).code == audit.UNANSWERED
    assert audit.judge_node(f'{{"vulnerabilities": {{}}, {counted}}}', 3).code == audit.CLEAN
    found = audit.judge_node(f'{{"vulnerabilities": {{"ws": {{"severity": "high"}}}}, {counted}}}', 3)
    assert found == audit.Finding(3, ("ws: high",), 0)
    assert found.said == "ws: high of 3 packages"


def build_wheel(folder: Path) -> Path:
    """The wheel as CI builds it, with the time of a commit in it."""
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"})
    (wheel,) = folder.glob("*.whl")
    return wheel


def find_pythons() -> list[str]:
    """Every Python of this machine that is supported."""
    found = []
    for version in ("3.11", "3.12", "3.13", "3.14"):
        ask = [*UV, "python", "find", "--no-python-downloads", "--no-config", version]
        done = subprocess.run(ask, capture_output=True, text=True, check=False, cwd="/")
        found += [done.stdout.strip()] * (done.returncode == 0)
    return found


def try_wheel(python: str, wheel: Path, folder: Path, *options: str) -> None:
    """Install and use it, in an environment of its own."""
    inside = str(folder / "bin/python")
    subprocess.run([*UV, "venv", "--quiet", "--no-config", "--python", python, str(folder)], check=True)
    install = ["pip", "install", "--quiet", "--no-config", "--python", inside]
    subprocess.run([*UV, *install, *options, str(wheel)], check=True)
    subprocess.run([inside, "-I", str(ROOT / ".ci/smoke.py")], check=True, cwd=folder, stdout=subprocess.DEVNULL)


def test_the_wheel_is_the_same_twice_and_serves_everywhere(
    figure: Figures, tmp_path: Path, *, is_thorough: bool
) -> None:
    if not is_thorough:
        return
    wheel, again = build_wheel(tmp_path / "one"), build_wheel(tmp_path / "two")
    figure("bytes in which two builds of the wheel differ", int(wheel.read_bytes() != again.read_bytes()), exactly=0)
    pythons = find_pythons()
    for number, python in enumerate(pythons):
        try_wheel(python, wheel, tmp_path / f"python-{number}", "--constraint", str(ROOT / "requirements/run.txt"))
    figure("versions of Python here that it serves with", len(pythons), least=1)
    try_wheel(pythons[0], wheel, tmp_path / "oldest", "--resolution", "lowest-direct")


def test_the_dockerfile_is_as_its_linter_wants_it(*, is_thorough: bool) -> None:
    if is_thorough:
        subprocess.run([ROOT / "scripts/tool", "hadolint", "Dockerfile"], cwd=ROOT, check=True)


def test_the_image_is_built_and_runs_without_rights(figure: Figures, tmp_path: Path, *, is_thorough: bool) -> None:
    if not is_thorough:
        return
    if missing := image.find_missing():
        pytest.fail(
            f"the image can't be tried here: {', '.join(missing)} is missing (apt-get install mmdebstrap buildah)"
        )
    builder = image.Builder(tmp_path)
    builder.make_base()
    start = time.monotonic()
    built = builder.build()
    figure("steps of the Dockerfile in a clean root", time.monotonic() - start, "s", most=600)
    figure("what they add to the base image", built.added_bytes / 1e6, "MB", most=120)
    assert built.settings["User"] == "10001:10001"
    with image.contained(built) as container:
        printed = container.wait_until_ready()
        check_rights(container)
        check_answers(container, printed, figure)
        code, took = container.stop()
    figure("its exit code after SIGTERM", code, exactly=0)
    figure("from SIGTERM to its end", took, "s", most=5)
    builder.discard()


def check_rights(container: image.Container) -> None:
    """Not root, no capability, nothing to write to but /tmp, no installer."""
    status = container.status()
    assert set(status["Uid"].split()) | set(status["Gid"].split()) == {"10001"}
    assert status["NSpid"].split()[1] == "1"
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert container.run("id", "-u").stdout == "10001\n"
    for path in ("/x", "/opt/mockserver/x", "/work/x", "/etc/x"):
        assert "Read-only file system" in container.run("touch", path).stderr
    assert container.run("touch", "/tmp/x").returncode == 0  # noqa: S108
    assert container.run("python", "-c", "import pip").returncode == 1


ASK = """\
import json, sys, urllib.error, urllib.request
for url, token in json.loads(sys.argv[1]):
    headers = {"Authorization": "Bearer " + token} if token else {}
    try:
        print(urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5).status)
    except urllib.error.HTTPError as refused:
        print(refused.code)
"""


def check_answers(container: image.Container, printed: str, figure: Figures) -> None:
    """Healthy by the image's own check, on all addresses, and with a token before the control plane."""
    token = re.search(r"asks for a token: (\S+)", printed)
    assert token is not None
    assert container.run("mockserver", "health").returncode == 0
    status = "http://127.0.0.1:8001/api/status"
    asked = [("http://127.0.0.1:8000/v1/zoos", ""), (status, ""), (status, "wrong"), (status, token[1])]
    answers = container.run("python", "-c", ASK, json.dumps(asked))
    assert answers.stdout.split() == ["200", "401", "401", "200"], answers.stderr
    listening = Path(f"/proc/{container.first}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    ports = {line.split()[1] for line in listening if line.split()[3] == "0A"}
    figure("ports it listens on", len(ports), exactly=2)
    assert ports == {f"00000000:{port:04X}" for port in (8000, 8001)}
