"""Our own words, sentences, paragraphs and texts over a locale's word list, in the shapes Faker gives them.

A text never outgrows its limit, and asking for one that no word fits in still ends.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.generation.fake_error import FakeError
from mockserver.generation.own_format import choose
from mockserver.generation.seeding import Stream
from mockserver.messages import Json
from mockserver.value import dataclass

_SIZES = {"words": "nb", "sentence": "nb_words", "sentences": "nb", "paragraph": "nb_sentences", "paragraphs": "nb"}
_VARIABLE = {"sentence": "variable_nb_words", "paragraph": "variable_nb_sentences"}
_USUAL = {"words": 3, "sentence": 6, "sentences": 3, "paragraph": 3, "paragraphs": 3, "text": 200}


@dataclass(frozen=True, slots=True)
class Lorem:
    """The words of a locale and how it joins them."""

    words: Sequence[str]
    connector: str
    stop: str

    def sampler(self, name: str, args: Mapping[str, Any]) -> Callable[[Stream], Json] | None:
        """The sampler of a provider of Faker's `lorem`, or nothing when its arguments are not for us.

        *Raises* `FakeError` for arguments of the wrong type.
        """
        size, variable, words = _SIZES.get(name, "max_nb_chars"), _VARIABLE.get(name, ""), "ext_word_list"
        known = {words} if name == "word" else {size, variable, words}
        if not known >= args.keys():
            return None
        lorem = self if args.get(words) is None else Lorem(_own_words(name, args[words]), self.connector, self.stop)
        if name == "word":
            return choose(lorem.words)
        return lorem._sized(name, _count(name, size, args), varied=args.get(variable, True) is not False)

    def _sized(self, name: str, count: int, *, varied: bool) -> Callable[[Stream], Json]:
        sentence, paragraph = self.sentence(6), self.paragraph(3)
        if name == "words":
            return lambda stream: list(self.draw_words(stream, count))
        if name == "sentence":
            return self.sentence(count, varied=varied)
        if name == "paragraph":
            return self.paragraph(count, varied=varied)
        if name == "text":
            return self.text(count)
        single = sentence if name == "sentences" else paragraph
        return lambda stream: [single(stream) for _ in range(count)]

    def draw_words(self, stream: Stream, count: int) -> list[str]:
        """So many words, each as likely as any other."""
        words, n, below = self.words, len(self.words), stream.below
        return [words[below(n)] for _ in range(count)]

    def sentence(self, count: int, *, varied: bool = True) -> Callable[[Stream], str]:
        """A sentence of so many words, or of 60 to 140 % of them; a title is made of the first."""
        titles = [word.title() for word in self.words]
        words, n, connector, stop = self.words, len(self.words), self.connector, self.stop

        def sample(stream: Stream) -> str:
            below = stream.below
            wanted = max(1, count * (60 + below(81)) // 100) if varied else count
            drawn = [titles[below(n)]]
            drawn += [words[below(n)] for _ in range(wanted - 1)]
            return connector.join(drawn) + stop

        return sample if count > 0 else lambda _stream: ""

    def paragraph(self, count: int, *, varied: bool = True) -> Callable[[Stream], str]:
        """A paragraph of so many sentences, or of 60 to 140 % of them."""
        sentence, connector = self.sentence(6), self.connector

        def sample(stream: Stream) -> str:
            wanted = max(1, count * (60 + stream.below(81)) // 100) if varied else count
            return connector.join([sentence(stream) for _ in range(wanted)])

        return sample if count > 0 else lambda _stream: ""

    def text(self, limit: int) -> Callable[[Stream], str]:
        """A text of at most so many characters: paragraphs from 100 on, sentences from 25 on, else words.

        Where not even one of them fits, smaller units are tried, and at last the beginning of a word.
        """
        paragraph, sentence, word = self.paragraph(3), self.sentence(6), choose(self.words)
        units = [("\n", paragraph, "")] * (limit >= 100) + [(self.connector, sentence, "")] * (limit >= 25)
        units.append((self.connector, word, self.stop))

        def sample(stream: Stream) -> str:
            for between, unit, end in units:
                text = _fit(stream, between, unit, limit - len(end))
                if text:
                    return text[0].upper() + text[1:] + end
            return word(stream)[: limit - len(self.stop)].capitalize() + self.stop

        return sample


def _fit(stream: Stream, between: str, unit: Callable[[Stream], str], limit: int) -> str:
    """As many units as fit into the limit, until the first that does not."""
    text = unit(stream)
    if len(text) > limit:
        return ""
    while True:
        longer = text + between + unit(stream)
        if len(longer) > limit:
            return text
        text = longer


def _count(name: str, size: str, args: Mapping[str, Any]) -> int:
    count = args.get(size, _USUAL[name])
    if not isinstance(count, int) or isinstance(count, bool):
        raise FakeError(f"'{name}' with {size}: {count!r} is no integer", f"give a number, e.g. {size}: {_USUAL[name]}")
    if name == "text" and count < 5:
        raise FakeError(f"'text' with max_nb_chars: {count} is too short a text", "ask for at least 5 characters")
    return count


def _own_words(name: str, words: Any) -> list[str]:
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        raise FakeError(
            f"'{name}' with ext_word_list: this is no list of words", "give a list, e.g. [red, green, blue]"
        )
    return words
