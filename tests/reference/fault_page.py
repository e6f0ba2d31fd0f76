"""The page about faults, made of the code: what each kind says of itself and takes, where it acts, what is shipped."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import yaml

from mockserver.faults.kind import Kind, kinds
from mockserver.faults.load import make_rules
from mockserver.faults.occasion import Scope, Transport
from mockserver.faults.preset import Preset, presets
from mockserver.faults.section import keys_of

HEAD: Final = """\
# Faults

<!-- Written by ./scripts/test tests/reference --update-golden: change the code, not this page. -->

A fault is a failure with a name that is switched on and off. It has a rule: what it is for, when it acts, how long it
lives, and what happens then. The same seed fails the same requests in every run.
What clients see of each, and what to do about it, is in [failures.md](failures.md), with pictures in
[what-the-browser-shows.md](what-the-browser-shows.md).

```yaml
# zoo.yaml
mock: 1
resources:
  animals: {count: 20, fields: {name: first_name, species: {enum: [lion, zebra, penguin]}}}
faults:
  outage:       {match: ANY *, status: 503, retry_after: 2, enabled: false}
  flaky-writes: {match: [POST *, PUT *, PATCH *, DELETE *], probability: 0.3, status: 503}
  third-fails:  {match: GET /animals, every: 3, reset: body}
  lost-ack:     {match: POST *, commit: true, hang: 30s}
  ws-drop:      {match: WS *, after: [3s, 8s], drop: true}
  train:        {preset: mobile-3g, enabled: false}
```

## What it is for

All that is said must hold; where nothing is said, anything will do.

| key | meaning |
|---|---|
| `match` | a route, or a list: `GET /animals/:id`, `ANY *` for every request, `WS *` for every socket; without prefix |
| `resource` | the resource that a request leads to, or several |
| `header`, `query` | texts by name; `true` where any text will do |
| `user` | who asks, by name |
| `event` | for messages: the topic, the method, `animals.created`, or what they have as `event` or `type` |
| `direction` | for messages: `out` to the client, `in` from it |

A rule with `event`, `direction` or a fault of messages acts on each message of a socket or an event stream. One with
`close`, `drop`, `stall`, `bad_frame` or `reset: true` acts on connections that are open, those that were open before
it was switched on among them. Any other acts on requests, and on the handshakes of sockets.

Messages are what is said on a connection: events, commands and their replies, and what channels say. Words of the
system such as `/sys/ping` are meant only where `event` spells them out, and pings of the protocol never. An end with
`event` or `direction` comes in place of the message; an orderly one lets out before it what was kept back. What
waits for a client that reads slowly is decided on in its turn, so that the n-th message is the n-th for the client too.

## When it acts

All that is said must agree. The matches of a rule are counted from 1, in each sandbox by itself.

| key | meaning |
|---|---|
| `skip` | the first so many pass |
| `every` | of those after, each third, say |
| `pattern` | of those after, by turns: `FFS` fails two and lets one pass |
| `probability` | a share, drawn for each match |
| `times` | so often at most |
| `after` | so long after it was switched on; for a connection, so long after both it stood and the fault was on |
| `for`, `repeat` | for so long, and again each so often |
| `ramp` | `probability` grows from nothing to what it is |

What is drawn for a match is a hash of the definition's seed, the fault's name and the number of the match: the n-th
fails in every run and in every sandbox, whatever clients and clocks do. Each rule of a preset counts and draws by
itself, the first under the fault's name, the others under `NAME#1`, `NAME#2` and so on.

## How long it lives

`enabled: false` waits to be switched on. What is set at run time ends after it has been on for `ttl` (15m, at most
24h), and is kept nowhere, at most 100 of 64 KiB each; what a definition says goes on, and is again as it is written.
Edited while it is served, a fault stays on or off as it was switched, unless what it says about that has changed.
Ending releases at once what the fault holds. Where several faults would decide the end of an exchange, the one with the
smaller `priority` (100) does, then the one that was set last, and so with a header that several set; all others
compose: latencies add up, the slower pace wins, changes follow one another.

`commit: true` lets the API carry a request out before the fault acts. Without it nothing is written when the fault
answers in its place. `preset` takes one that is shipped; only `enabled`, `ttl`, `priority`, `describe`, a sentence for
people, and `times`, for each of its rules, stand beside it.

## Four ways to the same switch

| way | how |
|---|---|
| the definition | `faults:`, and `mockserver serve --fault NAME --delay 300ms` |
| the command | `mockserver fault list`, `mockserver fault on NAME`, `mockserver fault off NAME` |
| the control plane | `/api/faults/{name}` by GET, PUT, PATCH, DELETE, and `POST /api/faults/off` for all |
| one request | `Prefer: code=503, delay=2s, fault=NAME`, or `__code`, `__delay`, `__fault` in the query |

An answer that a fault has touched says so in `X-Mock-Fault`; pages may read it as any other, unless `cors: false`. The
journal has the number of the match and what was drawn, and the place of the `rule` (from 0) where it is not the first.
`--no-faults` bars everything.
"""
TITLES: Final[tuple[tuple[str, str, Callable[[type[Kind]], bool]], ...]] = (
    ("What decides the end", "One of these at most.", lambda kind: kind.is_terminal),
    ("What changes an answer", "Any of these.", lambda kind: not kind.is_terminal and kind.scopes != {"frame"}),
    ("What happens to messages", "Any of these.", lambda kind: kind.scopes == {"frame"}),
)
SAID: Final[Mapping[tuple[Scope, Transport], str]] = {
    ("request", "http"): "requests",
    ("handshake", "ws"): "handshakes of sockets",
    ("connection", "ws"): "open sockets",
    ("connection", "sse"): "open event streams",
    ("frame", "ws"): "messages of sockets",
    ("frame", "sse"): "messages of event streams",
}
_SHORTENED: Final = 60


def write_page() -> str:
    """The page, as Markdown."""
    return "\n".join([HEAD, *_kinds(), *_presets()])


def _kinds() -> Iterator[str]:
    for title, note, takes in TITLES:
        yield f"## {title}\n"
        yield f"{note}\n"
        for name, kind in kinds.items():
            if takes(kind):
                yield from _kind(name, kind)


def _kind(name: str, kind: type[Kind]) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield f"{inspect.getdoc(kind)}\n"
    yield f"For {', '.join(_places(kind))}.\n"
    yield "| key | value | unless said |\n|---|---|---|"
    for key, one in zip(keys_of(kind), kind.model_fields.values(), strict=True):
        usual = "" if one.is_required() or one.default is None else f"`{_written(one.default)}`"
        yield f"| `{key}` | {one.description} | {usual} |"
    yield ""
    for example in kind.examples:
        yield f"- `{example}`"
    yield ""


def _places(kind: type[Kind]) -> list[str]:
    """Where those of its examples could act, in words."""
    rules = [rule for example in kind.examples for rule in make_rules("example", [yaml.safe_load(example)])]
    declared = [one for rule in rules for acting in rule.acts.values() for one in acting if isinstance(one, kind)]
    return [
        said for (scope, transport), said in SAID.items() if any(scope in one.scopes_on(transport) for one in declared)
    ]


def _presets() -> Iterator[str]:
    yield "## Presets\n"
    yield "Switched on by name like any other fault. One's own may have the name of one, and is meant then.\n"
    yield "| name | what a front end sees |\n|---|---|"
    yield from (f"| `{preset.name}` | {preset.describe} |" for preset in presets.values())
    yield "\nWhat they are made of:\n"
    for preset in presets.values():
        yield f"- `{preset.name}`: {_rules(preset)}"
    yield ""


def _rules(preset: Preset) -> str:
    return ", ".join(f"`{_written(_short(rule))}`" for rule in preset.rules)


def _short(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: "…" if isinstance(value, str) and len(value) > _SHORTENED else value for key, value in rule.items()}


def _written(value: Any) -> str:
    """A value in one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1_000_000, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")
