"""Faker's providers of one locale, found and made when first asked for, from the private copy of Faker.

Owns the part of Faker's `Factory` and `Generator` that values need: which provider answers a name, and how tokens
in a format are filled. Knows nothing of cells, arguments or JSON.
"""

import re
from collections.abc import Callable
from inspect import isroutine
from types import ModuleType
from typing import Any

from mockserver.generation.faker_clock import STAND_INS
from mockserver.generation.faker_copy import shared_copy

PROVIDERS = "faker.providers"
TOKEN = re.compile(r"\{\{\s*(\w+)(?::\s*(\w+?))?\s*\}\}")
WEIGHTED = frozenset({"es_CL"})  # its names fail unless Faker weighs them
UNORDERED = {("address", "it_IT"): "cities"}  # a list made of a set, so in the order of the process's hash seed
# Where names that are often asked for live, so that a name loads one group and not all of them.
HOMES = {
    "address": "building_number city city_prefix city_suffix country postcode secondary_address street_address"
    " street_name street_suffix",
    "color": "color_name safe_color_name",
    "company": "company company_suffix bs catch_phrase",
    "date_time": "date date_object date_time date_of_birth past_date past_datetime future_date future_datetime",
    "internet": "domain_word domain_name email free_email_domain ipv4 safe_domain_name safe_email tld url user_name",
    "job": "job",
    "lorem": "paragraph paragraphs sentence sentences text word words",
    "misc": "boolean password",
    "person": "first_name first_name_female first_name_male first_name_nonbinary last_name last_name_female"
    " last_name_male last_name_nonbinary name prefix prefix_female prefix_male prefix_nonbinary suffix suffix_female"
    " suffix_male suffix_nonbinary",
    "phone_number": "phone_number",
}
HOME_OF = {name: group for group, names in HOMES.items() for name in names.split()}


def locale_names() -> tuple[str, ...]:
    """Every locale that any provider has data for, sorted."""
    return tuple(sorted({name for group in _groups() for name in _localisations(group)}))


def has_locale(code: str) -> bool:
    """Whether any provider has data for a locale."""
    return any(code in _localisations(group) for group in _groups())


def _groups() -> tuple[str, ...]:
    return shared_copy().subpackages(PROVIDERS)


def _localisations(group: str) -> tuple[str, ...]:
    return shared_copy().subpackages(f"{PROVIDERS}.{group}")


class LocaleFaker:
    """What providers call their generator, for one locale.

    A provider group that has no data for the locale answers in its default one, as Faker's does. Random numbers
    are those of the current draw (`faker_clock.DRAW`), so one object serves every thread.
    """

    _is_seeded = True  # read by providers that would take numbers from the system otherwise
    random = STAND_INS["random"]  # never a `Random`: some providers keep the one they saw first

    def __init__(self, code: str) -> None:
        self._code = code
        self._copy = shared_copy()
        self._groups = _groups()
        self._providers: dict[str, Any] = {}
        self._arguments: dict[str, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        method = None if name.startswith("_") else self.find(name)
        if method is None:
            raise AttributeError(f"no Faker provider is called '{name}' in {self._code}")
        setattr(self, name, method)
        return method

    def find(self, name: str) -> Callable[..., Any] | None:
        """The method of that name: of the last group that has it, because Faker lets later groups win."""
        groups = (HOME_OF[name],) if name in HOME_OF else reversed(self._groups)
        methods = (getattr(self.provider(group), name, None) for group in groups)
        return next((method for method in methods if isroutine(method)), None)

    def names(self) -> tuple[str, ...]:
        """Every method that looks like a provider, sorted; runs the code of all of them."""
        found = {name for group in self._groups for name in dir(self.provider(group)) if not name.startswith("_")}
        return tuple(sorted(name for name in found if self.find(name)))

    def provider(self, group: str) -> Any:
        """The provider of a group (`person`), localised."""
        if group not in self._providers:
            self._providers[group] = self._make(group)
        return self._providers[group]

    def base(self, group: str) -> type[Any]:
        """The class that the providers of a group share, whatever the locale."""
        provider: type[Any] = self._copy.load(f"{PROVIDERS}.{group}").Provider
        return provider

    def make_slug(self, text: str) -> str:
        """The text in lower case, without punctuation and with hyphens for spaces."""
        slug: str = self._copy.load("faker.utils.text").slugify(text, allow_unicode=True)
        return slug

    def parse(self, text: str) -> str:
        """A format with each `{{token}}` or `{{token:arguments}}` replaced by a value of that provider."""
        return TOKEN.sub(lambda found: str(self.format(found[1], **self._arguments.get(found[2], {}))), text)

    def set_arguments(self, group: str, arguments: dict[str, Any]) -> None:
        """Name arguments for tokens; providers that do this give the same ones every time."""
        self._arguments[group] = arguments

    def format(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A value of the provider of that name."""
        return getattr(self, name)(*args, **kwargs)

    def _make(self, group: str) -> Any:
        module, language = self._localised(group)
        provider = module.Provider(self)
        provider.__use_weighting__ = self._code in WEIGHTED
        provider.__provider__ = f"{PROVIDERS}.{group}"
        provider.__lang__ = language
        if (group, language) in UNORDERED:
            listed = UNORDERED[group, str(language)]
            setattr(provider, listed, sorted(getattr(provider, listed)))
        return provider

    def _localised(self, group: str) -> tuple[ModuleType, str | None]:
        path = f"{PROVIDERS}.{group}"
        module = self._copy.load(path)
        if not getattr(module, "localized", False):
            return module, None
        default: str = getattr(module, "default_locale", "") or "en_US"
        language = self._code if self._code in _localisations(group) else default
        return self._copy.load(f"{path}.{language}"), language
