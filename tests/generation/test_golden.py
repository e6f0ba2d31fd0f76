"""The data of the shipped definitions is a promise: the same bytes in every process, everywhere, and from now on.

Other Pythons to compare with are named in `MOCKSERVER_PYTHONS`: paths of interpreters that have the dependencies, with
the separator of `PATH` between them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generation.seed_checksums import checksum, checksums

GOLDEN = {
    "linkis": ["226d8afc5bd980e3", "47e6b5c89dee1824"],
    "tickets": ["e929c2a4c287d05d", "2148d7a4545b0815"],
    "zoo": ["77d38a01c981ae48", "7309f68360897844"],
}
"""By definition: with its own seed, and with seed 7."""

PYTHONS = [sys.executable, *filter(None, os.environ.get("MOCKSERVER_PYTHONS", "").split(os.pathsep))]
MACHINES = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "1"},
]


def test_the_shipped_definitions_give_the_promised_bytes() -> None:
    found = checksums()
    assert found == GOLDEN, (
        "the generated data of a shipped definition has changed. If that is meant (the definition was edited, or a "
        "generator or Faker's version changed), say so in CHANGELOG.md, and put these checksums here: "
        f"{json.dumps(found)}"
    )


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: str(machine["TZ"]))
@pytest.mark.parametrize("python", PYTHONS)
def test_a_fresh_process_elsewhere_gives_the_same_bytes(python: str, machine: dict[str, str]) -> None:
    script, root = Path(__file__).with_name("seed_checksums.py"), Path(__file__).parents[2]
    environment = {**os.environ, **machine, "PYTHONPATH": str(root)}
    done = subprocess.run([python, script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == GOLDEN


def test_another_seed_gives_other_bytes() -> None:
    assert checksum("zoo", 1) != checksum("zoo", 2)
