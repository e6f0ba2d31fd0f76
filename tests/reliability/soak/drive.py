"""A soak: everybody who follows, asks, works and disturbs, at once for a while; and what came of it."""

import asyncio
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Final, TypeVar

import orjson

from tests.reliability.soak.follower import DeafFollower, Follower, SocketFollower, StreamFollower
from tests.reliability.soak.gauge import Gauge
from tests.reliability.soak.ledger import Ledger, Track
from tests.reliability.soak.outcome import Outcome
from tests.reliability.soak.pipe import HOST, PATIENCE_S, Pipe
from tests.reliability.soak.plan import Plan
from tests.reliability.soak.poll import PollFollower
from tests.reliability.soak.returning import Returning
from tests.reliability.soak.traffic import Traffic
from tests.reliability.soak.weather import NOISY, SHAKY, Weather
from tests.reliability.soak.worker import Worker

DEFINITION: Final = Path(__file__).with_name("definition.yaml")
SETTLE_S: Final = 10.0
_TOPICS: Final = ((), ("orders",), ("orders",), ("notes", "shops"), ("orders", "shops"))
_AT_ONCE: Final = 50
F = TypeVar("F", bound=Follower)
_NOISY_SOCKETS: Final = 5
_LOOK_S: Final = 1.0
_STEADY: Final = 4
"""So many looks that find the same are taken for what it is."""
_PANEL: Final = ("/api/status", "/api/requests?limit=50", "/api/sockets", "/api/faults", "/health", "/api/data/orders")


class Soak:
    """One soak of one server, which nobody else is talking to."""

    def __init__(self, plan: Plan, port: int, control_port: int, gauge: Gauge) -> None:
        self._plan = plan
        self._port = port
        self._control_port = control_port
        self._control = Pipe(control_port)
        self._gauge = gauge
        self._ledger = Ledger()
        self._rng = random.Random(11)
        self._weather = Weather(Pipe(control_port), plan.flap_s)
        self._sockets: list[SocketFollower] = []
        self._followers: list[Follower] = []
        self._polls: list[PollFollower] = []
        self._shaky: list[Returning] = []
        self._outcome = Outcome()

    async def run(self) -> Outcome:
        """All of it, everybody gone at the end."""
        before = await self._warm_up()
        await self._arrive()
        traffic = Traffic(self._port, self._sockets, self._weather.is_cutting)
        # Polls and those who come back are to hear of everything, and so go on until the rest is over.
        lasting: list[PollFollower | Returning] = [*self._polls, *self._shaky]
        following = [asyncio.create_task(one.run()) for one in lasting]
        await self._disturb(traffic, following)
        await self._weather.calm()
        await traffic.clear()
        await self._judge(traffic)
        await _end(*following)
        await self._leave()
        await self._settle(before)
        return self._outcome

    async def _disturb(self, traffic: Traffic, following: Sequence["asyncio.Task[None]"]) -> None:
        """Have everything go on at once for as long as is planned, or until something fails."""
        outcome, plan, loop = self._outcome, self._plan, asyncio.get_running_loop()
        workers = [Worker(f"w{number}", self._port, self._control_port) for number in range(plan.workers)]
        started, driver_s = loop.time(), process_time()
        watching = self._gauge.watch(_LOOK_S, outcome.readings)
        disturbing = (self._make_noise(), self._weather.run(), self._look_on(), self._reload(), watching)
        tasks = [asyncio.create_task(one) for one in (traffic.run(plan.rate), *disturbing)]
        working = [asyncio.create_task(one.run(plan.flap_s / 2)) for one in workers]
        everything = [*following, *tasks, *working]
        await asyncio.wait(everything, timeout=plan.seconds, return_when=asyncio.FIRST_COMPLETED)
        outcome.took_s, outcome.driver_s = loop.time() - started, process_time() - driver_s
        for one in workers:
            one.is_over = True
        await asyncio.gather(*working)
        await _end(*tasks)
        for one in workers:
            one.close()
        outcome.tests, outcome.switches = sum(one.tests for one in workers), self._weather.switches
        outcome.asked, outcome.left_out = len(traffic.late_s) - traffic.left_out, traffic.left_out
        outcome.taken_s, outcome.late_s = traffic.taken_s, traffic.late_s

    async def _warm_up(self) -> tuple[int, int]:
        """Have everything done once that is done, and tell how much the server holds when nobody is there."""
        worker = Worker("first", self._port, self._control_port)
        await worker.test()
        worker.close()
        await self._fill()
        body = {"source": DEFINITION.read_text(encoding="utf-8")}
        assert (await self._control.ask("PUT", "/api/definition", body)).status == 200
        self._control.close()
        held = [self._hold()]
        while len(held) < _STEADY or len({*held[-_STEADY:]}) > 1:
            await asyncio.sleep(0.1)
            held.append(self._hold())
        return held[-1]

    async def _fill(self) -> None:
        """Have as much as is ever kept of what comes in slowly: events and exchanges, and answers by their keys."""
        async with Pipe(self._port) as pipe:
            for number in range(self._plan.kept):
                made = await pipe.ask("POST", "/notes", {"text": f"Early {number}"}, f"Idempotency-Key: early{number}")
                gone = await pipe.ask("DELETE", f"/notes/{orjson.loads(made.body)['id']}")
                moved = await pipe.ask("PATCH", "/shops/1", {"city": f"City {number}"})
                noise = await pipe.ask("PATCH", f"/~{NOISY}/orders/{number % 400 + 1}", {"total": 9})
                assert (made.status, gone.status, moved.status, noise.status) == (201, 204, 201, 201)

    # Who follows.

    async def _arrive(self) -> None:
        """Open all that stays open."""
        for number in range(self._plan.sockets):
            self._sockets.append(self._following(SocketFollower, "ws", f"socket {number}", number))
        streams = [
            self._following(StreamFollower, "sse", f"stream {number}", number) for number in range(self._plan.streams)
        ]
        # What they are told is twisted, so that it goes into no ledger.
        deaf = [DeafFollower(self._ledger, Track("noise"), f"/~{NOISY}/events/ws") for _ in range(_NOISY_SOCKETS)]
        self._followers = [*self._sockets, *streams, *deaf]
        for start in range(0, len(self._followers), _AT_ONCE):
            await asyncio.gather(*map(self._open, self._followers[start : start + _AT_ONCE]))
        self._polls = [self._polling(number) for number in range(self._plan.polls)]
        await asyncio.gather(*(one.open() for one in self._polls))
        self._shaky = [self._returning(number) for number in range(self._plan.shaky)]

    def _following(self, kind: type[F], window: str, name: str, number: int) -> F:
        topics = _TOPICS[number % len(_TOPICS)]
        query = f"?topics={','.join(topics)}" if topics else ""
        return kind(self._ledger, self._ledger.follow(name, topics), f"/events/{window}{query}", is_timed=True)

    async def _open(self, follower: Follower) -> None:
        name = follower.track.name
        follower.at_end = lambda why: self._outcome.closed.append(f"{name}: {why}")
        await asyncio.get_running_loop().create_connection(lambda: follower, HOST, self._port)
        await asyncio.wait_for(follower.opened, PATIENCE_S)

    def _polling(self, number: int) -> PollFollower:
        """Of what is written now and then, or it would come back at once always; a few don't wait."""
        wait_s = 20 if number % 10 else 0
        topics = ("notes", "shops") if wait_s else ("orders", "notes")
        return PollFollower(self._ledger, self._ledger.follow(f"poll {number}", topics), self._port, wait_s)

    def _returning(self, number: int) -> Returning:
        track = self._ledger.follow(f"shaky {number}")
        kind, window = (SocketFollower, "ws") if number % 4 else (StreamFollower, "sse")
        return Returning(partial(self._come_back, kind, track, window), track, self._port, random.Random(number))

    def _come_back(self, kind: type[Follower], track: Track, path: str, cursor: str) -> Follower:
        since = f"?since={cursor}" if cursor else ""
        return kind(self._ledger, track, f"/events/{path}{since}", SHAKY)

    # What goes on beside.

    async def _make_noise(self) -> None:
        async with Pipe(self._port) as pipe:
            while True:
                reply = await pipe.ask("PATCH", f"/~{NOISY}/orders/{self._rng.randint(1, 400)}", {"total": 9})
                assert reply.status == 201, reply
                await asyncio.sleep(0.5)

    async def _look_on(self) -> None:
        """As an open panel does: somebody who asks the control plane, and times it."""
        loop = asyncio.get_running_loop()
        async with Pipe(self._control_port) as pipe:
            while True:
                for target in _PANEL:
                    started = loop.time()
                    reply = await pipe.ask("GET", target)
                    self._outcome.control_s.append(loop.time() - started)
                    assert reply.status == 200, (target, reply)
                    await asyncio.sleep(0.2)

    async def _reload(self) -> None:
        """The definition with another description, now and then: nothing that is served may change by it."""
        text = DEFINITION.read_text(encoding="utf-8")
        while True:
            await asyncio.sleep(self._plan.reload_s * 0.6)
            self._outcome.reloads += 1
            body = {"source": text.replace("under load", f"under load, {self._outcome.reloads}")}
            reply = await self._control.ask("PUT", "/api/definition", body)
            assert reply.status == 200, reply
            assert orjson.loads(reply.body)["generated"] == [], reply.body

    # How it ends.

    async def _judge(self, traffic: Traffic) -> None:
        outcome, ledger = self._outcome, self._ledger
        reply = await self._control.ask("GET", "/api/status")
        outcome.status = orjson.loads(reply.body)
        last = int(outcome.status["at"].partition(".")[2])
        deadline = asyncio.get_running_loop().time() + SETTLE_S
        while not ledger.is_complete(last) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
        outcome.verdict = ledger.judge(last)
        told = ledger.count()
        for change in {*told, *traffic.done}:
            least, most = traffic.done[change], traffic.done[change] + traffic.unsure[change]
            if not least <= told[change] <= most:
                outcome.wrong.append(f"{change}: {told[change]} told of {least} to {most} made")
        outcome.returns = sum(one.returns for one in self._shaky)
        outcome.wrong += [*traffic.wrong, *(word for one in self._shaky for word in one.failures)]
        outcome.spread_s = [last - first for first, last in ledger.spread.values()]
        outcome.journal = len(orjson.loads((await self._control.ask("GET", "/api/requests?limit=10000")).body))

    async def _leave(self) -> None:
        leaving: list[Follower | Returning] = [*self._followers, *self._shaky]
        for one in leaving:
            one.finish()
        for poll in self._polls:
            poll.close()
        await asyncio.wait_for(asyncio.gather(*(gone.closed for gone in self._followers)), PATIENCE_S)
        await self._control.ask("DELETE", f"/api/sandboxes/{NOISY}")
        self._control.close()
        self._weather.close()

    async def _settle(self, before: tuple[int, int]) -> None:
        """Until the server holds no more than before, or time is up."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLE_S / 2
        while (now := self._hold()) > before and loop.time() < deadline:
            await asyncio.sleep(0.1)
        self._outcome.descriptors_left, self._outcome.greenlets_left = now[0] - before[0], now[1] - before[1]

    def _hold(self) -> tuple[int, int]:
        """How many descriptors and greenlets the server has."""
        return self._gauge.read().descriptors, self._gauge.take_census().greenlets


async def _end(*tasks: "asyncio.Task[None]") -> None:
    """Cancel them. *Raises* what one of them has come to."""
    for task in tasks:
        task.cancel()
    for came in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(came, Exception):
            raise came
