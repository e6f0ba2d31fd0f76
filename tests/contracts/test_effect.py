"""What every effect of a channel's rule is held to."""

import pytest

from mockserver.realtime.channel.effect import EffectSection, effects
from mockserver.realtime.channel.section import KINDS, RuleSection
from tests.document import ROOT

PAGE = (ROOT / "docs/channels.md").read_text(encoding="utf-8")


@pytest.fixture(params=[kind for _, kind in effects.items()], ids=lambda kind: kind.keys[0])
def kind(request: pytest.FixtureRequest) -> type[EffectSection]:
    found: type[EffectSection] = request.param
    return found


def test_it_is_known_by_its_first_key_and_says_what_it_does(kind: type[EffectSection]) -> None:
    assert effects.get(kind.keys[0]) is kind
    assert kind.__doc__
    assert set(kind.keys) <= kind.model_fields.keys() <= RuleSection.model_fields.keys()
    assert all(f"`{name}`" in PAGE or f"`{name}: " in PAGE for name in kind.model_fields)


def test_its_keys_are_nobody_else_s(kind: type[EffectSection]) -> None:
    others = {name for other in KINDS if other is not kind for name in other.model_fields}
    assert others.isdisjoint(kind.model_fields)


def test_what_ends_a_connection_comes_last(kind: type[EffectSection]) -> None:
    ends = [one.place for one in KINDS if one.is_last]
    assert (kind.place >= min(ends)) == kind.is_last
