"""What is shipped."""

import re

import pytest

from mockserver.definitions.name import is_name
from mockserver.faults.preset import Preset, preset_faults, presets

PROMISED = [
    "slow", "very-slow", "degraded", "flaky", "offline", "maintenance", "timeout", "rate-limited", "expired-session",
    "forbidden", "conflict", "broken-json", "half-body", "mobile-3g", "captive-portal", "lost-ack", "brownout",
    "ws-refuse", "ws-drop", "ws-restart", "ws-half-open", "ws-lossy", "ws-flap", "sse-buffered", "deploy",
]  # fmt: skip


def test_all_that_are_promised_are_there_in_that_order() -> None:
    assert list(presets) == PROMISED
    assert list(preset_faults()) == PROMISED


@pytest.fixture(params=presets.values(), ids=tuple(presets))
def preset(request: pytest.FixtureRequest) -> Preset:
    found: Preset = request.param
    return found


def test_one_line_says_what_a_front_end_sees(preset: Preset) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{20,110}\.", preset.describe)
    assert is_name(preset.name)


def test_its_rules_act_somewhere(preset: Preset) -> None:
    fault = preset_faults()[preset.name]
    assert (fault.preset, fault.describe, fault.settings) == (preset.name, preset.describe, {"preset": preset.name})
    assert len(fault.rules) == len(preset.rules)
    assert all(rule.acts for rule in fault.rules)
    assert not any(rule.commits for rule in fault.rules) or preset.name == "lost-ack"


def test_it_is_for_what_its_name_says(preset: Preset) -> None:
    transports = {transport for rule in preset_faults()[preset.name].rules for _, transport in rule.acts}
    assert (transports == {"ws"}) == preset.name.startswith("ws-")


def test_they_are_made_once() -> None:
    assert preset_faults() is preset_faults()
