"""Everything a definition can have wrong is said at once: the exact place, the problem, and what to write instead."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from mockserver.definitions.source import parse_source, read_source
from mockserver.errors import DefinitionError
from mockserver.messages import Request
from mockserver.server.assemble import AssembledInstance, prepare
from tests.hint import own_hint

Said = list[tuple[str, str, str]]
HEAD = "mock: 1\nresources:\n  zoos: {count: 2}\n  animals:\n"


def problems(text: str) -> Said:
    """Line and column, problem and hint of everything that is wrong."""
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(text, "d.yaml"))
    return [(str(one.position).removeprefix("d.yaml:"), one.problem, own_hint(one)) for one in raised.value.problems]


TOP: list[tuple[str, Said]] = [
    ("mokc: 1\n", [("1:1", "there is no key 'mokc' here", "did you mean 'mock'?")]),
    ("mock: 2\n", [("1:7", "should be 1, not 2", "")]),
    ("mock: 1\nlocal: de_DE\n", [("2:1", "there is no key 'local' here", "did you mean 'locale'?")]),
    ("mock: 1\nresources: []\n", [("2:12", "should be a mapping, not a list", "")]),
    ("mock: 1\nseed: -1\n", [("2:7", "should be greater than or equal to 0, not -1", "")]),
    ("mock: 1\nseed: x\n", [("2:7", "should be a whole number, not 'x'", "")]),
    ("mock: 1\nclock: soon\n", [("2:8", "should be a date-time like 2026-01-15T09:00:00Z, not 'soon'", "")]),
    (
        "mock: 1\nlocale: xx_YY\nresources: {a: {fields: {n: name}}}\n",
        [
            (
                "2:9",
                "Faker has no locale 'xx_YY'",
                "known here: am_ET, ar_AA, ar_AE, ar_BH, ar_DZ, ar_EG, ar_JO, ar_PS, ar_SA, az_AZ, bg_BG, bn_BD, …",
            )
        ],
    ),
    (
        "mock: 1\nlocale: [de_DE, de_XX]\nresources: {a: {fields: {n: name}}}\n",
        [("2:9", "Faker has no locale 'de_XX'", "known for that language: de, de_AT, de_CH, de_DE, de_LI, de_LU")],
    ),
    ("mock: 1\nlocale: 5\n", [("2:9", "should be a locale like en_US, or a list of them, not 5", "")]),
    (
        "mock: 1\nlocale: xx_YY\n",
        [
            (
                "2:9",
                "Faker has no locale 'xx_YY'",
                "known here: am_ET, ar_AA, ar_AE, ar_BH, ar_DZ, ar_EG, ar_JO, ar_PS, ar_SA, az_AZ, bg_BG, bn_BD, …",
            )
        ],
    ),
    ("mock: 1\napi: {convntion: rest}\n", [("2:7", "there is no key 'convntion' here", "did you mean 'convention'?")]),
    ("mock: 1\napi: {convention: rset}\n", [("2:19", "there is no convention 'rset'", "did you mean 'rest'?")]),
    ("mock: 1\napi: {convention: {like: apb}}\n", [("2:26", "there is no convention 'apb'", "did you mean 'abp'?")]),
    (
        "mock: 1\napi: {convention: {like: abp, statuses: {craeted: 201}}}\n",
        [("2:42", "there is no key 'craeted' here", "did you mean 'created'?")],
    ),
    (
        "mock: 1\napi: {convention: {like: abp, statuses: {created: 99}}}\n",
        [("2:51", "should be greater than or equal to 200, not 99", "")],
    ),
    (
        "mock: 1\napi: {convention: {lik: abp}}\n",
        [("2:19", "the key 'like' is missing", ""), ("2:20", "there is no key 'lik' here", "did you mean 'like'?")],
    ),
    (
        "mock: 1\napi: {convention: [rest]}\n",
        [("2:19", "should be the name of a convention, or {like: name, …}, not a list", "")],
    ),
    (
        "mock: 1\napi: {case: Camel}\n",
        [("2:13", "should be 'as_is', 'camel' or 'snake', not 'Camel'", "did you mean 'camel'?")],
    ),
    (
        "mock: 1\napi: {etag: weak}\n",
        [("2:13", "should be 'off', 'strong' or 'required', not 'weak'", "known here: off, required, strong")],
    ),
    ("mock: 1\napi: {paging: {maxx: 5}}\n", [("2:16", "there is no key 'maxx' here", "did you mean 'max'?")]),
    ("mock: 1\napi: {paging: {max: 0}}\n", [("2:21", "should be greater than or equal to 1, not 0", "")]),
    ("mock: 1\napi: {strict: maybe}\n", [("2:15", "should be true or false, not 'maybe'", "")]),
    ("mock: 1\nresources:\n  zoo s: {}\n", [("3:3", "'zoo s' can't be a name here", "use letters, digits, _ and -")]),
    ("mock: 1\nresources:\n  zoos: {cuont: 3}\n", [("3:10", "there is no key 'cuont' here", "did you mean 'count'?")]),
    ("mock: 1\nresources:\n  zoos: {count: -1}\n", [("3:17", "should be greater than or equal to 0, not -1", "")]),
    (
        "mock: 1\nresources:\n  zoos: {count: many}\n",
        [("3:17", "should be a number, or {per: resource, each: …}, not 'many'", "")],
    ),
    (
        "mock: 1\nresources:\n  zoos: {count: 200001}\n",
        [("3:17", "should be less than or equal to 200000, not 200001", "")],
    ),
    (
        "mock: 1\nresources:\n  zoos: {delete: sfot}\n",
        [("3:18", "should be 'hard', 'soft' or 'gone', not 'sfot'", "did you mean 'soft'?")],
    ),
    (
        "mock: 1\nresources:\n  zoos: {methods: [lsit]}\n",
        [
            (
                "3:20",
                "should be 'list', 'get', 'create', 'replace', 'update', 'delete' or 'restore', not 'lsit'",
                "did you mean 'list'?",
            )
        ],
    ),
    (
        "mock: 1\nresources:\n  zoos: {fields: {'a.b': name}}\n",
        [("3:19", "'a.b' can't be a name here", "use letters, digits, _ and -")],
    ),
    ("mock: 1\nresources:\n  zoos: {sort: nam}\n", [("3:16", "'nam' is not a field of 'zoos'", "known here: id")]),
    (
        "mock: 1\nresources:\n  zoos: {fields: {name: name}, sort: '-nmae', search: [naem]}\n",
        [
            ("3:38", "'nmae' is not a field of 'zoos'", "did you mean 'name'?"),
            ("3:56", "'naem' is not a field of 'zoos'", "did you mean 'name'?"),
        ],
    ),
    (
        "mock: 1\nresources:\n  a: {count: {per: b}, fields: {b_id: {ref: b}}}\n"
        "  b: {count: {per: a}, fields: {a_id: {ref: a}}}\n",
        [("3:14", "counts depend on one another: a → b → a", "")],
    ),
]
"""Whole definitions."""

SECTIONS: list[tuple[str, Said]] = [
    ("    count: {per: zoo}\n", [("5:18", "there is no resource 'zoo'", "did you mean 'zoos'?")]),
    (
        "    count: {per: zoos, eahc: 3}\n",
        [
            ("5:18", "no field of 'animals' refers to 'zoos'", "e.g. {ref: zoos}"),
            ("5:24", "there is no key 'eahc' here", "did you mean 'each'?"),
        ],
    ),
    ("    count: {per: zoos}\n", [("5:18", "no field of 'animals' refers to 'zoos'", "e.g. {ref: zoos}")]),
    ("    count: {per: animals}\n", [("5:18", "rows can't be counted per row of their own resource", "")]),
    (
        "    count: {per: zoos, each: [3, 1]}\n    fields: {zoo_id: {ref: zoos}}\n",
        [("5:30", "the range ends before it begins", "write the smaller number first")],
    ),
    (
        "    count: {per: zoos, each: {3: 0}}\n    fields: {zoo_id: {ref: zoos}}\n",
        [("5:30", "has no weight above 0", "")],
    ),
    (
        "    count: {per: zoos, each: x}\n    fields: {zoo_id: {ref: zoos}}\n",
        [("5:30", "should be a number, [min, max], or weights like {2: 30, 5: 70}, not 'x'", "")],
    ),
]
"""What stands below `animals:`."""

FIELDS: list[tuple[str, Said]] = [
    ("      x: nmae\n", [("6:10", "Faker has no provider 'nmae' in en_US", "did you mean 'name'?")]),
    (
        "      x: 5\n",
        [("6:10", "should be a Faker provider's name, or a mapping with one generator", "e.g. {int: [1, 5]}")],
    ),
    ("      x: {}\n", [("6:10", "says no generator", "e.g. {faker: name}, {int: [1, 5]} or {value: null}")]),
    ("      x: {itn: [1, 2]}\n", [("6:10", "says no generator", "did you mean 'int'?")]),
    (
        "      x: {int: [1, 2], float: [1, 2]}\n",
        [("6:10", "has 2 generators: int, float", "leave one; the others are fields")],
    ),
    (
        "      x: {int: [1, 2], requird: true}\n",
        [("6:24", "there is no key 'requird' here", "did you mean 'required'?")],
    ),
    (
        "      x: {int: [2, 1]}\n",
        [("6:16", "the range ends (1) before it begins (2)", "write the smaller number first")],
    ),
    ("      x: {int: [1]}\n", [("6:16", "should have at least 2 entries, not 1", "")]),
    ("      x: {int: [1, 1.5]}\n", [("6:20", "should be a whole number, not 1.5", "")]),
    (
        "      x: {int: [1, 5], min: 3}\n",
        [("6:16", "generates values under the field's min (3)", "narrow the range or lower min")],
    ),
    (
        "      x: {int: [1, 5], max: 3}\n",
        [("6:16", "generates values over the field's max (3)", "narrow the range or raise max")],
    ),
    (
        "      x: {int: [1, 5], min_length: 3}\n",
        [("6:36", "'min_length' has no meaning for integer values", "for string, array, any")],
    ),
    ("      x: {faker: word, min_length: 5, max_length: 3}\n", [("6:36", "'min_length' is above 'max_length'", "")]),
    (
        "      x: {faker: word, pattern: '(?=a)'}\n",
        [
            (
                "6:33",
                "the pattern can't be used: error: look-around, including look-ahead and look-behind, is not supported",
                "it is matched without look-around, in linear time",
            )
        ],
    ),
    (
        "      x: {faker: word, pattern: '['}\n",
        [
            (
                "6:33",
                "the pattern can't be used: error: unclosed character class",
                "it is matched without look-around, in linear time",
            )
        ],
    ),
    (
        "      x: {faker: word, format: emial}\n",
        [
            (
                "6:32",
                "should be 'email', 'uri', 'uuid', 'date', 'date-time', 'ipv4', 'ipv6' or 'hostname', not 'emial'",
                "did you mean 'email'?",
            )
        ],
    ),
    (
        "      x: {faker: word, type: strng}\n",
        [
            (
                "6:30",
                "should be 'string', 'integer', 'number', 'boolean', 'date', 'datetime', 'uuid', 'object', 'array' or"
                " 'any', not 'strng'",
                "did you mean 'string'?",
            )
        ],
    ),
    ("      x: {enum: []}\n", [("6:17", "should have at least 1 entry, not 0", "")]),
    (
        "      x: {enum: [a, a]}\n",
        [("6:17", "names one value twice", "use weights to make it likelier: {lion: 2, zebra: 1}")],
    ),
    ("      x: {enum: {a: 0}}\n", [("6:17", "has no weight above 0", "")]),
    ("      x: {enum: {a: -1}}\n", [("6:21", "should be greater than or equal to 0, not -1", "")]),
    (
        "      x: {enum: a}\n",
        [("6:17", "should be a list of values, or values with weights like {lion: 4, zebra: 3}, not 'a'", "")],
    ),
    ("      x: {bool: 2}\n", [("6:17", "should be less than or equal to 1, not 2", "")]),
    (
        "      x: {date: [-18q, now]}\n",
        [("6:18", "should be 'now', a duration from now like -30d, or a date like 2026-01-15, not '-18q'", "")],
    ),
    (
        "      x: {date: [now, -18y]}\n",
        [("6:17", "the range ends before it begins", "write the earlier moment first, e.g. [-18y, -30d]")],
    ),
    (
        "      x: {datetime: [now, -1d]}\n",
        [("6:21", "the range ends before it begins", "write the earlier moment first, e.g. [-20d, now]")],
    ),
    ("      x: {uuid: false}\n", [("6:17", "should be true, not false", "")]),
    ("      x: {seq: abc}\n", [("6:16", "the text has no {n} in it", 'e.g. "T-{n:04d}"')]),
    ("      x: {seq: -1}\n", [("6:16", "should be greater than or equal to 0, not -1", "")]),
    ("      x: {ref: zooz}\n", [("6:16", "there is no resource 'zooz'", "did you mean 'zoos'?")]),
    ("      x: {refs: zooz}\n", [("6:17", "there is no resource 'zooz'", "did you mean 'zoos'?")]),
    (
        "      x: {ref: zoos, on_delete: clera}\n",
        [("6:33", "should be 'restrict', 'cascade' or 'clear', not 'clera'", "did you mean 'clear'?")],
    ),
    (
        "      x: {ref: zoos, on_delete: clear, required: true}\n",
        [("6:33", "a required reference can't be cleared", "restrict or cascade")],
    ),
    (
        "      x: {ref: zoos, pick: skewed}\n",
        [("6:28", "should be 'even' or 'skew', not 'skewed'", "did you mean 'skew'?")],
    ),
    (
        "      x: {refs: zoos, items: [3, 1]}\n",
        [("6:30", "the range ends before it begins", "write the smaller number first")],
    ),
    (
        "      x: {list: {int: [1, 2]}, items: [3, 1]}\n",
        [("6:39", "the range ends before it begins", "write the smaller number first")],
    ),
    (
        "      x: {list: {ref: zoos}}\n",
        [("6:17", "references and computed fields stand directly under 'fields'", "for several ids: refs")],
    ),
    ("      x: {list: nmae}\n", [("6:17", "Faker has no provider 'nmae' in en_US", "did you mean 'name'?")]),
    ("      x: {object: {}}\n", [("6:19", "should have at least 1 entry, not 0", "")]),
    ("      x: {object: {y: {itn: [1, 2]}}}\n", [("6:23", "says no generator", "did you mean 'int'?")]),
    (
        "      x: {object: {y: {computed: id}}}\n",
        [("6:23", "references and computed fields stand directly under 'fields'", "for several ids: refs")],
    ),
    (
        "      x: {object: {y: {int: [1, 2], unique: true}}}\n",
        [("6:45", "'unique' has no meaning inside of values", "it stands under 'fields' itself")],
    ),
    ("      id: {bool: 0.5}\n", [("6:11", "an id can't be boolean", "use seq, uuid or a text")]),
    ("      id: {seq: 1, nullable: 0.5}\n", [("6:11", "an id is never null or missing", "")]),
    ("      id: {ref: zoos}\n", [("6:11", "an id can't be a reference", "use seq, uuid or a text")]),
    (
        "      x: {faker: seed}\n",
        [("6:10", "'seed' is part of Faker but gives no value", "the seed is the definition's `seed:`")],
    ),
    (
        "      x: {faker: sentence, args: {nbwords: 3}}\n",
        [
            (
                "6:10",
                "'sentence' takes no argument 'nbwords'",
                "did you mean 'nb_words'? allowed: nb_words, variable_nb_words, ext_word_list",
            )
        ],
    ),
    ("      x: {image: 200x200}\n", [("6:18", "should be a list, not '200x200'", "")]),
    (
        "      x: {image: [0, 9999]}\n",
        [
            ("6:19", "should be greater than or equal to 1, not 0", ""),
            ("6:22", "should be less than or equal to 4096, not 9999", ""),
        ],
    ),
    (
        "      x: {image: [20, 20], required: true}\n",
        [
            ("6:38", "'required' has no meaning for a picture, which every document has", "leave it out"),
        ],
    ),
    (
        "      x: {list: {image: [20, 20]}}\n",
        [
            ("6:17", "files and pictures stand directly under 'fields'", "for several: one field each"),
        ],
    ),
    ("      x: {image: [20, 20]}\n    rows: [{x: /a}]\n", [("7:16", "'x' is computed and can't be given", "")]),
    (
        "      x: {file: {max: 5 apples, types: [png, image/*]}}\n",
        [
            ("6:23", "should be a size like 500KB, 5MiB or a number of bytes, not '5 apples'", ""),
            ("6:41", "'png' is no media type", "e.g. image/png, or image/* for a family"),
        ],
    ),
    (
        "      x: {file: {max: 1GiB}, default: a}\n",
        [
            ("6:23", "files are held in memory, so that none is larger than 64MiB", "write 64MiB"),
            ("6:39", "'default' has no meaning for a file", "see 'max' and 'types' inside of 'file'"),
        ],
    ),
    ("      x: {file: {}}\n    rows: [{x: {name: a}}]\n", [("7:16", "'x' is uploaded and can't be given", "")]),
    (
        "      x: {computed: nmae}\n      name: name\n",
        [("6:21", "'nmae' is not known in 'nmae'", "did you mean 'name'?")],
    ),
    (
        "      x: {computed: 'name.upper()'}\n      name: name\n",
        [("6:21", "methods can't be called in 'name.upper()'", "write it as a filter: …|upper")],
    ),
    (
        "      x: {computed: 'name.__class__'}\n      name: name\n",
        [("6:21", "'name.__class__' has no value (in the row with id 1)", "")],
    ),
    (
        "      x: {computed: 'name | uper'}\n      name: name\n",
        [("6:21", "there is no filter 'uper' in 'name | uper'", "did you mean 'upper'?")],
    ),
    ("      x: {computed: 'name ~'}\n      name: name\n", [("6:21", "'name ~' can't be read: unexpected ')'", "")]),
    ("      x: {computed: 'range(9)'}\n", [("6:21", "there is no function 'range' in 'range(9)'", "")]),
    (
        "      x: {computed: '2 ** 999999'}\n",
        [("6:21", "'2 ** 999999' would make a number that large (in the row with id 1)", "")],
    ),
    (
        "      x: {computed: '\"a\" * 99999999'}\n",
        [("6:21", "'\"a\" * 99999999' would make '*' of anything but numbers (in the row with id 1)", "")],
    ),
    (
        "      x: {computed: y}\n      y: {computed: x}\n",
        [("6:21", "computed fields depend on one another: animals.x → animals.y → animals.x", "")],
    ),
    (
        "      x: {computed: zoo.nmae}\n      zoo_id: {ref: zoos}\n",
        [("6:21", "'nmae' is not a field of 'zoos'; known here: id", "")],
    ),
    (
        "      x: {computed: zoo}\n      zoo_id: {ref: zoos}\n",
        [("6:21", "'zoo' is a whole row (in the row with id 1)", "name one of its fields, like .id or .name")],
    ),
    (
        "      x: {computed: '10000000000 * 100000000000000'}\n",
        [("6:21", "'10000000000 * 100000000000000' would make a number that large (in the row with id 1)", "")],
    ),
    ("      x: {int: [1, 2], default: '${nwo}'}\n", [("6:33", "'nwo' is not known in 'nwo'", "did you mean 'now'?")]),
    ("      x: {int: [1, 2], default: 'a'}\n", [("6:33", "the value must be an integer", "")]),
    (
        "      x: {int: [1, 2], default: '${randit(1, 2)}'}\n",
        [("6:33", "there is no function 'randit' in 'randit(1, 2)'", "did you mean 'randint'?")],
    ),
    (
        "      x: {faker: word, default: 'a ${'}\n",
        [("6:33", "'a ${' has a '${' without its '}'", "close it, or leave the '{' out")],
    ),
    (
        "      name: name\n    rows: [{id: 1, nmae: Leo}]\n",
        [("7:20", "'nmae' is not a field of 'animals'", "did you mean 'name'?")],
    ),
    (
        "      name: {faker: name, max_length: 30}\n    rows: [{id: 1, name: 5}]\n",
        [("7:26", "the value must be a string", "")],
    ),
    (
        "      name: name\n    rows: [{id: 1}, {id: 1}]\n",
        [("7:26", "the id 1 stands in two rows", "give each row its own, or leave it out")],
    ),
    (
        "      name: name\n    rows: [{_name: a}, {_name: a}]\n",
        [("7:32", "the name 'a' is given twice (also in 'animals')", "")],
    ),
    ("      name: name\n    rows: [{_name: 'a b'}]\n", [("7:20", "should be a name: letters, digits and _", "")]),
    (
        "      zoo_id: {ref: zoos}\n    rows: [{zoo_id: 77}]\n",
        [("7:21", "there is no row 77 in 'zoos'", "give it one: rows: [{id: 77}]")],
    ),
    ("      x: {computed: id}\n    rows: [{x: 1}]\n", [("7:16", "'x' is computed and can't be given", "")]),
    (
        "      x: {faker: word, unique: true}\n    rows: [{x: a}, {x: a}]\n",
        [("7:24", "'x' is unique, and a is there twice", "")],
    ),
]
"""Fields of animals, with what comes after them."""


STATE = "      state: {enum: [open, closed]}\n      n: {int: [1, 5], min: 1}\n      u: {faker: word, unique: true}\n"
"""Fields of animals in lines 6 to 8."""

BEHAVIOUR: list[tuple[str, Said]] = [
    ("    traits: {t: {sate: open}}\n", [("9:18", "'sate' is not a field of 'animals'", "did you mean 'state'?")]),
    ("    traits: {t: {state: opne}}\n", [("9:25", "the value must be one of open, closed", "")]),
    ("    traits: {t: {n: 0}}\n", [("9:21", "the value must be at least 1", "")]),
    ("    traits: {t: {n: {itn: [1, 2]}}}\n", [("9:21", "the value must be an integer", "did you mean 'int'?")]),
    ("    traits: {t: {n: {int: [2]}}}\n", [("9:27", "should have at least 2 entries, not 1", "")]),
    (
        "    traits: {t: {n: {int: [3, 2]}}}\n",
        [("9:27", "the range ends (2) before it begins (3)", "write the smaller number first")],
    ),
    (
        "    traits: {t: {n: {faker: word}}}\n",
        [
            (
                "9:21",
                "draws string values, and 'n' holds integer values",
                "a value is written as it is, without a generator",
            ),
        ],
    ),
    (
        "    traits: {t: {n: {int: [1, 2], min: 1}}}\n    mix: {t: 1}\n",
        [
            ("9:40", "'min' has no meaning in a trait", "rules stand with the field itself"),
        ],
    ),
    (
        "    traits: {t: {n: {int: [-9, 0]}}}\n    mix: {t: 1}\n",
        [
            (
                "9:21",
                "no generated value fits its rules: it must be at least 1",
                "loosen the rule or change the generator",
            ),
        ],
    ),
    (
        "    traits: {t: {state: {faker: nmae}}}\n",
        [("9:25", "Faker has no provider 'nmae' in en_US", "did you mean 'name'?")],
    ),
    ("    traits: {t: {id: 5}}\n", [("9:18", "an id is a row's own: no trait gives it", "")]),
    (
        "    traits: {t: {u: x}}\n",
        [("9:21", "'u' is unique, and a trait is for more rows than one", "draw it: e.g. {seq: 1}")],
    ),
    ("    traits: {'a b': {}}\n", [("9:14", "'a b' can't be a name here", "use letters, digits, _ and -")]),
    (
        "    traits: {late: {n: 1}}\n    mix: {lat: 0.5}\n",
        [
            ("10:11", "there is no trait 'lat' in 'animals'", "did you mean 'late'?"),
        ],
    ),
    ("    mix: {late: 0.5}\n", [("9:11", "there is no trait 'late' in 'animals'", "declare it under 'traits'")]),
    (
        "    traits: {late: {n: 1}}\n    mix: {late: 1.5}\n",
        [
            ("10:17", "should be less than or equal to 1, not 1.5", ""),
        ],
    ),
    (
        "    traits: {late: {n: 1}}\n    rows: [{_traits: late}, {_traits: [lat]}]\n",
        [
            ("10:22", "should be a list of traits", "e.g. _traits: [late]"),
            ("10:40", "there is no trait 'lat' in 'animals'", "did you mean 'late'?"),
        ],
    ),
    (
        "      zoo_id: {ref: zoos}\n    traits: {t: {zoo_id: 9}}\n",
        [
            ("10:26", "there is no row 9 in 'zoos'", "give it one: rows: [{id: 9}]"),
        ],
    ),
    (
        "      zoo_id: {ref: zoos}\n    traits: {t: {zoo_id: {int: [1, 2]}}}\n",
        [
            ("10:26", "'zoo_id' refers to 'zoos'", "draw it with {ref: zoos}"),
        ],
    ),
    ("    traits: {t: {n: {ref: zoos}}}\n", [("9:21", "'n' is no reference", "draw it with another generator")]),
    (
        "      zoo_id: {ref: zoos}\n    count: {per: zoos, each: 2}\n    traits: {t: {zoo_id: 1}}\n",
        [
            ("11:18", "rows are counted by 'zoo_id', so no trait can change it", ""),
        ],
    ),
    (
        "      pic: {image: [9, 9]}\n      doc: {file: {}}\n    traits: {t: {pic: /a, doc: null}}\n",
        [
            ("11:18", "'pic' is computed and can't be given", ""),
            ("11:27", "'doc' is uploaded and can't be given", ""),
        ],
    ),
    (
        "    states: {field: sate, moves: {}}\n",
        [("9:21", "'sate' is not a field of 'animals'", "did you mean 'state'?")],
    ),
    (
        "    states: {field: n, moves: {}}\n",
        [("9:21", "'n' is no enum, so that its states are not known", "e.g. {enum: [open, closed]}")],
    ),
    ("    states: {field: state}\n", [("9:13", "the key 'moves' is missing", "")]),
    (
        "    states: {field: state, moves: {opne: [closed], open: [close, null]}}\n",
        [
            ("9:66", "should be a state: text or a whole number, not null", ""),
            ("9:36", "'opne' is no state of 'state'", "did you mean 'open'?"),
            ("9:59", "'close' is no state of 'state'", "did you mean 'closed'?"),
        ],
    ),
    (
        "    states: {field: state, moves: {open: []}, initial: [new]}\n",
        [
            ("9:57", "'new' is no state of 'state'", "known here: closed, open"),
        ],
    ),
    ("    singleton: true\n    count: 5\n", [("10:12", "a singleton is one document", "leave 'count' out")]),
    (
        "    singleton: true\n    rows: [{n: 1}, {n: 2}]\n",
        [
            ("10:20", "a singleton is one document: its first row", "remove this row"),
        ],
    ),
    ("    singleton: 1\n", [("9:16", "should be true or false, not 1", "")]),
]
"""What stands beside the fields of animals, from line 9 on."""


@pytest.mark.parametrize(("text", "said"), BEHAVIOUR, ids=[text.strip() for text, _ in BEHAVIOUR])
def test_wrong_traits_states_and_singletons_are_told_where_and_what(text: str, said: Said) -> None:
    assert sorted(problems(f"{HEAD}    fields:\n{STATE}{text}")) == sorted(said)


def test_a_file_can_not_have_the_path_of_a_child_resource() -> None:
    text = "resources:\n  a: {fields: {b: {file: {}}}}\n  b: {fields: {a_id: {ref: a}}}\n"
    assert problems(text) == [("2:19", "the path of 'b' is that of the resource 'b' below a document", "rename one")]


@pytest.mark.parametrize(("text", "said"), TOP, ids=[text.strip() for text, _ in TOP])
def test_a_wrong_definition_is_told_where_and_what(text: str, said: Said) -> None:
    assert problems(text) == said


@pytest.mark.parametrize(("text", "said"), SECTIONS, ids=[text.strip() for text, _ in SECTIONS])
def test_a_wrong_resource_is_told_where_and_what(text: str, said: Said) -> None:
    assert problems(HEAD + text) == said


@pytest.mark.parametrize(("text", "said"), FIELDS, ids=[text.strip() for text, _ in FIELDS])
def test_a_wrong_field_is_told_where_and_what(text: str, said: Said) -> None:
    assert problems(f"{HEAD}    fields:\n{text}") == said


@pytest.mark.parametrize("key", ["version", "prefix"])
def test_a_path_that_no_url_can_have_is_told_with_what_may_stand_there(key: str) -> None:
    ((place, problem, _),) = problems(f"mock: 1\napi: {{{key}: 'a b'}}\n")
    assert place == f"2:{9 + len(key)}"
    assert "letters, digits" in problem
    assert problem.endswith(", not 'a b'")


def test_all_problems_are_told_at_once_those_of_shape_beside_those_of_meaning() -> None:
    text = """mock: 1
api: {convention: rset, paging: {maxx: 5}}
scenarios: {s: {faults: [outage]}}
resources:
  zoos: {count: -1, fields: {name: nmae}}
  animals:
    count: {per: zooz}
    fields:
      name: {faker: first_name, min_length: many}
      zoo_id: {ref: zoos}
      keeper_id: {ref: keepers}
      label: {computed: "nam ~ 1"}
      age: {int: [5, 1]}
    rows: [{name: Leo, nmae: 1}]
"""
    assert [(place, problem) for place, problem, _ in problems(text)] == [
        ("2:19", "there is no convention 'rset'"),
        ("2:34", "there is no key 'maxx' here"),
        ("3:26", "there is no fault 'outage', and no preset"),
        ("5:17", "should be greater than or equal to 0, not -1"),
        ("5:36", "Faker has no provider 'nmae' in en_US"),
        ("7:18", "there is no resource 'zooz'"),
        ("9:45", "should be a whole number, not 'many'"),
        ("11:24", "there is no resource 'keepers'"),
        ("12:25", "'nam' is not known in 'nam ~ 1'"),
        ("13:18", "the range ends (1) before it begins (5)"),
        ("14:24", "'nmae' is not a field of 'animals'"),
    ]


def test_a_resource_of_the_wrong_shape_is_no_resource_that_is_missing() -> None:
    text = "mock: 1\nresources:\n  zoos: [1]\n  animals: {fields: {zoo_id: {ref: zoos}, cage_id: {ref: cages}}}\n"
    assert [(place, problem) for place, problem, _ in problems(text)] == [
        ("3:9", "should be a mapping, not a list"),
        ("4:58", "there is no resource 'cages'"),
    ]


@pytest.mark.parametrize(
    "field", ["nmae", "{itn: [1, 2]}", "{int: [1, 2], float: [1, 2]}", "{enum: 1}", "5", "{seq: x}"]
)
def test_what_names_a_wrong_field_has_nothing_wrong_with_it(field: str) -> None:
    text = f"""{HEAD}    sort: -name
    search: [name]
    rows: [{{name: Leo}}]
    fields:
      name: {field}
      label: {{computed: name | upper}}
"""
    assert [place.split(":")[0] for place, _, _ in problems(text)] == ["9"]


def test_files_of_a_folder_are_one_definition_and_a_key_in_two_of_them_names_both(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("mock: 1\nresources:\n  zoos: {count: 2}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("resources:\n  animals: {fields: {zoo_id: {ref: zoos}}}\n", encoding="utf-8")
    assert list(prepare(read_source([tmp_path])).rows) == ["zoos", "animals"]
    (tmp_path / "c.yaml").write_text("resources:\n  zoos: {count: 3}\n  cats: {ref: x}\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as raised:
        read_source([tmp_path])
    (one,) = raised.value.problems
    assert str(one.position) == f"{tmp_path}/c.yaml:2:3"
    assert one.problem == f"'resources.zoos' is already defined at {tmp_path}/a.yaml:3:3"


def test_problems_of_a_folder_stand_in_their_own_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("mock: 1\nresources:\n  zoos: {cuont: 2}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("resources:\n  cats: {fields: {zoo_id: {ref: zooz}}}\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as raised:
        prepare(read_source([tmp_path]))
    assert [str(one.position) for one in raised.value.problems] == [
        f"{tmp_path}/a.yaml:3:10",
        f"{tmp_path}/b.yaml:2:33",
    ]


def ask(
    text: str, method: str, path: str, query: tuple[tuple[str, str], ...] = (), body: Any = None
) -> tuple[int, Any]:
    service = AssembledInstance(prepare(parse_source(text, "d.yaml")))
    data = b"" if body is None else orjson.dumps(body)
    reply = service.handle(
        Request(method, path, query, {} if body is None else {"content-type": "application/json"}, data)
    )
    return reply.status, orjson.loads(reply.body) if reply.body else None


STYLED = """
mock: 1
api:
  convention:
    like: abp
    statuses: {created: 201, deleted: 204, not_found: 410, invalid: 418}
    paging: {default: 2, max: 3, page: p, size: ps}
    list: {data: $items, meta: {n: $total, page: $page, size: $size, pages: $pages}, fixed: true}
    item: {data: $item, code: $status}
    error: {oops: $message, code: $status, errors: $errors}
  version: v2
resources:
  zoos: {count: 5, fields: {name: {enum: [a], min_length: 1, required: true}}}
"""


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status", "answer"),
    [
        ("GET", "/zoos", (), None, 200,
         {"data": [{"id": 1, "name": "a"}, {"id": 2, "name": "a"}],
          "meta": {"n": 5, "page": 1, "size": 2, "pages": 3}, "fixed": True}),
        ("GET", "/zoos", (("p", "2"), ("ps", "3")), None, 200,
         {"data": [{"id": 4, "name": "a"}, {"id": 5, "name": "a"}],
          "meta": {"n": 5, "page": 2, "size": 3, "pages": 2}, "fixed": True}),
        ("GET", "/zoos/3", (), None, 200, {"data": {"id": 3, "name": "a"}, "code": 200}),
        ("POST", "/zoos", (), {"name": "a"}, 201, {"data": {"id": 6, "name": "a"}, "code": 201}),
    ],
)  # fmt: skip
def test_overrides_of_a_convention_are_in_force(  # noqa: PLR0917
    method: str, path: str, query: tuple[tuple[str, str], ...], body: Any, status: int, answer: Any
) -> None:
    assert ask(STYLED, method, f"/api/v2{path}", query, body) == (status, answer)


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status"),
    [
        ("GET", "/zoos/77", (), None, 410),
        ("POST", "/zoos", (), {}, 418),
        ("GET", "/zoos", (("ps", "4"),), None, 400),
        ("DELETE", "/zoos/1", (), None, 204),
    ],
)
def test_overridden_statuses_and_error_bodies_are_in_force(
    method: str, path: str, query: tuple[tuple[str, str], ...], body: Any, status: int
) -> None:
    found, answer = ask(STYLED, method, f"/api/v2{path}", query, body)
    assert found == status
    if method != "DELETE":
        assert answer["code"] == status
        assert set(answer) == {"oops", "code", "errors"}


GROWN = "'" + "y" * 300 + "'" + "| replace('y', 'yyyyyyyyyyyyyyy')" * 2
EXPRESSIONS = """mock: 1
resources:
  a:
    count: 1
    fields:
      n: {value: 7}
      t: {value: abc}
      x: {computed: %s}
"""


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("n * 6", 42), ("2 ** 10", 1024), ("n % 4", 3), ("n / 2", 3.5), ("t ~ n", "abc7"), ("t | upper", "ABC"),
        ("t | length", 3), ("'yes' if n > 5 else 'no'", "yes"), ("n in [1, 7]", True), ("t[0]", "a"), ("none", None),
        ("[n, t]", [7, "abc"]), ("{'k': n}", {"k": 7}), ("(1, 2)", [1, 2]), ("t | replace('b', '-')", "a-c"),
        ("n | float / 2", 3.5), ("[3, 1] | sort | join('<')", "1<3"), ("2 ** 0.5 > 1.4", True), ("n is even", False),
    ],
)  # fmt: skip
def test_expressions_have_values_that_json_holds(source: str, value: Any) -> None:
    text = EXPRESSIONS % orjson.dumps(source).decode()
    assert prepare(parse_source(text, "d.yaml")).rows["a"][0]["x"] == value


@pytest.mark.parametrize(
    "source",
    [
        "t * 1000000000", "[n] * 1000000000", "9 ** 99", "2 ** 999999999", "2.0 ** 2000", "1e308 * 1e308",
        "'%99999999d' % n", "range(9)", "lipsum()", "t.__class__", "t.__class__.__mro__", "().__class__",
        "t['__class__']", "n.real", "t.format(1)", "t | attr('upper')", "t | format(1)", "t | center(99999999)",
        "t | replace('', t * 2)", "{}.update()", "[] | map('upper')", "x", "self", "cycler", "joiner()", "namespace()",
        "t | xmlattr", "t | wordwrap", "t | pprint", "t | tojson", "{% if n %}1{% endif %}", "n }} {{ n", "t(1)",
        "n is callable", "n is foo", "((((", "2 ** 60", f"({GROWN}) ~ ({GROWN})", GROWN, f"({GROWN}) + ({GROWN})",
    ],
)  # fmt: skip
def test_expressions_that_reach_out_or_grow_are_refused_at_load(source: str) -> None:
    ((place, problem, _),) = problems(EXPRESSIONS % orjson.dumps(source).decode())
    assert place == "8:21"
    assert len(problem) < len(source) + 200


def test_what_is_wrong_does_not_depend_on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + "    fields: {x: {date: [2026-01-10, now]}, y: {faker: past_date}}\n"
    said = problems(f"clock: 2026-01-05T00:00:00Z\n{text}")
    assert [problem for _, problem, _ in said] == ["the range ends before it begins"]
    assert prepare(parse_source(f"clock: 2026-01-15T00:00:00Z\n{text}", "d.yaml")).rows["animals"]
    without_a_clock = prepare(parse_source(text.replace("2026-01-10", "2025-12-10"), "d.yaml"))
    assert all("2025-12-10" <= str(row["x"]) <= "2026-01-01" for row in without_a_clock.rows["animals"])
