"""Expressions: what they give, and that nothing they can say runs long, grows large or shows what is not JSON."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.definitions.expression import ExpressionError, compile_expression, compile_value

SCOPE: Mapping[str, Any] = {"name": "Leo", "tags": ["a", "b"], "zoo": {"city": "Rome"}, "none_yet": None, "n": 4}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("name ~ ' of ' ~ zoo.city", "Leo of Rome"),
        ("name ~ none_yet ~ true ~ 1.5 ~ tags", 'Leotrue1.5["a","b"]'),
        ("zoo['city']", "Rome"),
        ("none_yet.city", None),
        ("name if n > 3 else null", "Leo"),
        ("n * 2 ** 3 % 7", 4),
        ("2.5|round(1)", 2.5),
        ("7.6|round", 8),
        ("tags|join('-')|upper", "A-B"),
        ("[n, name]", [4, "Leo"]),
        ("none_yet|default('x')", "x"),
    ],
)
def test_an_expression_gives_a_value_of_json(source: str, value: Any) -> None:
    assert compile_expression(source, SCOPE).value(SCOPE) == value


@pytest.mark.parametrize(
    "source",
    [
        "5|round(-99999999)",
        "5|round(99999999)",
        "'inf'|float",
        "9 ** 9 ** 9",
        "'a' * 1000000000",
        "'%1000000000d' % 1",
        "[long, long, long, long]",
        "long ~ long",
        "[long]|join('x') ~ long",
        "long + long",
        "long|replace('x', long)",
        "function ~ ''",
        "function|upper",
        "row ~ ''",
        "row",
    ],
)
def test_what_grows_or_is_no_value_of_json_is_refused(source: str) -> None:
    class Row(Mapping[str, Any]):
        def __getitem__(self, name: str) -> Any:
            raise KeyError(name)

        def __iter__(self) -> Any:
            return iter(())

        def __len__(self) -> int:
            return 0

    scope = {"long": "x" * 60_000, "function": lambda: 1, "row": Row()}
    with pytest.raises(ExpressionError):
        compile_expression(source, scope).value(scope)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nmae", "'nmae' is not known in 'nmae'"),
        ("name.lower()", "methods can't be called"),
        ("name|center(9)", "there is no filter 'center'"),
        ("range(9)", "there is no function 'range'"),
        ("zoo[name]", "must be a constant"),
        ("1) }} {{ (2", "is more than one expression"),
        ("(", "can't be read"),
        ("(" * 2_000 + ")" * 1_999, "can't be read"),
        ("n +" * 2_000, "more than 4000 characters"),
    ],
)
def test_what_can_not_work_is_known_when_it_is_read(source: str, said: str) -> None:
    with pytest.raises(ExpressionError, match=said.replace("(", r"\(").replace(")", r"\)")):
        compile_expression(source, SCOPE)


def test_nothing_is_worked_out_while_an_expression_is_read() -> None:
    reading = "from mockserver.definitions.expression import compile_expression as read"
    code = f"{reading}; read('5|round(-999999999)', []); print('ok')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "ok\n"


def test_a_way_is_the_same_however_it_is_written() -> None:
    dotted, quoted = compile_expression("zoo.city", SCOPE), compile_expression("zoo['city']", SCOPE)
    assert dotted.paths == quoted.paths == {("zoo",), ("zoo", "city")}
    assert dotted.path == quoted.path == ("zoo", "city")


def test_a_text_that_is_only_an_expression_keeps_its_type() -> None:
    assert compile_value("${n}", SCOPE)(SCOPE) == 4
    assert compile_value("no. ${n}${none_yet}", SCOPE)(SCOPE) == "no. 4"
    assert compile_value({"a": ["${name}", 1]}, SCOPE)(SCOPE) == {"a": ["Leo", 1]}


def test_a_text_with_an_open_brace_is_refused() -> None:
    with pytest.raises(ExpressionError, match="without its"):
        compile_value("x ${n", SCOPE)
