"""Forms are read byte for byte, and what is broken in one is said."""

from contextlib import suppress
from time import thread_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.errors import BadRequest
from mockserver.messages import Request
from mockserver.rest.multipart import MOST_PARTS, Part, read_parts
from tests.rest.form import BOUNDARY, escaped, file, form, text


def read(body: bytes, header: str = f"multipart/form-data; boundary={BOUNDARY}") -> list[Part]:
    return read_parts(Request("POST", "/", headers={"content-type": header}, body=body))


names = st.text(st.characters(exclude_characters="\\", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
kinds = st.sampled_from(["", "text/plain", "image/png"])
HEADER = "multipart/form-data; boundary=b"
drawn = st.lists(st.tuples(names, st.binary(max_size=200), st.none() | names, kinds), max_size=5)


@given(drawn)
def test_what_was_written_is_read(parts: list[tuple[str, bytes, str | None, str]]) -> None:
    assume(all(escaped(name) == name.replace('"', "%22") and "%" not in name for name, *_ in parts))
    assume(all("%" not in (filename or "") for _, _, filename, _ in parts))
    assume(BOUNDARY.encode() not in b"".join(content for _, content, _, _ in parts))
    assert [(one.name, one.content, one.filename, one.media) for one in read(form(parts))] == parts


@given(st.binary(max_size=300), st.sampled_from(["a", BOUNDARY, '"a b"']))
def test_any_bytes_are_parts_or_a_bad_request(body: bytes, boundary: str) -> None:
    with suppress(BadRequest):
        read(b"--a\r\n" + body, f"multipart/form-data; boundary={boundary}")


def test_line_ends_and_boundary_look_alikes_in_a_file_stay() -> None:
    content = b"\r\n--" + BOUNDARY[:-1].encode() + b"\r\n\r\n\x00\xff--\r\n"
    assert [one.content for one in read(form([file("a", content), text("b", "")]))] == [content, b""]


def test_names_are_utf8_and_quotes_may_be_escaped_either_way() -> None:
    line = 'Content-Disposition: form-data; name="%22a\\"b"; filename="ä €.png"'
    (part,) = read(f"--b\r\n{line}\r\n\r\nx\r\n--b--".encode(), HEADER)
    assert (part.name, part.filename) == ('"a"b', "ä €.png")


def test_an_extended_name_wins() -> None:
    line = b"Content-Disposition: form-data; name=a; filename=\"x.png\"; filename*=UTF-8''%e2%82%ac.png"
    (part,) = read(b"--b\r\n" + line + b"\r\n\r\n\r\n--b--", HEADER)
    assert (part.filename, part.content) == ("€.png", b"")


def test_what_stands_before_the_first_and_behind_the_last_boundary_is_passed_over() -> None:
    body = b"preamble\r\n" + form([text("a", "1")]).replace(b"--\r\n", b"-- \r\n") + b"epilogue"
    assert [one.name for one in read(body)] == ["a"]


@pytest.mark.parametrize(
    ("body", "header", "said"),
    [
        (b"", "multipart/form-data", "Content-Type names no boundary"),
        (b"", HEADER, "the boundary that Content-Type names is nowhere in it"),
        (b"--bx\r\n\r\n", HEADER, "a boundary is not alone in its line"),
        (b"--b\r\nContent", HEADER, "part 1 has no end: the closing boundary is missing"),
        (b"--b\r\nContent\r\n--b--", HEADER, "the head of part 1 has no end within 8192 bytes"),
        (b"--b\r\nabc\r\n\r\n\r\n--b--", HEADER, "has a line without a colon"),
        (b"--b\r\n\xff: a\r\n\r\n\r\n--b--", HEADER, "the head of part 1 is not UTF-8"),
        (b"--b\r\n\r\nx\r\n--b--", HEADER, "part 1 has no Content-Disposition"),
        (b"--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--", HEADER,
         "part 1 has no Content-Disposition: form-data"),
        (b"--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--",
         HEADER, "part 1 is coded as 'base64'"),
    ],
)  # fmt: skip
def test_a_broken_form_is_told_why(body: bytes, header: str, said: str) -> None:
    with pytest.raises(BadRequest) as raised:
        read(body, header)
    assert said in raised.value.detail


def test_there_is_an_end_to_parts() -> None:
    assert len(read(form([text("a", "")] * MOST_PARTS))) == MOST_PARTS
    with pytest.raises(BadRequest, match="more than 1000 parts"):
        read(form([text("a", "")] * (MOST_PARTS + 1)))


def test_a_large_file_is_read_at_once() -> None:
    content = b"\r\n--" * 2_000_000
    started = thread_time()
    assert read(form([file("a", content)]))[0].content == content
    assert thread_time() - started < 1
