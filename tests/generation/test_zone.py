"""Formatted dates do not know where the machine stands."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys; from pathlib import Path
from mockserver.server.assemble import load_prepared
print(load_prepared([Path(sys.argv[1])]).rows["a"])
"""


def test_seconds_of_the_epoch_are_those_of_utc(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("mock: 1\nresources: {a: {count: 3, fields: {d: {faker: date, args: {pattern: '%s %c'}}}}}\n")
    told = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(file)],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ("UTC", "Asia/Tokyo", "America/New_York")
    ]
    assert len(set(told)) == 1
