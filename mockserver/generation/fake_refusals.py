"""What Faker has and a definition can't ask for, each with what to write instead."""

_BYTES = "gives bytes, which JSON has no form for"
_TABLE = "gives a whole file as one text"
_PYTHON = "gives a Python value, not data"
_PICKS = "picks from a list, which `enum` does"
_MIXED = "gives now a number, now an empty text"
_NO_PROVIDER = "is part of Faker but gives no value"

REFUSED: dict[str, tuple[str, str]] = {
    "binary": (_BYTES, "use `sha256`, or `bothify` with `{text: …}`"),
    "image": (_BYTES, "use the generator `{image: …}`"),
    "json_bytes": (_BYTES, "use the generator `{object: {…}}`"),
    "tar": (_BYTES, "use `file_name` for the name of a file"),
    "zip": (_BYTES, "use `file_name` for the name of a file"),
    "csv": (_TABLE, "use `{list: {object: {…}}}`"),
    "dsv": (_TABLE, "use `{list: {object: {…}}}`"),
    "fixed_width": (_TABLE, "use `{list: {object: {…}}}`"),
    "json": (_TABLE, "use `{object: {…}}`"),
    "psv": (_TABLE, "use `{list: {object: {…}}}`"),
    "tsv": (_TABLE, "use `{list: {object: {…}}}`"),
    "xml": (_TABLE, "use `{object: {…}}`"),
    "get_words_list": ("gives the whole list of words", "use `words`"),
    "pydict": (_PYTHON, "use `{object: {…}}`"),
    "pyiterable": (_PYTHON, "use `{list: …}`"),
    "pylist": (_PYTHON, "use `{list: …}`"),
    "pyobject": (_PYTHON, "use `pyint`, `pyfloat`, `pystr` or `pybool`"),
    "pyset": (_PYTHON, "use `{list: …}`"),
    "pystruct": (_PYTHON, "use `{object: {…}}`"),
    "pytimezone": (_PYTHON, "use `timezone`"),
    "pytuple": (_PYTHON, "use `{list: …}`"),
    "time_delta": (_PYTHON, "use `{int: [0, 86400]}` for a number of seconds"),
    "time_series": (_PYTHON, "use `{list: {object: {at: {datetime: …}, value: {float: …}}}}`"),
    "pystr_format": ("fills a format with other providers", "use `bothify`, or `{computed: …}` over other fields"),
    "enum": (_PICKS, "use `{enum: […]}`"),
    "random_choices": (_PICKS, "use `{list: {enum: […]}}`"),
    "random_element": (_PICKS, "use `{enum: […]}`"),
    "random_elements": (_PICKS, "use `{list: {enum: […]}}`"),
    "random_sample": (_PICKS, "use `{list: {enum: […]}}`"),
    "random_digit_not_null_or_empty": (_MIXED, "use `random_digit_not_null`, with `nullable: 0.5`"),
    "random_digit_or_empty": (_MIXED, "use `random_digit`, with `nullable: 0.5`"),
    "optional": (_NO_PROVIDER, "use `nullable: 0.2`, a share of empty values"),
    "unique": (_NO_PROVIDER, "use `unique: true`"),
    "seed": (_NO_PROVIDER, "the seed is the definition's `seed:`"),
    "seed_instance": (_NO_PROVIDER, "the seed is the definition's `seed:`"),
    "seed_locale": (_NO_PROVIDER, "the seed is the definition's `seed:`"),
    "add_provider": (_NO_PROVIDER, "providers of your own are not taken; `{enum: […]}` draws from a list"),
    "parse": (_NO_PROVIDER, "use `{computed: …}` over other fields"),
    "format": (_NO_PROVIDER, "write the name of the provider"),
    "set_arguments": (_NO_PROVIDER, "use `args: {…}`"),
}
