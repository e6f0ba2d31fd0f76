"""Serving goes on with the files as they are: what changed takes over between two requests.

Knows neither definitions nor data; `renewal` loads them and puts them in force.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import gevent

from mockserver.definitions.report import render
from mockserver.definitions.source import read_source
from mockserver.errors import DefinitionError
from mockserver.messages import Json
from mockserver.server.log import ExchangeLog, Notice
from mockserver.server.renewal import Renewal, Renewed, apart, tell_problems
from mockserver.server.watch import LOOK_EVERY_S, FileWatch
from mockserver.value import dataclass

_NAMES_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Reloader:
    """Watches files and has them loaded again."""

    watch: FileWatch
    renewal: Renewal

    def run(self, log: ExchangeLog) -> None:
        """Go on until the greenlet this runs in is killed."""
        while True:
            gevent.sleep(LOOK_EVERY_S)
            try:
                if apart(self.watch.look):
                    self._reload(log)
            except Exception as error:  # noqa: BLE001 - a bug of ours must not end the watch; stderr tells it
                self.watch.accept()
                log.trace(error)

    def _reload(self, log: ExchangeLog) -> None:
        paths = self.watch.paths
        names = [str(path) for path in paths]
        try:
            renewed = self.renewal.renew_if(lambda: read_source(paths, self.renewal.extent), self._accept)
        except DefinitionError as error:
            if self._accept():
                log.warn(f"{render(error, 'text')}\n{_refusal(paths)}")
                log.tell(_refused(paths, error))
                self.renewal.refuse(names, error)
            return
        if renewed is not None:
            log.tell(_reloaded(paths, renewed))
            self.renewal.tell("reloaded", names, renewed.to_json())

    def _accept(self) -> bool:
        """Whether what was read is what the files hold; if so, it counts as loaded."""
        if apart(self.watch.has_moved):
            return False
        self.watch.accept()
        return True


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in paths)


def _reloaded(paths: Sequence[Path], renewed: Renewed) -> Notice:
    difference = renewed.difference
    changed, removed = difference.changed, difference.removed
    total = len(changed) + len(difference.kept)
    said = f"reloaded {_named(paths)}"
    if changed:
        said += f": {', '.join(changed[:_NAMES_SHOWN])}{', …' if len(changed) > _NAMES_SHOWN else ''}"
    said += f" ({len(changed)} of {total} {'resource' if total == 1 else 'resources'} generated again"
    said += f", removed: {', '.join(removed)})" if removed else ")"
    event: dict[str, Json] = {
        "event": "reloaded",
        "files": [str(path) for path in paths],
        **renewed.to_json(),
    }
    return Notice(said, event)


def _refusal(paths: Sequence[Path]) -> str:
    return f"not reloaded: {_named(paths)} is still served as it was before"


def _refused(paths: Sequence[Path], error: DefinitionError) -> Notice:
    files: list[Json] = [str(path) for path in paths]
    return Notice("", {"event": "not_reloaded", "files": files, **tell_problems(error)})
