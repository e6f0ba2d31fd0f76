"""`mockserver serve` as it is installed, around real definitions: from the first screen to the end."""

import json
from pathlib import Path
from urllib.error import HTTPError

import pytest

from mockserver.cli.limit import NAMES
from tests.cli.command import SEEDS, ZOO, fetch, plain_urls, run, serving


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_what_the_first_screen_says_to_paste_is_answered(seed: Path) -> None:
    with serving("serve", str(seed)) as lines:
        assert lines[-1].startswith("mockserver ready api=http://127.0.0.1:")
        urls = plain_urls(lines)
        assert len(urls) >= 3
        for url in urls:
            assert json.loads(fetch(url))


@pytest.mark.parametrize("arguments", [[], ["serve"]])
def test_with_nothing_at_hand_the_zoo_is_served(arguments: list[str], tmp_path: Path) -> None:
    with serving(*arguments, cwd=tmp_path) as lines:
        assert lines[0].startswith("Zoo · rest · seed 42")


def test_a_folder_at_hand_is_served(tmp_path: Path) -> None:
    (tmp_path / "mockserver.d").mkdir()
    (tmp_path / "mockserver.d/a.yaml").write_text("name: Mine\nresources: {pets: {}}\n", encoding="utf-8")
    with serving(cwd=tmp_path) as lines:
        assert lines[0].startswith("Mine · ")


def test_a_name_can_not_write_lines_of_its_own_or_move_the_cursor(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text('name: "a\\nmockserver ready \\e[2J\\u202e"\nresources: {pets: {}}\n', encoding="utf-8")
    with serving("serve", str(path)) as lines:
        assert lines[0] == "a␊mockserver ready ␛[2J� · rest · seed 1"
        told = run("status", "--control", lines[-1].split("control=")[1]).stdout.decode()
        assert "a␊mockserver ready ␛[2J�" in told


def test_options_win_over_the_definition() -> None:
    with serving("serve", ZOO, "--seed", "7", "--convention", "abp") as lines:
        assert lines[0] == "Zoo · abp · seed 7"
        control = lines[-1].split("control=")[1]
        assert b'"seed": 7' in run("status", "--json", "--control", control).stdout


def test_a_broken_definition_ends_with_2_and_a_caret(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("resources:\n  pets: {fields: {name: frist_name}}\n", encoding="utf-8")
    done = run("serve", str(path), "--port", "0", "--control-port", "0")
    assert (done.returncode, done.stdout) == (2, b"")
    said = done.stderr.decode().splitlines()
    assert said[0].startswith(f"{path}:2:25: ")
    assert said[2].strip() == "^"


@pytest.mark.parametrize("arguments", [["nowhere.yaml"], [ZOO, "--convention", "abq"], [ZOO, "--seed", "-1"]])
def test_what_can_not_be_served_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    done = run("serve", *arguments, "--port", "0", "--control-port", "0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize(
    ("limit", "said"),
    [("socks=1", "did you mean 'sockets'?"), ("sockets", "from 1 to 1000000"), ("sockets=0", "from 1 to 1000000"),
     ("url=-1", "from 64 bytes to 256 KiB"), ("held=" + "9" * 40, "from 1 to 1000000"),
     ("sockets=1MiB", "from 1 to"), ("body=1e400MiB", "to 64 MiB"), ("frame=17MiB", "to 16 MiB")],
)  # fmt: skip
def test_a_limit_that_is_none_says_how_it_is_written(limit: str, said: str) -> None:
    done = run("serve", ZOO, "--limit", limit)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()


def test_limits_are_what_the_options_say() -> None:
    limits = {
        "url": "1KiB",
        "headers": "1024",
        "held": "7",
        "held-sandbox": "3",
        "journal": "5",
        "sandboxes": "2",
        "unread": "1MiB",
        "unread-frames": "9",
        "sockets": "1",
        "body": "2MiB",
        "frame": "4KiB",
        "feed": "3",
        "feed-bytes": "1KiB",
        "feed-minutes": "1",
        "documents": "30",
        "definition": "2MiB",
        "aliases": "7",
    }
    assert limits.keys() == {*NAMES}  # fmt: skip
    options = [word for name, value in limits.items() for word in ("--limit", f"{name}={value}")]
    with serving("serve", ZOO, *options) as lines:
        api = lines[-1].split("api=")[1].split(" ")[0]
        control = lines[-1].split("control=")[1].strip()
        with pytest.raises(HTTPError, match="414"):
            fetch(f"{api}/v1/zoos?_={'a' * 1024}")
        for number in range(9):
            assert fetch(f"{api}/~s{number}/v1/zoos")
            assert fetch(f"{api}/v1/zoos?limit={number}")
        assert len(json.loads(fetch(f"{control}/api/sandboxes"))) == 3
        assert len(json.loads(fetch(f"{control}/api/requests"))) == 5
