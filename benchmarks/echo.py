"""An echo by the package `websockets`, which the benchmark installs for it alone; it says on which port."""

import asyncio
from typing import Any

from websockets.asyncio.server import serve


async def echo(socket: Any) -> None:
    async for message in socket:
        await socket.send(message)


async def main() -> None:
    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        print(f"ready :{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


asyncio.run(main())
