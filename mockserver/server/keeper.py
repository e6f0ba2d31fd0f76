"""Sees to a database while its sandbox is served: who waits for what before an answer goes out, and the image in time.

Whoever writes waits where what was written is not yet as safe as was asked for; the loop never does. Knows neither
documents nor how they are written down.
"""

from typing import Final

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from mockserver.errors import InsufficientStorage
from mockserver.messages import Json
from mockserver.sandbox.durable.keeping import Keeping
from mockserver.server.log import ExchangeLog, Notice
from mockserver.server.renewal import apart

_LOOK_EVERY_S: Final = 1.0
"""How often it is looked whether the image is to be written anew, and how soon what has failed is tried again."""
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


class Keeper:
    """Keeps one sandbox."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._database = keeping.database
        self._synced = self._database.sequence
        self._turn = BoundedSemaphore()
        self._wanted, self._tried, self._ended = Event(), Event(), Event()
        self._ended.set()
        self._is_ending = False
        self._failing: str | None = None
        self._database.on_begin = self._wanted.set

    # Those who write.

    @property
    def sequence(self) -> int:
        """A number that grows with every write."""
        return self._database.sequence

    def admit(self, method: str) -> None:
        """Before a request that may write: where the image has to be written first, it is, or can't be."""
        if method in _SAFE or self._is_ending:
            return
        if self._database.is_barred:
            # There may be room by now.
            self._wanted.set()
            self._await_try()
        self._await_image()

    def settle(self) -> None:
        """Wait until all that was written is as safe as was asked for. *Raises* `InsufficientStorage`."""
        sequence = self._database.sequence
        self._await_image()
        if not self._database.is_begun:
            raise self._refusal()
        if self._database.syncs:
            self._sync(sequence)

    def _await_image(self) -> None:
        """Wait until the image of this life is there, or can't be written."""
        while not self._database.is_begun and not self._database.is_barred:
            self._await_try()

    def _await_try(self) -> None:
        self._tried.clear()
        self._tried.wait()

    def _sync(self, sequence: int) -> None:
        """Wait for the disk; all who wait at once wait for it once."""
        with self._turn:
            # A place up to which nothing is doubted: whoever was here meanwhile has seen to this one too.
            if max(self._synced, self._database.covered) >= sequence:
                return
            reached = self._database.sequence
            try:
                apart(self._database.sync())
            except OSError as error:
                self._database.doubt(error)
            else:
                self._synced = reached
                return
        # The journal may not be there: what it says is safe once the image has it. One may be under way without.
        for _ in range(2):
            self._wanted.set()
            self._await_try()
            if self._database.covered >= sequence:
                return
        raise self._refusal()

    def _refusal(self) -> InsufficientStorage:
        return InsufficientStorage(f"What was written can't be kept now: {self._database.failing}.")

    # The image.

    def run(self, log: ExchangeLog) -> None:
        """Write the image whenever it is due, until it is closed."""
        self._ended.clear()
        for notice in self._keeping.notices:
            log.warn(f"{self._database.path}: {notice}")
        try:
            while not self._is_ending:
                if self._database.is_due:
                    self._rewrite()
                self._tell(log)
                self._wanted.wait(_LOOK_EVERY_S)
                self._wanted.clear()
        finally:
            self._ended.set()

    def _rewrite(self) -> None:
        try:
            self._database.rewrite(self._keeping.state(), apart)
        except OSError:
            # The database says why, and it is told; the next look tries again.
            gevent.sleep(0)
        finally:
            self._tried.set()

    def _tell(self, log: ExchangeLog) -> None:
        """Say once that something can't be kept, and once that it can."""
        failing, path = self._database.failing, str(self._database.path)
        if failing == self._failing:
            return
        self._failing = failing
        said = f"{path} can't be written: {failing}" if failing else f"{path} can be written again"
        log.warn(f"{said}; a write that can't be kept is answered with 507" if failing else said)
        log.tell(Notice("", {"event": "database", "file": path, "failing": failing}))

    def close(self, log: ExchangeLog) -> None:
        """Write what the image has not, and let go of the database; nobody writes any more."""
        self._is_ending = True
        self._wanted.set()
        self._ended.wait()
        if self._database.is_ahead:
            self._rewrite()
        self._tell(log)
        self._database.close()

    def describe(self) -> dict[str, Json]:
        """What `GET /api/status` says of it."""
        return self._keeping.describe()
