"""Fake values: plain, bounded, a function of their stream, and refused in words that help."""

import json
import re
import string
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from mockserver.generation.fake_arguments import allowed_arguments
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fake_refusals import REFUSED
from mockserver.generation.fake_value import MAX_TEXT
from mockserver.generation.faker_locale import LocaleFaker
from mockserver.generation.fakes import Fakes, LocaleFakes
from mockserver.generation.seeding import Stream, Streams

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=3700, hours=5)
LOCALES = ("en_US", "de_DE", "ja_JP", "fr_FR")
BROKEN = {"en_US": set(), "ja_JP": set(), "de_DE": {"bank"}, "fr_FR": {"bank"}}
"""What Faker itself has no data for, by locale."""

CLOCKED = (
    "credit_card_expire credit_card_full date date_between date_between_dates date_object date_of_birth"
    " date_this_century date_this_decade date_this_month date_this_year date_time date_time_ad date_time_between"
    " date_time_between_dates date_time_this_century date_time_this_decade date_time_this_month"
    " date_time_this_year day_of_month day_of_week am_pm future_date future_datetime iso8601 month month_name"
    " passport_dates passport_dob passport_full past_date past_datetime profile simple_profile time time_object"
    " unix_time year"
)

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "date": (str,),
    "datetime": (str,),
    "uuid": (str,),
    "object": (dict,),
    "array": (list,),
}


def stream(name: str, row: int = 0) -> Stream:
    return Streams(11, name).at(b"%d" % row)


def draw(fakes: Fakes, provider: str, args: dict[str, Any] | None = None, rows: int = 12) -> list[Any]:
    sample = fakes.sampler(provider, args or {})
    return [sample(stream(provider, row)) for row in range(rows)]


def offered(locale: str) -> list[str]:
    return sorted(LocaleFakes(locale, NOW).names() - BROKEN[locale])


@pytest.fixture
def fakes() -> Fakes:
    return Fakes(("en_US",), NOW)


def refusal(fakes: Fakes, provider: str, args: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(FakeError) as raised:
        fakes.sampler(provider, args)
    return raised.value.problem, raised.value.hint


@pytest.mark.parametrize("locale", LOCALES)
def test_every_provider_gives_plain_values_of_its_kind(locale: str) -> None:
    fakes = Fakes((locale,), NOW)
    for provider in offered(locale):
        kind, values = fakes.kind(provider, {}), draw(fakes, provider)
        assert json.loads(json.dumps(values)) == values, provider
        assert all(value is None or isinstance(value, TYPES[kind]) for value in values), (provider, kind, values)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_value_depends_on_nothing_that_was_drawn_before_it(locale: str) -> None:
    forwards, backwards = Fakes((locale,), NOW), Fakes((locale,), NOW)
    names = offered(locale)
    first = {name: draw(forwards, name, rows=4) for name in names}
    second = {name: draw(backwards, name, rows=4)[::-1] for name in reversed(names)}
    assert {name: values[::-1] for name, values in second.items()} == first


def test_exactly_the_providers_that_tell_the_time_follow_the_clock() -> None:
    early, late = Fakes(("en_US",), NOW), Fakes(("en_US",), LATER)
    moved = {name for name in offered("en_US") if draw(early, name, rows=30) != draw(late, name, rows=30)}
    assert moved == set(CLOCKED.split())


@pytest.mark.parametrize(
    ("locale", "provider"), [("fi_FI", "ssn"), ("lv_LV", "ssn"), ("sv_SE", "ssn"), ("no_NO", "ssn"), ("zh_CN", "ssn")]
)
def test_birth_dates_inside_numbers_follow_the_clock(locale: str, provider: str) -> None:
    early, late = (draw(Fakes((locale,), now), provider) for now in (NOW, LATER))
    assert early != late
    assert early == draw(Fakes((locale,), NOW), provider)


@pytest.mark.parametrize(
    ("locale", "provider"),
    [("es_ES", "nif"), ("es_MX", "curp"), ("th_TH", "ssn"), ("uk_UA", "license_plate"), ("el_GR", "vat_id")],
)
def test_providers_that_use_the_global_random_numbers_use_those_of_the_cell(locale: str, provider: str) -> None:
    assert draw(Fakes((locale,), NOW), provider) == draw(Fakes((locale,), NOW), provider)


def test_moments_are_in_utc_and_before_or_after_now_as_their_name_says(fakes: Fakes) -> None:
    past, future = draw(fakes, "past_datetime"), draw(fakes, "future_datetime")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", moment) for moment in past + future)
    assert max(past) < "2026-01-15T09:00:00Z" < min(future)
    assert {day[:7] for day in draw(fakes, "date_this_month")} == {"2026-01"}


def test_dates_in_arguments_are_iso(fakes: Fakes) -> None:
    days = draw(fakes, "date_between", {"start_date": "2020-02-01", "end_date": "2020-02-03"})
    assert set(days) <= {"2020-02-01", "2020-02-02", "2020-02-03"}
    moments = draw(fakes, "date_time_between", {"start_date": "2026-01-15T10:00:00+02:00", "end_date": "now"})
    assert all("2026-01-15T08:00:00" <= moment <= "2026-01-15T09:00:00Z" for moment in moments)


@pytest.mark.parametrize("provider", sorted(REFUSED))
def test_a_refused_provider_is_refused_with_what_to_use_instead(fakes: Fakes, provider: str) -> None:
    problem, hint = refusal(fakes, provider, {})
    assert problem.startswith(f"'{provider}' ")
    assert hint
    for name in re.findall(r"`(\w+)`", hint):
        assert fakes.kind(name, {}), name


def test_every_refused_provider_is_one_that_faker_has() -> None:
    outside = {
        "add_provider",
        "format",
        "optional",
        "parse",
        "seed",
        "seed_instance",
        "seed_locale",
        "set_arguments",
        "unique",
    }
    assert outside | set(LocaleFaker("en_US").names()) >= REFUSED.keys()
    assert not outside & set(LocaleFaker("en_US").names())


@pytest.mark.parametrize(
    ("provider", "args", "words"),
    [
        ("frist_name", {}, "no provider 'frist_name' in en_US; did you mean 'first_name'?"),
        ("_slugify", {}, "no provider '_slugify'"),
        ("__init__", {}, "no provider '__init__'"),
        ("generator", {}, "no provider 'generator'"),
        ("sentence", {"nbwords": 3}, "takes no argument 'nbwords'; did you mean 'nb_words'? allowed: nb_words, var"),
        ("name", {"sex": "f"}, "takes no argument 'sex'; allowed: none"),
        ("date_time", {"tzinfo": "UTC"}, "takes no argument 'tzinfo'; allowed: end_datetime"),
        ("sentence", {"nb_words": 10**9}, "asks for too much; at most 1,000 is allowed"),
        ("text", {"max_nb_chars": 10**9}, "asks for too much; at most 65,536 is allowed"),
        ("texts", {"nb_texts": 1000, "max_nb_chars": 60000}, "asks for too much"),
        ("text", {"ext_word_list": [""]}, "this is no list of words"),
        ("text", {"max_nb_chars": 2}, "too short"),
        ("words", {"nb": "3"}, "'3' is no integer"),
        ("words", {"nb": 1000, "unique": True, "ext_word_list": ["a"]}, "can't be drawn"),
        ("random_number", {"digits": 10**7}, "asks for too much"),
        ("random_number", {"digits": 20, "fix_len": True}, "over 2^53 - 1"),
        ("random_int", {"min": 5, "max": 1}, "with min: 5, max: 1 can't be drawn: empty range"),
        ("pyfloat", {"max_value": float("inf")}, "no finite number"),
        ("pydecimal", {"left_digits": 400}, "no number in JSON"),
        ("hexify", {"text": "^" * 100_000}, "the text is too long"),
        ("random_letters", {"length": 1001}, "gives 1,001 elements"),
        ("date_between", {"start_date": "soon"}, "Can't parse date string `soon`"),
    ],
)
def test_what_cannot_be_drawn_is_said_at_once(fakes: Fakes, provider: str, args: dict[str, Any], words: str) -> None:
    assert words in "; ".join(refusal(fakes, provider, args))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("dee_DE", "'de_DE'"),
        ("xx_YY", "known here: am_ET"),
        ("pt", "pt_BR, pt_PT"),
        ("../../etc", "known here"),
        ("", "known"),
    ],
)
def test_an_unknown_locale_is_refused_with_the_nearest(locale: str, words: str) -> None:
    problem, hint = refusal(Fakes((locale,), NOW), "name", {})
    assert problem == f"Faker has no locale '{locale}'"
    assert words in hint


def test_a_hyphen_in_a_locale_is_an_underscore() -> None:
    assert draw(Fakes(("de-DE",), NOW), "name") == draw(Fakes(("de_DE",), NOW), "name")


def test_several_locales_share_the_cells() -> None:
    both = draw(Fakes(("en_US", "ja_JP"), NOW), "name", rows=40)
    ascii_names = [name for name in both if name.isascii()]
    assert 0 < len(ascii_names) < 40
    assert draw(Fakes(("en_US", "ja_JP"), NOW), "kana_name", rows=40) == draw(
        Fakes(("ja_JP",), NOW), "kana_name", rows=40
    )


def test_threads_do_not_meet(fakes: Fakes) -> None:
    names = ("address", "profile", "date_time", "color", "ssn") * 8
    alone = [draw(fakes, name) for name in names]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda name: draw(fakes, name), names)) == alone


ARGUMENTS = sorted(
    (name, allowed) for name in offered("en_US") if (allowed := allowed_arguments(getattr(LocaleFaker("en_US"), name)))
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(string.printable, max_size=20)
anything = scalars | st.lists(scalars, max_size=5) | st.dictionaries(st.text(max_size=3), scalars, max_size=3)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_arguments_give_a_bounded_value_or_a_refusal(fakes: Fakes, data: st.DataObject) -> None:
    name, allowed = data.draw(st.sampled_from(ARGUMENTS))
    args = {key: data.draw(anything) for key in data.draw(st.sets(st.sampled_from(allowed), min_size=1))}
    try:
        fakes.kind(name, args)
        values = draw(fakes, name, args, rows=2)
    except FakeError as error:
        values = [error.problem.removeprefix(f"'{name}' ")]
        event("refused")
    assert len(json.dumps(values, allow_nan=False)) < 40 * MAX_TEXT
