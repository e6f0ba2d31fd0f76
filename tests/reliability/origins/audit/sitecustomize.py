"""Has a process note in the file `AUDIT_LOG` whom it connects to, asks for by name, and starts; first that it notes."""

import os
import sys

_WATCHED = (
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request", "subprocess.Popen", "os.exec",
)  # fmt: skip
_log = os.open(os.environ["AUDIT_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event in _WATCHED:
        os.write(_log, f"{event} {arguments[:2]!r}\n".encode())


os.write(_log, b"watching\n")
sys.addaudithook(_note)
