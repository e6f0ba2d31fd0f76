"""Prints the checksum of the generated rows of every shipped definition, for seeds 42 and 7."""

import hashlib
import json

import orjson

from mockserver.definitions.shipped import shipped, shipped_names
from mockserver.server.assemble import load_prepared


def checksum(name: str, seed: int | None = None) -> str:
    """Of the rows as `mockserver data` writes them: one JSON object of resource to rows, in file order."""
    rows = load_prepared([shipped(name)], seed).rows
    return hashlib.sha256(orjson.dumps(dict(rows))).hexdigest()[:16]


def checksums() -> dict[str, list[str]]:
    """Every shipped definition with its own seed, and with another."""
    return {name: [checksum(name), checksum(name, 7)] for name in shipped_names()}


if __name__ == "__main__":
    print(json.dumps(checksums()))  # noqa: T201
