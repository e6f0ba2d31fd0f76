"""The values that are drawn by our own samplers over Faker's word lists, and the table that says which.

**The table is a promise**: changing an entry, or the order in which a sampler takes its numbers, changes the data
that a seed gives. A sampler of ours answers only where the locale's provider is the one all locales share and
every part it is made of is ours too; everywhere else Faker answers itself. Words are equally likely; formats have
Faker's weights, so titles stay as rare as they are. Knows nothing of clocks: none of these values reads one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.generation.faker_locale import HOME_OF, TOKEN, LocaleFaker
from mockserver.generation.own_format import (
    Sampler,
    choose,
    choose_format,
    choose_sampler,
    fill_placeholders,
    fill_tokens,
    join,
)
from mockserver.generation.own_internet import choose_address, fill_user_name
from mockserver.generation.own_lorem import Lorem
from mockserver.generation.seeding import Stream
from mockserver.messages import Json

CHOICES = {
    "city_prefix": "city_prefixes",
    "city_suffix": "city_suffixes",
    "color_name": "all_colors",
    "company_suffix": "company_suffixes",
    "country": "countries",
    "first_name": "first_names",
    "first_name_female": "first_names_female",
    "first_name_male": "first_names_male",
    "first_name_nonbinary": "first_names_nonbinary",
    "free_email_domain": "free_email_domains",
    "job": "jobs",
    "last_name": "last_names",
    "last_name_female": "last_names_female",
    "last_name_male": "last_names_male",
    "last_name_nonbinary": "last_names_nonbinary",
    "prefix_female": "prefixes_female",
    "prefix_male": "prefixes_male",
    "safe_color_name": "safe_colors",
    "safe_domain_name": "safe_domain_names",
    "prefix_nonbinary": "prefixes_nonbinary",
    "street_suffix": "street_suffixes",
    "suffix_female": "suffixes_female",
    "suffix_male": "suffixes_male",
    "suffix_nonbinary": "suffixes_nonbinary",
    "tld": "tlds",
}
WITHOUT_GENDER = {
    f"{name}_{gender}": name
    for name in ("first_name", "last_name", "prefix", "suffix")
    for gender in ("female", "male", "nonbinary")
}
"""What answers where a locale has no words of that gender."""

FORMATS = {
    "city": "city_formats",
    "company": "formats",
    "name": "formats",
    "street_address": "street_address_formats",
    "street_name": "street_name_formats",
}
NUMBERS = {
    "building_number": "building_number_formats",
    "phone_number": "formats",
    "secondary_address": "secondary_address_formats",
}
LOREM = frozenset({"paragraph", "paragraphs", "sentence", "sentences", "text", "word", "words"})
INTERNET = ("domain_name", "domain_word", "email", "ipv4", "safe_email", "url", "user_name")
TITLES = {"prefix": "prefixes", "suffix": "suffixes"}
TRUSTED = frozenset({("address.en_US", "city_prefix"), ("address.en_US", "secondary_address")})
"""Methods that only one locale has, and that do no more than the tables above say."""

OWN = frozenset({*CHOICES, *FORMATS, *NUMBERS, *LOREM, *INTERNET, *TITLES})


class OwnSamplers:
    """The samplers of ours for one locale, each made when first asked for."""

    def __init__(self, faker: LocaleFaker) -> None:
        self._faker = faker
        self._made: dict[str, Sampler | None] = {}

    def find(self, name: str, args: Mapping[str, Any]) -> Callable[[Stream], Json] | None:
        """The sampler of a provider, or nothing when Faker answers itself. *Raises* `FakeError` for its arguments."""
        if name in LOREM:
            lorem = self._shared(name)
            words = lorem and Lorem(tuple(lorem.word_list), lorem.word_connector, lorem.sentence_punctuation)
            return words.sampler(name, args) if words else None
        return None if args else self._plain(name)

    def _plain(self, name: str) -> Sampler | None:
        if name in OWN and name not in self._made:
            self._made[name] = None  # a format that names itself is not ours
            self._made[name] = self._make(name)
        return self._made.get(name)

    def _make(self, name: str) -> Sampler | None:
        provider = self._shared(name)
        if provider is None:
            return None
        if name in CHOICES:
            words = self._words(name)
            return choose(words) if words else self._plain(WITHOUT_GENDER.get(name, ""))
        if name in TITLES:
            return self._title(provider, TITLES[name])
        if name in FORMATS:
            return choose_format(getattr(provider, FORMATS[name]), self._fill)
        if name in NUMBERS:
            return choose_format(getattr(provider, NUMBERS[name]), _fill_numbers)
        made: Sampler | None = getattr(self, f"_{name}")(provider)
        return made

    def _shared(self, name: str) -> Any:
        """The provider of a name if its method is the one all locales share, else nothing."""
        group = HOME_OF[name]
        provider = self._faker.provider(group)
        found = getattr(type(provider), name, None)
        shared = getattr(self._faker.base(group), name, None)
        here = type(provider).__module__.removeprefix("faker.providers.")
        return provider if found and (found is shared or (here, name) in TRUSTED) else None

    def _words(self, name: str) -> tuple[str, ...] | None:
        """The words a provider chooses from, if it does no more than that."""
        provider = self._shared(name) if name in CHOICES else None
        words = tuple(getattr(provider, CHOICES.get(name, ""), ()))
        if provider is not None and not words and name in WITHOUT_GENDER:
            return self._words(WITHOUT_GENDER[name])
        return words if all(isinstance(word, str) for word in words) else None

    def _title(self, provider: Any, attribute: str) -> Sampler | None:
        """Titles of a gender drawn first, where a locale has no others; empty where it has none."""
        if hasattr(provider, attribute):
            return choose(tuple(getattr(provider, attribute)))
        by_gender = [tuple(getattr(provider, f"{attribute}_{gender}", ())) for gender in ("male", "female")]
        if hasattr(provider, f"{attribute}_nonbinary"):
            return None
        return choose_sampler([choose(titles) for titles in by_gender]) if all(by_gender) else choose(("",))

    def _fill(self, text: str) -> Sampler | None:
        parts = fill_tokens(text, TOKEN, self._plain)
        return join(parts) if parts else None

    def _user_name(self, provider: Any) -> Sampler | None:
        def fill(text: str) -> Sampler | None:
            return fill_user_name(text, self._words, self._slug)

        return choose_format(provider.user_name_formats, fill)

    def _slug(self, text: str) -> str:
        return self._faker.make_slug(self._faker.provider("internet")._to_ascii(text.lower()))

    def _email(self, _provider: Any) -> Sampler | None:
        return self._fill_lower("{{user_name}}@{{safe_domain_name}}")

    _safe_email = _email

    def _domain_word(self, _provider: Any) -> Sampler | None:
        company = self._plain("company")
        return company and (lambda stream: self._slug(company(stream).split(" ")[0]).lower())

    def _domain_name(self, _provider: Any) -> Sampler | None:
        return self._fill_lower("{{domain_word}}.{{tld}}")

    def _url(self, provider: Any) -> Sampler | None:
        formats = [f"{scheme}://{host}" for scheme in ("http", "https") for host in provider.url_formats]
        return choose_format(formats, self._fill)

    def _ipv4(self, provider: Any) -> Sampler:
        networks, _weights = provider._get_all_networks_and_weights()
        return choose_address(networks)

    def _fill_lower(self, text: str) -> Sampler | None:
        filled = self._fill(text)
        return filled and (lambda stream: filled(stream).lower())


def _fill_numbers(text: str) -> Sampler | None:
    return None if "?" in text else join(fill_placeholders(text))
