"""The directives that `cache_control` takes, and what it says to those it does not."""

import pytest

from mockserver.errors import DefinitionError
from tests.client import serving


def definition(value: str, more: str = "") -> str:
    return f"{more}resources:\n  pets: {{count: 2, cache_control: {value}, fields: {{name: {{enum: [a]}}}}}}\n"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("'public, max-age=60'", "public, max-age=60"),
        ("no-store", "no-store"),
        ("'Max-Age=0,MUST-REVALIDATE'", "max-age=0, must-revalidate"),
        ("'private=\"set-cookie, x-a\"'", 'private="set-cookie, x-a"'),
        ("' max-age=60 ,  immutable '", "max-age=60, immutable"),
        ("'stale-while-revalidate=5, s-maxage=9999999999'", "stale-while-revalidate=5, s-maxage=9999999999"),
    ],
)
@pytest.mark.parametrize("more", ["", "api: {etag: 'off'}\n"])
def test_reads_say_it_and_nothing_else_does(written: str, sent: str, more: str) -> None:
    api = serving(definition(written, more))
    for path in ("/pets", "/pets/1"):
        read = api.get(path)
        assert read.headers["cache-control"] == sent
        if not more:
            assert api.get(path, f"If-None-Match: {read.headers['etag']}").headers["cache-control"] == sent
    for answer in (api.get("/pets/9"), api.get("/pets?limit=x"), api.post("/pets", 1), api.post("/pets", {})):
        assert answer.headers.get("cache-control") != sent


def test_without_it_reads_are_revalidated() -> None:
    assert serving("resources: {pets: {}}").get("/pets").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("maxage=60", "did you mean 'max-age'?"),
        ("max-age", "'max-age' wants whole seconds"),
        ("max-age=1.5", "'max-age' wants whole seconds"),
        ("max-age=-1", "'max-age' wants whole seconds"),
        ("max-age=1h", "'max-age' wants whole seconds"),
        ("'max-age=\"60\"'", "'max-age' wants whole seconds"),
        ("max-age=99999999999", "'max-age' wants whole seconds"),
        ("public=yes", "'public' takes no value"),
        ("'no-cache=x'", "'no-cache' takes header names"),
        ("'public, private'", "both public and private"),
        ("'max-age=1, max-age=2'", "stands here twice"),
        ("'public,, no-store'", "a list of Cache-Control directives"),
        ("'public max-age=60'", "a list of Cache-Control directives"),
        ("''", "a list of Cache-Control directives"),
        ("60", "a list of Cache-Control directives"),
        ("[public]", "a list of Cache-Control directives"),
        ('"public\\r\\nSet-Cookie: a=b"', "a list of Cache-Control directives"),
        ("'no-störe'", "a list of Cache-Control directives"),
    ],
)
def test_what_is_no_directive_is_refused_in_its_place(written: str, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        serving(definition(written))
    problem = refused.value.problems[0]
    assert said in f"{problem.problem} {problem.hint}"
    assert problem.path == "resources.pets.cache_control"
    assert problem.position.line == 2
