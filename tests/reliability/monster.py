"""Small texts that are made to grow: in memory, in time, in depth, or beyond what anything can hold."""

from typing import Final

_FIELD: Final = "mock: 1\nresources: {a: {fields: {x: %s}}}\n"
_LAUGHS: Final = "".join(
    f"{name}: &{name} [{','.join([item] * 9)}]\n"
    for name, item in zip("abcdefghi", ["lol", *(f"*{letter}" for letter in "abcdefgh")], strict=True)
)
_TEXTS: Final[dict[str, str]] = {
    "billion laughs": _LAUGHS,
    "merge keys that multiply": "a: &a {x: 1}\n"
    + "".join(f"b{n}: {{<<: [{', '.join(['*a'] * 20)}]}}\n" for n in range(20)),
    "an alias of itself": "a: &a [*a]\n",
    "5000 lists": "[" * 5000,
    "5000 mappings": "{a: " * 5000,
    "5000 items": "- " * 5000,
    "5000 keys": "a: " + "? " * 5000,
    "a deep indent": "".join(f"{' ' * depth}a:\n" for depth in range(1000)),
    "a huge scalar": "a: 'x" + "x" * 1_000_000,
    "a huge key": "x" * 500_000 + ": 1",
    "more than 1 MiB": "#" * (1024 * 1024 + 1),
    "200,000 problems": "a: 1\n" * 200_000,
    "5,000 rows that are wrong": "mock: 1\nresources: {a: {fields: {x: {int: [1, 2]}}, rows: ["
    + ",".join(["{x: a, y: 2}"] * 5000) + "]}}",
    "400 names that are nearly right": "mock: 1\nresources:\n"
    + "".join(f"  {'a' * 40}{n}: {{fields: {{x: {{ref: {'a' * 40}b{n}}}}}}}\n" for n in range(400)),
    "1,000 unknown providers": "mock: 1\nresources: {a: {fields: {"
    + ", ".join(f"f{n}: frist_nmae{n}" for n in range(1000)) + "}}}",
    "2,000 unknown keys": "mock: 1\nresources: {a: {" + ", ".join(f"key{n}: 1" for n in range(2000)) + "}}",
    "25,000 locales": "mock: 1\nlocale: [" + ",".join(["en_US", "de_DE"] * 12_500) + "]\n",
    "an integer of 100,000 digits": "seed: " + "9" * 100_000,
    "a float of 1e999999": "seed: 1e999999",
    "10**12 rows": "mock: 1\nresources: {a: {count: 1000000000000}}\n",
    "rows that multiply": "mock: 1\nresources:\n  r0: {count: 400}\n"
    + "".join(f"  r{n}: {{count: {{per: r{n - 1}, each: 700}}, fields: {{p: {{ref: r{n - 1}}}}}}}\n"
    for n in range(1, 6)),
    "a hundred million values": "mock: 1\nresources: {a: {count: 10000, fields: "
    "{x: {list: {list: word, items: [99, 99]}, items: [99, 99]}}}}\n",
    "references that multiply": "mock: 1\nresources: {a: {count: 9000}, b: {count: 20000, fields: "
    "{x: {refs: a, items: [500, 1000]}}}}\n",
    "lists of lists": _FIELD % ("{list: " * 40 + "word" + "}" * 40),
    "a text of 100 MB": _FIELD % "{faker: text, args: {max_nb_chars: 100000000}}",
    "a number of 10**8 digits": _FIELD % "{faker: random_number, args: {digits: 100000000}}",
    "a padded number": _FIELD % "{seq: '{n:>999999999}'}",
    "an automaton of 10**9 states": _FIELD % "{faker: word, pattern: 'a{1000}{1000}{1000}'}",
    "5,000 brackets in a pattern": _FIELD % ("{faker: word, pattern: '" + "(" * 5000 + ")" * 5000 + "'}"),
    "'a' times 10**9": _FIELD % "{computed: \"'a' * 999999999\"}",
    "9 ** 9 ** 9": _FIELD % "{computed: '9 ** 9 ** 9'}",
    "1,900 brackets in an expression": _FIELD % ("{computed: '" + "(" * 1900 + "1" + ")" * 1900 + "'}"),
    "3,900 signs in an expression": _FIELD % ("{computed: '" + "-" * 3900 + "1'}"),
    "fields that double": _FIELD % ("{value: abcd}, " + ", ".join(
        f"f{n}: {{computed: {f'f{n - 1} ~ f{n - 1}' if n else 'x ~ x'}}}" for n in range(40))),
    "a ring of computed fields": _FIELD % "{computed: y}, y: {computed: x}",
    "3,000 scenarios in a row": "mock: 1\nresources: {a: {}}\nscenarios:\n  s0: {}\n"
    + "".join(f"  s{n}: {{extends: s{n - 1}}}\n" for n in range(1, 3000)),
    "6,000 faults": "mock: 1\nresources: {a: {}}\nfaults:\n"
    + "".join(f"  f{n}: {{match: GET /a, status: 503}}\n" for n in range(6000)),
    "a pattern of 900,000 letters": "mock: 1\nresources: {a: {}}\nfaults: {f: {match: ANY *, status: 503, pattern: "
    + "F" * 900_000 + "}}\n",
    "a wait of 10**15 years": "mock: 1\nresources: {a: {}}\nfaults: {f: {match: ANY *, hang: 999999999999999y}}\n",
}  # fmt: skip
_BYTES: Final[dict[str, bytes]] = {
    "a byte order mark": b"\xef\xbb\xbfmock: 1\n",
    "UTF-16": "mock: 1\n".encode("utf-16"),
    "UTF-32": "mock: 1\n".encode("utf-32"),
    "bytes that are no UTF-8": b"mock: 1\nname: \xff\xfe\n",
    "overlong UTF-8": b"mock: 1\nname: \xc0\xaf\n",
    "half a character": b"mock: 1\nname: \xed\xa0\x80\n",
    "NUL": b"mock: 1\nname: a\0b\n",
    "an escape of a terminal": b"mock: 1\nname: \x1b]0;evil\x07\n",
    "nothing but NUL": b"\0" * 100_000,
}
MONSTERS: Final[dict[str, bytes]] = {**{name: text.encode() for name, text in _TEXTS.items()}, **_BYTES}
"""What must be refused, by name."""

_JSON: Final[dict[str, str]] = {
    "empty": "", "half": '{"a": [', "a comment": '{"a": []} // x', "a list": "[]", "a number": "1", "null": "null",
    "single quotes": "{'a': []}", "not a number": '{"a": [{"x": NaN}]}', "infinite": '{"a": [{"x": 1e999}]}',
    "deep": '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep rows": '{"a": [{"x": ' + "[" * 300 + "]" * 300 + "}]}",
    "numbers for rows": '{"a": [1, 2]}', "a text for rows": '{"a": "b"}',
    "an id twice": '{"a": [{"id": 1}, {"id": "1"}]}',
    "an id that is a list": '{"a": [{"id": []}]}', "half a character": '{"a": [{"x": "\\ud800"}]}',
    "a name that leads out": '{"../a": []}', "a name with a line end": '{"a\\nb": []}', "an empty name": '{"": []}',
    "10,000 rows that are none": '{"a": [' + ",".join(["1"] * 10_000) + "]}",
}  # fmt: skip
DATABASES: Final[dict[str, bytes]] = {
    **{name: text.encode() for name, text in _JSON.items()},
    "UTF-16": '{"a": []}'.encode("utf-16"), "a byte order mark": b'\xef\xbb\xbf{"a": []}',
    "no UTF-8": b'{"a": ["\xff"]}',
    "NUL": b'{"a": []}\0',
}  # fmt: skip
