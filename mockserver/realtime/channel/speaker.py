"""Who speaks on one connection: known by its handshake, and by whom the client has logged in as over it since."""

from collections.abc import Callable
from dataclasses import replace

from mockserver.messages import Reply, Request
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.identity import Identity, identify
from mockserver.realtime.command import CommandLine


class Speaker:
    """One client and its requests to the API; `floor` is what the channels stand on at present."""

    __slots__ = ("_commands", "_floor", "_handshake", "_stamp", "identity")

    def __init__(self, floor: Callable[[], Floor], handshake: Request, identity: Identity) -> None:
        self.identity = identity
        self._floor = floor
        self._handshake = handshake
        self._commands: CommandLine | None = None
        self._stamp = self._present_stamp()

    @property
    def commands(self) -> CommandLine:
        """Its requests to the API."""
        if self._commands is None:
            self._commands = CommandLine(self._floor().desk, self._handshake)
        return self._commands

    def ask(self, request: Request) -> Reply:
        """The answer to a request, made as who this is."""
        return self.commands.ask(replace(request, headers={**self.commands.headers, **request.headers}))

    @property
    def may_be_another(self) -> bool:
        """Whether something has happened since the last look that makes others of clients; time is no such thing."""
        return self._stamp != self._present_stamp()

    def look(self) -> Identity:
        """Who it is by now."""
        self._stamp = self._present_stamp()
        headers = self._handshake.headers if self._commands is None else self._commands.headers
        self.identity = identify(self._floor().gate, replace(self._handshake, headers=headers))
        return self.identity

    def _present_stamp(self) -> object:
        return self._floor().gate.stamp, 0 if self._commands is None else self._commands.changes
