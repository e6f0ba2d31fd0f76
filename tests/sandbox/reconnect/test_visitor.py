"""Who is told from whom, and what they are called."""

from dataclasses import replace

import pytest

from mockserver.sandbox.reconnect.visitor import Visitor, channel_kind

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
ADA = Visitor("", "127.0.0.1", CHROME, "http://localhost:5173", "ada")


@pytest.mark.parametrize("other", [{"host": "10.0.0.7"}, {"agent": "node"}, {"origin": "http://x"}, {"user": "bob"}])
def test_whoever_differs_in_one_thing_is_somebody_else(other: dict[str, str]) -> None:
    assert not ADA.may_be(replace(ADA, **other))


def test_who_is_refused_is_nobody_yet() -> None:
    assert ADA.may_be(replace(ADA, user=""))
    assert replace(ADA, user="").may_be(ADA)


def test_a_name_says_it_all_but_for_what_it_is_at() -> None:
    tab = Visitor("tab", "127.0.0.1", CHROME)
    assert tab.may_be(Visitor("tab", "10.0.0.7", "node", user="ada"))
    assert not tab.may_be(Visitor("tub", "127.0.0.1", CHROME))
    assert not tab.may_be(replace(tab, kind=channel_kind("chat")))


@pytest.mark.parametrize(
    ("visitor", "label"),
    [
        (ADA, "127.0.0.1 Chrome 126 ada"),
        (Visitor("tab", "127.0.0.1", CHROME), "tab"),
        (Visitor(host="::1", agent="node"), "::1 node"),
        (Visitor(host="::1", agent="my-client/1.0 (x)", kind=channel_kind("chat")), "::1 my-client channel:chat"),
        (Visitor(), "somebody"),
    ],
)
def test_people_can_tell_them_too(visitor: Visitor, label: str) -> None:
    assert visitor.label == label
