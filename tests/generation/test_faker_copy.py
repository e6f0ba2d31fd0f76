"""The private copy of Faker: it leaves no trace, sees no machine, and finds the providers Faker would find."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from importlib.util import find_spec
from inspect import isroutine
from pathlib import Path
from typing import Any

import pytest

from mockserver.generation.faker_clock import DRAW, MAX_DRAWS, STAND_INS, Chance, Day, Draw, Moment, TooManyDrawsError
from mockserver.generation.faker_copy import FakerCopy
from mockserver.generation.faker_locale import HOME_OF, HOMES, UNORDERED, LocaleFaker, has_locale, locale_names
from tests.generation.fake_checksums import LOCALES, checksum

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
SPEC = find_spec("faker")
FAKER = Path(str(SPEC and SPEC.origin)).parent
SOURCES = sorted(path for part in ("providers", "utils", "decode") for path in (FAKER / part).rglob("*.py"))

GOLDEN = {
    "en_US": "79317eb2c15e2820",
    "de_DE": "4c4046710d203c41",
    "ja_JP": "1603656215c0d223",
    "fr_FR": "15a982c7c82eae55",
    "it_IT": "3d5f0e70dd8c5772",
}
"""Values are a promise: another checksum here is a line in the changelog."""

PURE = (
    "bisect calendar collections colorsys csv dataclasses decimal enum functools hashlib io ipaddress itertools json"
    " math operator re string tarfile types typing unicodedata warnings zipfile zoneinfo"
)
HARMLESS = frozenset({"importlib", "pathlib", "pkgutil"})  # `utils.loading`, which the copy never runs
GUARDED = {
    "os": "`urandom` in `binary`, which is refused",
    "sys": "`float_info`, the same for every double",
    "uuid": "the class alone, given seeded integers",
}


def test_no_provider_can_reach_time_or_chance_but_through_the_stand_ins() -> None:
    """A new version of Faker that imports another module has to be looked at."""
    imported = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module).partition(".")[0])
    assert imported - set(PURE.split()) - HARMLESS - {"faker", "PIL", "xmltodict"} == {*STAND_INS, *GUARDED}


def test_no_list_of_faker_is_in_the_order_of_a_hash_but_those_put_in_order() -> None:
    """A new version of Faker that makes a set has to be looked at."""
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        ordered = {id(inner) for node in ast.walk(tree) if _calls(node, "sorted") for inner in ast.walk(node)}
        sets = [node for node in ast.walk(tree) if isinstance(node, ast.SetComp) or _calls(node, "set", "frozenset")]
        if any(id(node) not in ordered for node in sets):
            found.add(path.relative_to(FAKER).as_posix())
    harmless = {"utils/loading.py", "providers/misc/__init__.py"}  # never run; a set of integers in `password`
    refused = {"providers/python/__init__.py"}  # `pyset`
    unordered = {f"providers/{group}/{locale}/__init__.py" for group, locale in UNORDERED}
    assert found == harmless | refused | unordered


def _calls(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def test_checksums() -> None:
    assert {locale: checksum(locale) for locale in LOCALES} == GOLDEN


@pytest.mark.parametrize(
    "machine",
    [
        {"PYTHONHASHSEED": "0", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"},
    ],
)
@pytest.mark.parametrize("clock", ["right", "moved"])
def test_another_machine_gives_the_same_values_and_faker_is_never_imported(machine: dict[str, str], clock: str) -> None:
    script = Path(__file__).with_name("fake_checksums.py")
    root = Path(__file__).parents[2]
    environment = {**os.environ, **machine, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, script, clock], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [GOLDEN, []]


def test_a_name_runs_no_other_group_than_its_own() -> None:
    copy = FakerCopy()
    copy.load("faker.providers.person.en_US")
    assert [name for name in copy.loaded() if re.fullmatch(r"faker\.providers\.\w+", name)] == [
        "faker.providers.person"
    ]


def test_a_module_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"faker\.providers\.nothing"):
        FakerCopy().load("faker.providers.nothing")


@pytest.mark.parametrize("locale", [*LOCALES, "es_CL", "de_CH", "pt_BR", "la"])
def test_names_mean_what_they_mean_in_faker(locale: str) -> None:
    import faker  # noqa: PLC0415  only here, to compare with

    theirs, ours = vars(faker.Factory.create(locale, use_weighting=False)), LocaleFaker(locale)
    modules = {name: method_module(value) for name, value in theirs.items() if isroutine(value) and name[0] != "_"}
    assert modules == {name: method_module(getattr(ours, name)) for name in ours.names()}


def method_module(method: Callable[..., Any]) -> str:
    return str(getattr(method, "__func__", method).__module__)


@pytest.mark.parametrize("group", sorted(HOMES))
def test_homes_are_right_in_every_locale(group: str) -> None:
    later = [
        name for name in sorted(path.name for path in (FAKER / "providers").iterdir() if path.is_dir()) if name > group
    ]
    defined = {
        name
        for other in later
        for path in (FAKER / "providers" / other).rglob("*.py")
        for name in re.findall(r"^    def (\w+)\(", path.read_text("utf-8"), re.M)
    }
    assert not defined & set(HOMES[group].split())
    assert {home for name, home in HOME_OF.items() if name in HOMES[group].split()} == {group}


def test_every_locale_of_faker_is_known() -> None:
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415  only here, to compare with

    assert set(locale_names()) == set(AVAILABLE_LOCALES)
    assert all(map(has_locale, locale_names()))
    assert not has_locale("xx_XX")


@pytest.fixture
def drawing() -> None:
    DRAW.set(Draw(Chance(1), NOW))


@pytest.mark.usefixtures("drawing")
def test_the_clock_of_a_draw_shows_utc_without_a_zone() -> None:
    east = timezone(timedelta(hours=2))
    assert Moment.now() == Moment.today() == Moment.utcnow() == NOW.replace(tzinfo=None)
    assert Moment.now(east) == NOW
    assert Moment.now().astimezone(east) == NOW
    assert Moment.now().timestamp() == NOW.timestamp()
    assert Moment.fromtimestamp(NOW.timestamp()) == Moment.utcfromtimestamp(NOW.timestamp()) == Moment.now()
    assert Moment.fromtimestamp(NOW.timestamp(), east) == NOW
    assert Day.today() == Moment.now().date() == date(2026, 1, 15)
    assert type(Moment.now().date() - timedelta(days=1)) is Day


def test_dates_from_outside_are_dates_of_the_copy() -> None:
    assert isinstance(NOW, Moment)
    assert isinstance(NOW, Day)
    assert not isinstance(date(2026, 1, 1), Moment)


def test_days_and_months_have_english_names() -> None:
    assert Moment(2026, 3, 1, 13).strftime("%A %a %B %b %p %% %d %%A") == "Sunday Sun March Mar PM % 01 %A"
    assert f"{Day(2026, 5, 4):%d %b %Y}" == "04 May 2026"


def test_one_value_takes_only_so_many_random_numbers() -> None:
    chance = Chance(3)
    assert len(chance.choices("ab", k=MAX_DRAWS)) == MAX_DRAWS
    with pytest.raises(TooManyDrawsError):
        chance.choice("ab")
    with pytest.raises(TooManyDrawsError):
        chance.random()
