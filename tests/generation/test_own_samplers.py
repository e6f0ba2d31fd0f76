"""Values by our own samplers: of Faker's words and shapes, within their limits, and only where they may answer."""

import inspect
import re
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.generation.faker_locale import LocaleFaker
from mockserver.generation.fakes import Fakes
from mockserver.generation.own_format import choose_sampler, fill_placeholders, join
from mockserver.generation.own_samplers import CHOICES, LOREM, OWN, TRUSTED, OwnSamplers
from mockserver.generation.seeding import Stream, Streams

EN = LocaleFaker("en_US")
OURS = OwnSamplers(EN)
NO_ENGLISH_WORDS = {"last_name_female", "last_name_male", "last_name_nonbinary"}
seeds = st.integers(0, 2**32)


def stream(seed: int = 0) -> Stream:
    return Streams(seed, "own").at(b"1")


def draw(name: str, args: dict[str, Any] | None = None, rows: int = 200, ours: OwnSamplers = OURS) -> list[Any]:
    sample = ours.find(name, args or {})
    assert sample is not None, name
    return [sample(stream(row)) for row in range(rows)]


def test_the_table_of_own_samplers_holds_in_english() -> None:
    assert {name for name in OWN if OURS.find(name, {}) is None} == {"prefix", "suffix"}


@pytest.mark.parametrize(
    ("locale", "own"),
    [
        ("de_DE", {"name", "first_name", "company", "email", "phone_number", "sentence", "job", "country"}),
        ("fr_FR", {"name", "first_name", "sentence", "email"}),
        ("ja_JP", {"sentence", "country", "phone_number"}),
    ],
)
def test_a_locale_with_the_shared_method_is_ours(locale: str, own: set[str]) -> None:
    ours = OwnSamplers(LocaleFaker(locale))
    assert {name for name in own if ours.find(name, {}) is not None} == own


@pytest.mark.parametrize(
    ("locale", "name"),
    [("ja_JP", "first_name"), ("ja_JP", "name"), ("fr_FR", "phone_number"), ("es_CL", "name"), ("de_AT", "job")],
)
def test_a_locale_with_a_method_of_its_own_is_left_to_faker(locale: str, name: str) -> None:
    assert OwnSamplers(LocaleFaker(locale)).find(name, {}) is None
    assert Fakes((locale,), datetime(2026, 1, 1, tzinfo=UTC)).kind(name, {}) == "string"


@pytest.mark.parametrize("name", sorted(CHOICES.keys() - NO_ENGLISH_WORDS))
def test_words_are_those_of_faker(name: str) -> None:
    provider = getattr(EN, name).__self__
    assert set(draw(name)) <= set(getattr(provider, CHOICES[name]))


@pytest.mark.parametrize("name", sorted(name for _, name in TRUSTED))
def test_trusted_methods_do_no_more_than_the_table_says(name: str) -> None:
    bodies = {
        "city_prefix": "return self.random_element(self.city_prefixes)",
        "secondary_address": "return self.numerify(self.random_element(self.secondary_address_formats))",
    }
    assert inspect.getsource(getattr(EN, name)).splitlines()[1].strip() == bodies[name]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("building_number", r"\d{3,5}"),
        ("city", r"[A-Z][\w ]+"),
        ("company", r"[A-Z]\w+( and Sons|[ -]\w+|, \w+ and \w+)"),
        ("domain_name", r"[a-z]+(-[a-z]+)?\.(com|biz|info|net|org)"),
        ("email", r"[a-z]+\d{0,2}@example\.(org|com|net)"),
        ("name", r"([DM]\w+\. )?[A-Z]\w+ [A-Z]\w+( [A-Za-z]+\.?)?"),
        ("phone_number", r"[-+().x\d]{10,22}"),
        ("safe_email", r"[a-z]+\d{0,2}@example\.(org|com|net)"),
        ("street_address", r"\d{3,5} \w+ \w+( (Apt\.|Suite) \d{3})?"),
        ("street_name", r"[A-Z]\w+ [A-Z]\w+"),
        ("url", r"https?://(www\.)?[a-z]+(-[a-z]+)?\.[a-z]+/"),
        ("user_name", r"[a-z]+\d{0,2}"),
    ],
)
def test_values_have_the_shape_of_fakers(name: str, shape: str) -> None:
    wrong = [value for value in draw(name) if not re.fullmatch(shape, value)]
    assert not wrong


@pytest.mark.parametrize("name", sorted(OWN - {"name", "prefix", "suffix"}))
def test_faker_gives_values_of_the_same_length(name: str) -> None:
    """Faker's own values, drawn the other way, are about as long: nothing was left out."""
    theirs = Fakes(("en_US",), datetime(2026, 1, 1, tzinfo=UTC))._speaking(name)[0]._by_faker(name, {})
    long = [len(str(value)) for value in draw(name, rows=400)]
    faked = [len(str(theirs(seed))) for seed in range(400)]
    assert sum(long) / 400 == pytest.approx(sum(faked) / 400, rel=0.15)


@pytest.mark.parametrize(
    ("locale", "shape"), [("de_DE", r"((Herr|Frau|Dr\.|Prof\.|Univ|Ing|Dipl).*\. ?)?\w.*"), ("fr_FR", r"\w[-’\w ]+")]
)
def test_names_have_the_titles_of_their_locale(locale: str, shape: str) -> None:
    names = draw("name", ours=OwnSamplers(LocaleFaker(locale)))
    assert all(re.fullmatch(shape, name) for name in names), names


def test_titles_are_as_rare_as_they_are() -> None:
    titled = [name for name in draw("name", rows=2000) if name.count(" ") > 1]
    assert 20 < len(titled) < 160


def test_addresses_are_public_or_private_but_never_special() -> None:
    addresses = [IPv4Address(value) for value in draw("ipv4", rows=2000)]
    assert not [
        each for each in addresses if each.is_loopback or each.is_multicast or each.is_link_local or each.is_reserved
    ]
    assert len({each.packed[0] for each in addresses}) > 150


@given(st.integers(0, 60), seeds)
def test_a_sentence_has_as_many_words_as_asked_for(count: int, seed: int) -> None:
    sample = OURS.find("sentence", {"nb_words": count, "variable_nb_words": False})
    varied = OURS.find("sentence", {"nb_words": count})
    assert sample is not None
    assert varied is not None
    assert len(str(sample(stream(seed))).split()) == count
    assert count * 6 // 10 <= len(str(varied(stream(seed))).split()) <= max(1, count * 14 // 10) or not count


@given(st.integers(5, 3000), seeds, st.none() | st.lists(st.text("abc", min_size=1, max_size=40), min_size=1))
def test_a_text_fits_its_limit_and_is_never_empty(limit: int, seed: int, words: list[str] | None) -> None:
    sample = OURS.find("text", {"max_nb_chars": limit, "ext_word_list": words})
    assert sample is not None
    text = str(sample(stream(seed)))
    assert 0 < len(text) <= limit
    assert text[0].isupper()
    assert text.endswith(".")


@pytest.mark.parametrize("name", sorted(LOREM))
def test_words_can_be_ones_own(name: str) -> None:
    text = " ".join(map(str, draw(name, {"ext_word_list": ["red", "blue"]}, rows=5)))
    assert set(re.findall(r"\w+", text.lower())) == {"red", "blue"}


@given(seeds)
def test_placeholders_are_filled_as_faker_does(seed: int) -> None:
    value = join(fill_placeholders("a#-%$##########!@?%%z%"))(stream(seed))
    assert re.fullmatch(r"a\d-[1-9][2-9]\d{10}\d?[1-9]?[a-zA-Z][1-9][1-9]z[1-9]", value)


@given(st.lists(st.sampled_from(["%", "100 %s", "x"]), min_size=1, max_size=6), seeds)
def test_words_between_samplers_stay_as_they_are(words: list[str], seed: int) -> None:
    parts = [part for word in words for part in (word, lambda _stream: "|")]
    assert join(parts)(stream(seed)) == "".join(f"{word}|" for word in words)


def test_weights_are_kept_to() -> None:
    sample = choose_sampler([lambda _stream: "often", lambda _stream: "rarely"], [0.9, 0.1])
    drawn = [sample(stream(seed)) for seed in range(1000)]
    assert 60 < drawn.count("rarely") < 140
