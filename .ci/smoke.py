"""Tries the installed command as a user would: help, the shipped definitions, one answer, a stop by SIGTERM.

Run by the Python that `mockserver` is installed for, in a folder without sources.
"""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

PATIENCE_S = 30
COMMAND = str(Path(sys.executable).parent / "mockserver")
LOCATE = "import mockserver, pathlib; print(pathlib.Path(mockserver.__file__).parent)"


def run(*arguments: str) -> str:
    done = subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if done.returncode:
        sys.exit(f"mockserver {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def get(url: str) -> object:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return json.load(answer)


def check_pages(control: str) -> None:
    """The pages of the control plane, with all that they name."""
    for page in ("/", "/demo", "/docs"):
        with urllib.request.urlopen(f"{control}{page}", timeout=PATIENCE_S) as answer:
            text = answer.read().decode()
        names = re.findall(r'(?:src|href)="(/panel/[^"]+)"', text)
        if not names:
            sys.exit(f"nothing in {page}: {text}")
        for name in names:
            with urllib.request.urlopen(f"{control}{name}", timeout=PATIENCE_S) as answer:
                if not answer.read():
                    sys.exit(f"nothing in {name}")
        print(f"opened {page} with {len(names)} files")


def check_shipped() -> None:
    found = subprocess.run([sys.executable, "-I", "-c", LOCATE], capture_output=True, text=True, check=True)
    package = Path(found.stdout.strip())
    if "site-packages" not in package.parts:
        sys.exit(f"not the installed package: {package}")
    for name in ("client.js", "vendor/SHA256SUMS", "vendor/htm.LICENSE", "vendor/swagger-ui/LICENSE"):
        if not (package / "panel" / name).is_file():
            sys.exit(f"no {name} in {package}")
    shipped = sorted((package / "seeds").glob("*.yaml"))
    if not shipped:
        sys.exit(f"no definitions in {package}")
    for path in shipped:
        run("check", str(path))
        json.loads(run("openapi", str(path)))
        run("types", str(path))
        print(f"checked and described {path.name}")


def serve_once() -> None:
    started = time.monotonic()
    with subprocess.Popen([COMMAND, "serve", "--port", "0", "--control-port", "0"], stdout=subprocess.PIPE) as server:
        overdue = threading.Timer(PATIENCE_S, server.kill)
        overdue.start()
        assert server.stdout is not None
        printed = ""
        for line in map(bytes.decode, server.stdout):
            printed += line
            if ready := re.match(r"mockserver ready api=(\S+) control=(\S+)$", line):
                break
        else:
            sys.exit(f"never ready, exit {server.wait()}:\n{printed}")
        print(f"ready in {time.monotonic() - started:.2f} s")
        zoos = get(f"{ready[1]}/v1/zoos")
        if not isinstance(zoos, list) or not zoos:
            sys.exit(f"no zoos: {zoos}")
        run("health", "--control", ready[2])
        check_pages(ready[2])
        server.send_signal(signal.SIGTERM)
        server.stdout.read()
        code = server.wait()
        overdue.cancel()
    if code:
        sys.exit(f"exit {code} after SIGTERM")


print(run("--help").splitlines()[0])
check_shipped()
serve_once()
print("served, answered, stopped")
