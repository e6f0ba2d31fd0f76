"""Values of Faker's providers, each a function of one stream, the locale and the definition's clock.

Owns how a provider's name and arguments become a sampler: refused, drawn by our own samplers (`own_samplers`), or
drawn by Faker with random numbers seeded from the stream. Knows nothing of fields and rows.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from mockserver.definitions.field import TypeName
from mockserver.errors import suggestion
from mockserver.generation.fake_arguments import read_arguments
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fake_refusals import REFUSED
from mockserver.generation.fake_value import MAX_TEXT, as_json, common_kind
from mockserver.generation.faker_clock import DRAW, Chance, Draw, TooManyDrawsError
from mockserver.generation.faker_locale import LocaleFaker, has_locale, locale_names
from mockserver.generation.own_samplers import OwnSamplers
from mockserver.generation.seeding import Stream
from mockserver.messages import Json

Sample: TypeAlias = Callable[[Stream], Json]

_TRIALS = 24
_ARRAYS = frozenset({"words", "sentences", "paragraphs"})


class Fakes:
    """Samplers for the locales of a definition, with `now` as the moment that Faker's clock shows.

    Faker's code is run when the first sampler is asked for, and no more of it than the samplers need.
    """

    def __init__(self, locales: tuple[str, ...], now: datetime) -> None:
        self._codes = tuple(code.replace("-", "_") for code in locales)
        self._now = now.astimezone(UTC)
        self._made: dict[str, LocaleFakes] = {}

    def sampler(self, provider: str, args: Mapping[str, Any]) -> Sample:
        """The values of a provider; with several locales, each value's is drawn from those that have the provider.

        Integers are given up to 2^53 - 1, texts up to 64 Ki characters, lists up to 1,000 elements.
        *Raises* `FakeError` for an unknown locale, an unknown or refused provider, and arguments it can't be drawn
        with; the sampler too, where one value turns out to break a limit.
        """
        samplers = [locale.sampler(provider, args) for locale in self._speaking(provider)]
        if len(samplers) == 1:
            return samplers[0]
        n = len(samplers)
        return lambda stream: samplers[stream.below(n)](stream)

    def kind(self, provider: str, args: Mapping[str, Any]) -> TypeName:
        """The neutral type of a provider's values, as seen in a few of them. *Raises* `FakeError`."""
        found = (locale.kind(provider, args) for locale in self._speaking(provider))
        kinds = {kind for kind in found if kind is not None}
        if len(kinds) != 1:
            given = " and ".join(sorted(kinds)) or "nothing"
            raise FakeError(f"'{provider}' gives {given} in {', '.join(self._codes)}", "name another locale")
        return kinds.pop()

    def check_locales(self) -> None:
        """See that there is data for every locale. *Raises* `FakeError`."""
        for code in dict.fromkeys(self._codes):
            if not has_locale(code):
                known, language = locale_names(), code.partition("_")[0].lower()
                kin = [name for name in known if name.partition("_")[0] == language]
                hint = f"known for that language: {', '.join(kin)}" if kin else suggestion(code, known)
                raise FakeError(f"Faker has no locale '{code}'", hint)

    def _speaking(self, provider: str) -> list["LocaleFakes"]:
        """The locales that have a provider."""
        if provider in REFUSED:
            why, instead = REFUSED[provider]
            raise FakeError(f"'{provider}' {why}", instead)
        if not self._made:
            self.check_locales()
            self._made = {code: LocaleFakes(code, self._now) for code in self._codes}
        speaking = [locale for locale in self._made.values() if locale.has(provider)]
        if not speaking:
            names = {name for locale in self._made.values() for name in locale.names()}
            where = ", ".join(self._codes)
            raise FakeError(f"Faker has no provider '{provider}' in {where}", suggestion(provider, names))
        return speaking


class LocaleFakes:
    """Samplers of one locale."""

    def __init__(self, code: str, now: datetime) -> None:
        self._code = code
        self._now = now
        self._faker = LocaleFaker(code)
        self._own = OwnSamplers(self._faker)

    def has(self, provider: str) -> bool:
        """Whether a method of that name gives values here."""
        return not provider.startswith("_") and self._faker.find(provider) is not None

    def names(self) -> set[str]:
        """The providers that can be asked for."""
        return set(self._faker.names()) - REFUSED.keys()

    def sampler(self, provider: str, args: Mapping[str, Any]) -> Sample:
        """The values of a provider that `has` found. *Raises* `FakeError`."""
        draw = self._by_faker(provider, args)
        own = self._own.find(provider, args)
        if own is not None:
            return own
        self._try(provider, draw)

        def sample(stream: Stream) -> Json:
            try:
                return as_json(draw(stream.bits64()))
            except FakeError as error:
                raise error.of(provider) from error

        return sample

    def kind(self, provider: str, args: Mapping[str, Any]) -> TypeName | None:
        """The neutral type of the values, or nothing when all are empty. *Raises* `FakeError`."""
        draw = self._by_faker(provider, args)
        if self._own.find(provider, args) is not None:
            return "array" if provider in _ARRAYS else "string"
        return self._try(provider, draw)

    def _try(self, provider: str, draw: Callable[[int], object]) -> TypeName | None:
        """The neutral type of a few values, seen before any is promised. *Raises* `FakeError`."""
        values: list[object] = []
        try:
            while len(values) < _TRIALS and sum(len(str(value)) for value in values) < MAX_TEXT:
                values.append(draw(len(values)))
                as_json(values[-1])
            return common_kind(values)
        except FakeError as error:
            raise error.of(provider) from error

    def _by_faker(self, provider: str, args: Mapping[str, Any]) -> Callable[[int], object]:
        """Faker's own value for a seed."""
        method = self._faker.find(provider)
        if method is None:
            raise FakeError(f"Faker has no provider '{provider}' in {self._code}")
        given = read_arguments(provider, method, args)
        now, failed = self._now, self._failure

        def draw(seed: int) -> object:
            token = DRAW.set(Draw(Chance(seed), now))
            try:
                return method(**given)
            except Exception as error:  # Faker raises that very class too
                raise failed(args, error) from error
            finally:
                DRAW.reset(token)

        return draw

    def _failure(self, args: Mapping[str, Any], error: Exception) -> FakeError:
        given = ", ".join(f"{name}: {value!r}"[:80] for name, value in args.items())
        asked = f"with {given}" if given else f"in {self._code}"
        if isinstance(error, TooManyDrawsError):
            return FakeError(f"{asked} asks for too much", "ask for less")
        reason = str(error) or type(error).__name__
        return FakeError(f"{asked} can't be drawn: {reason}", "see Faker's page on this provider")
