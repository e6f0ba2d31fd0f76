"""The snapshots of a sandbox: its data kept under names, and put back."""

from urllib.parse import quote

from mockserver.testing.sandbox import Sandbox

__tracebackhide__ = True


class Snapshots:
    """Data of the sandbox under names, at most 64."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self) -> list[str]:
        """The names there are, the oldest first."""
        return [one["name"] for one in self._sandbox.ask("GET", "/api/snapshots")]

    def save(self, name: str) -> None:
        """Keep the data as it is."""
        self._sandbox.ask("PUT", f"/api/snapshots/{quote(name, safe='')}")

    def restore(self, name: str) -> None:
        """Go back to it, as often as is wanted. *Raises* `MockServerError`."""
        self._sandbox.ask("POST", f"/api/snapshots/{quote(name, safe='')}/restore")
