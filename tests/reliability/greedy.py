"""What is sent to take much of a server: bodies, forms, frames and queries, by name. All within what may be sent."""

import json
from typing import Final
from urllib.parse import quote

from tests.reliability.footprint import MIB

ROOM: Final = MIB - 64


def filled(item: str, around: tuple[str, str] = ("[", "]"), most: int = ROOM) -> bytes:
    """As many of something as fit."""
    begin, end = around
    count = (most - len(begin) - len(end)) // (len(item) + 1)
    return (begin + ",".join([item] * count) + end).encode()


def counted(item: str, count: int, around: tuple[str, str] = ("[", "]")) -> bytes:
    """So many of something."""
    return (around[0] + ",".join([item] * count) + around[1]).encode()


def in_field(name: str, value: bytes) -> bytes:
    return b'{"%b":%b}' % (name.encode(), value)


MANY_KEYS: Final = json.dumps({f"k{n}": n for n in range(60_000)}).encode()
HUNDRED_THOUSAND_KEYS: Final = b"{" + b",".join(b'"%x":1' % n for n in range(100_000)) + b"}"

BODIES: Final[dict[str, bytes]] = {
    "10,000 lists": b"[" * 10_000 + b"]" * 10_000,
    "10,000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "10,000 in a field": in_field("anything", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    "51 deep in a field": in_field("anything", b'{"a":' * 51 + b"1" + b"}" * 51),
    "many lists 50 deep": counted("[" * 45 + "]" * 45, 9_000, ('{"anything":{"a":[', "]}}")),
    "100,000 keys": HUNDRED_THOUSAND_KEYS,
    "60,000 keys": MANY_KEYS,
    "60,000 keys in a field": in_field("anything", MANY_KEYS),
    "alike keys": json.dumps({"species" * 20 + str(n): 1 for n in range(6_000)}).encode(),
    "one long key": b'{"' + b"f" * 900_000 + b'":1}',
    "one key 90,000 times": b"{" + b",".join([b'"name":"a"'] * 90_000) + b"}",
    "empty lists": in_field("anything", in_field("a", filled("[]"))),
    "99,000 empty lists": in_field("anything", in_field("a", counted("[]", 99_000))),
    "a long integer": in_field("weight", b"9" * ROOM),
    "a long fraction": in_field("weight", b"0." + b"9" * (ROOM - 50)),
    "a long exponent": in_field("weight", b"1e" + b"9" * (ROOM - 50)),
    "1e400": in_field("weight", b"1e400"),
    "NaN": in_field("weight", b"NaN"),
    "lone surrogates": in_field("name", b'"' + rb"\ud800" * 170_000 + b'"'),
    "escapes": in_field("name", b'"' + rb"\u0041" * 170_000 + b'"'),
    "quotes": in_field("name", b'"' + rb"\"" * 500_000 + b'"'),
    "a text without an end": b"," * 100_000 + b'"' + rb"\"" * 450_000,
    "a long text": in_field("name", b'"' + b"a" * ROOM + b'"')[:ROOM] + b'"}',
    "commas in a text": in_field("name", b'"' + b"," * (ROOM - 50) + b'"'),
    "a long date": in_field("born", b'"' + b"1" * (ROOM - 50) + b'"'),
    "a long list": in_field("tags", counted('"a"', 99_000)),
    "a long list of errors": in_field("tags", counted("1", 99_000)),
    "a longer list of errors": in_field("tags", filled("1")),
    "a list of objects": in_field("parts", counted("{}", 99_000)),
    "a list of objects with errors": in_field("parts", counted('{"z":1}', 99_000)),
    "a list of references": in_field("zoo_ids", counted("1", 99_000)),
    "a list of dangling references": in_field("zoo_ids", counted("0", 99_000)),
    "5,000 documents": counted('{"name":"a","species":"lion","zoo_id":1}', 5_000),
    "5,001 documents": counted('{"name":"a"}', 5_001),
    "all the documents there is room for": filled("{}"),
    "99,000 documents": counted("{}", 99_000),
    "documents with errors": counted('{"species":"x"}', 5_000),
    "documents with strangers": counted('{"stranger":1}', 5_000),
}

FORM_HEAD: Final = b'--B\r\nContent-Disposition: form-data; name="%b"\r\n\r\n'
FILE_HEAD: Final = b'--B\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
FORM_END: Final = b"\r\n--B--\r\n"
FORMS: Final[dict[str, bytes]] = {
    "10,000 parts": (FORM_HEAD % b"name" + b"a\r\n") * 10_000 + b"--B--\r\n",
    "200,000 empty parts": b"--B\r\n\r\n\r\n" * 200_000 + b"--B--\r\n",
    "a head without an end": b'--B\r\nContent-Disposition: form-data; name="' + b"a" * MIB,
    "a head of a million lines": b"--B\r\n" + b"X: a\r\n" * 180_000 + b"\r\n--B--\r\n",
    "a boundary that is never closed": FILE_HEAD + b"a" * MIB,
    "almost boundaries": FILE_HEAD + b"\r\n--A" * 200_000 + FORM_END,
    "a padded boundary": b"--B" + b" " * MIB + b"\r\n",
    "quotes in a name": FORM_HEAD % (rb"\"" * 3_900) + b"a" + FORM_END,
    "a field of a mebibyte": FORM_HEAD % b"name" + b"a" * MIB + FORM_END,
}

QUERIES: Final[dict[str, str]] = {
    "conditions": "&".join(f"weight[ne]={n}" for n in range(480)),
    "10,000 conditions": "&".join(["name=a"] * 10_000),
    "10,000 parameters": "&".join(f"p{n}=1" for n in range(10_000)),
    "strangers": "&".join(f"zz{n}=1" for n in range(900)),
    "a long name": "s" * 8_000 + "=1",
    "a long text": "name[like]=" + "a" * 8_000,
    "many texts": "&".join(["name[contains]=a"] * 450),
    "a long search": "q=" + "a" * 8_000,
    "ids": "id=" + ",".join(str(n) for n in range(1_000, 2_000)),
    "1,001 ids": "id=" + ",".join(str(n % 10) for n in range(1_001)),
    "a deep way": "anything" + ".a" * 3_900 + "=1",
    "brackets": "name" + "[a]" * 2_600 + "=1",
    "an order of 1,000": "sort=" + ",".join(["name"] * 1_000),
    "an order of 20": "sort=" + ",".join(["name", "-weight", "born", "species", "id"] * 4),
    "1,000 fields": "limit=100&fields=" + ",".join(["name"] * 1_000),
    "many deep fields": "limit=100&fields=" + ",".join(f"anything.a{n}" for n in range(700)),
    "deep fields": "fields=anything" + ".a" * 3_900,
    "deep embedding": "embed=" + "zoo.animals." * 600 + "zoo",
    "wide embedding": "limit=100&embed=zoo.animals.zoo.animals",
    "deep JSON": "filter=" + "[" * 8_000,
    "deeper JSON": "filter=" + quote('{"a":' * 500) + "1" + "%7D" * 500,
}

COMMANDS: Final[dict[str, str]] = {
    "a long method": "/v1/" + "a" * 900_000,
    "many steps": "/v1" + "/a" * 450_000,
    "a deep way": "/v1/animals?anything" + ".a" * 450_000 + "=1",
    "many parameters": "/v1/animals?" + "&".join(["name=a"] * 130_000),
    "escapes": "/v1/animals/" + "%41" * 300_000,
    "a long word": "/sys/" + "a" * 900_000,
}
COMMAND_DATA: Final[dict[str, object]] = {
    "a deep way": {"anything" + ".a" * 450_000: 1},
    "a long text": {"name[like]": "a" * 900_000},
    "a long name": {"a" * 900_000: 1},
    "topics": {"topics": ["t" * 900_000]},
    "many topics": {"topics": [f"t{n}" for n in range(80_000)]},
}
