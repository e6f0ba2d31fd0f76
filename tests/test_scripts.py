"""The two commands of the README, in a project of their own whose environment and Python are stand-ins.

That a real environment is made is proven by CI, which starts with nothing; here is what it can't show: what the scripts
say when they can't go on, and that they do nothing more once all is prepared.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.document import ROOT

TOOLS = ("sh", "cat", "dirname", "rm")
REQUIREMENTS = ("build", "run", "dev")
LOCKS = ("tests/clients/package-lock.json", "examples/package-lock.json")


def run(script: Path, *arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Runs a script with an environment that holds nothing but a PATH, from a folder that is not the project's."""
    sh = str(shutil.which("sh"))
    return subprocess.run(
        [sh, str(script), *arguments], env={"PATH": str(path)}, cwd="/", capture_output=True, text=True, check=False
    )


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('sh')}\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs without any Python; the browser is a stand-in."""
    folder = tmp_path / "tools"
    write_program(folder / "chromium", "exit 1")
    for name in TOOLS:
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The scripts in a project whose path has a space."""
    folder = tmp_path / "a project"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "requirements").mkdir()
    for name in REQUIREMENTS:
        (folder / f"requirements/{name}.txt").write_text(f"{name}==1\n", encoding="utf-8")
    for lock in LOCKS:
        (folder / lock).parent.mkdir(parents=True)
        (folder / lock).write_text("{}\n", encoding="utf-8")
    return folder


@pytest.fixture
def prepared(project: Path) -> Path:
    """The same with an environment whose programs tell how they were called."""
    for program in ("python", "mockserver"):
        write_program(project / ".venv/bin" / program, f'printf "%s|" {program} "$PWD" "$@"')
    for lock in LOCKS:
        (project / lock).with_name("node_modules").mkdir()
    for kind, packages in (("run", ""), ("dev", "{}\n{}\n")):
        (project / f".venv/prepared-{kind}").write_text(
            f"{project}\n[project]\nbuild==1\n{kind}==1\n{packages}", encoding="utf-8"
        )
    return project


@pytest.mark.parametrize("script", ["serve", "test"])
def test_without_python_the_way_out_is_told(project: Path, tools: Path, script: str) -> None:
    done = run(project / "scripts" / script, path=tools)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "apt-get install python3" in done.stderr
    assert not (project / ".venv").exists()


def test_an_old_python_is_none(project: Path, tools: Path) -> None:
    write_program(tools / "python3", "exit 1")
    assert "needs Python 3.11 or newer" in run(project / "scripts/serve", path=tools).stderr


def test_a_python_without_venv_is_told_apart(project: Path, tools: Path) -> None:
    write_program(tools / "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    done = run(project / "scripts/serve", path=tools)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert "3.11 or newer" not in done.stderr


def test_serve_passes_its_arguments_on_and_stays_where_it_was_called(prepared: Path, tools: Path) -> None:
    done = run(prepared / "scripts/serve", "my api.yaml", "--port", "0", path=tools)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "mockserver|/|serve|my api.yaml|--port|0|"


def test_test_passes_its_arguments_on_from_the_top_of_the_project(prepared: Path, tools: Path) -> None:
    done = run(prepared / "scripts/test", "-k", "one or two", path=tools)
    assert (done.returncode, done.stderr) == (0, "")
    parallel = "--numprocesses=auto|--maxprocesses=4|--dist=worksteal"
    assert done.stdout == f"python|{prepared}|-m|pytest|{parallel}|-k|one or two|"


@pytest.mark.parametrize(
    "stale", ["another pyproject", "another lock", "an unfinished install", "no python", "no stamp"]
)
def test_what_is_stale_is_not_used(prepared: Path, tools: Path, stale: str) -> None:
    match stale:
        case "another pyproject":
            (prepared / "pyproject.toml").write_text("[project]\ndependencies = []\n", encoding="utf-8")
        case "another lock":
            (prepared / "requirements/run.txt").write_text("run==2\n", encoding="utf-8")
        case "an unfinished install":
            (prepared / ".venv-unfinished").touch()
        case "no python":
            (prepared / ".venv/bin/python").unlink()
        case _:
            (prepared / ".venv/prepared-run").unlink()
    done = run(prepared / "scripts/serve", path=tools)
    assert done.returncode == 1
    assert "mockserver|" not in done.stdout


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("stale", ["other packages", "no packages"])
def test_the_tests_need_their_packages_and_a_server_does_not(
    prepared: Path, tools: Path, stale: str, lock: str
) -> None:
    if stale == "other packages":
        (prepared / lock).write_text('{"packages": {}}\n', encoding="utf-8")
    else:
        (prepared / lock).with_name("node_modules").rmdir()
    assert run(prepared / "scripts/test", path=tools).returncode == 1
    assert run(prepared / "scripts/serve", path=tools).stdout.startswith("mockserver|")


@pytest.fixture
def installing(prepared: Path, tools: Path) -> Path:
    """The same with other packages and stand-ins that install, saying how they were called."""
    (prepared / LOCKS[0]).write_text('{"packages": {}}\n', encoding="utf-8")
    write_program(tools / "python3", "exit 0")
    write_program(prepared / ".venv/bin/python", 'case "$2" in pip | pytest) printf "%s|" "$@" >&2 ;; esac')
    write_program(prepared / ".venv/bin/npm", 'printf "%s|" "$PWD" "$@" >&2')
    return prepared


def test_packages_are_installed_as_the_lock_has_them_and_run_nothing(installing: Path, tools: Path) -> None:
    done = run(installing / "scripts/test", path=tools)
    assert done.returncode == 0
    for lock in LOCKS:
        assert f"|{(installing / lock).parent}|ci|--ignore-scripts|" in done.stderr
    again = run(installing / "scripts/test", "-x", path=tools)
    assert again.stderr == "-m|pytest|--numprocesses=auto|--maxprocesses=4|--dist=worksteal|-x|"
    assert run(installing / "scripts/prepare", "run", path=tools).stderr == ""


def test_what_is_installed_is_locked_by_hashes_and_built_by_what_is(installing: Path, tools: Path) -> None:
    told = run(installing / "scripts/test", path=tools).stderr
    files = "--requirement|requirements/build.txt|--requirement|requirements/dev.txt|"
    locked = f"-m|pip|install|--quiet|--disable-pip-version-check|--require-hashes|{files}"
    project = "-m|pip|install|--quiet|--disable-pip-version-check|--no-deps|--no-build-isolation|--editable|.|"
    assert told.count("|install|") == 2
    assert locked + project in told


def test_a_package_with_another_hash_ends_it(installing: Path, tools: Path) -> None:
    refusing = 'case "$*" in *--require-hashes*) echo HASHES DIFFER >&2; exit 1 ;; *pip*) echo went on >&2 ;; esac'
    write_program(installing / ".venv/bin/python", refusing)
    done = run(installing / "scripts/test", path=tools)
    assert done.returncode == 1
    assert "HASHES DIFFER" in done.stderr
    assert "The next start begins anew" in done.stderr
    assert "went on" not in done.stderr
    assert (installing / ".venv-unfinished").exists()


def test_packages_that_can_not_be_installed_are_tried_again(installing: Path, tools: Path) -> None:
    write_program(installing / ".venv/bin/npm", "echo no network >&2; exit 1")
    for _ in range(2):
        done = run(installing / "scripts/test", path=tools)
        assert done.returncode == 0
        assert "no network" in done.stderr
        assert "the tests there will fail" in done.stderr
        assert "-m|pytest|" in done.stderr


@pytest.fixture
def without_browser(prepared: Path, tools: Path) -> Path:
    """The same as prepared on a machine without a browser, where Python can be had."""
    (tools / "chromium").unlink()
    write_program(tools / "python3", "exit 0")
    return prepared


def test_without_a_browser_that_is_said_once_and_a_server_needs_none(without_browser: Path, tools: Path) -> None:
    assert run(without_browser / "scripts/serve", path=tools).stderr == ""
    done = run(without_browser / "scripts/test", path=tools)
    assert "no Chromium on the PATH" in done.stderr
    assert done.stdout.startswith("python|")
    assert run(without_browser / "scripts/test", path=tools).stderr == ""


def test_on_debian_root_gets_a_browser(without_browser: Path, tools: Path) -> None:
    write_program(tools / "id", "echo 0")
    made = f"printf '#!/bin/sh\n' >'{tools}/chromium'; '{shutil.which('chmod')}' 755 '{tools}/chromium'"
    write_program(tools / "apt-get", f'case "$1" in install) echo noise; {made} ;; esac')
    done = run(without_browser / "scripts/test", path=tools)
    assert done.stderr.splitlines() == ["Installing Chromium for the tests (once, about a minute) ..."]
    assert done.stdout.startswith("python|")
    (tools / "chromium").unlink()
    assert "Installing Chromium" in run(without_browser / "scripts/test", path=tools).stderr, "it can vanish"


def test_a_browser_that_can_not_be_installed_is_not_tried_again(without_browser: Path, tools: Path) -> None:
    write_program(tools / "id", "echo 0")
    write_program(tools / "apt-get", "exit 100")
    assert "will be skipped" in run(without_browser / "scripts/test", path=tools).stderr
    assert run(without_browser / "scripts/test", path=tools).stderr == ""
