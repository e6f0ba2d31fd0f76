"""`header`: a token in a header of its own, `X-API-Key` unless the definition names another."""

from collections.abc import Sequence

from mockserver.messages import Request
from mockserver.rest.auth.scheme import Credentials, Options, Scheme, Token, quoted, schemes, text_of


@schemes.register("header")
def make(options: Options) -> Scheme:
    """The scheme of a definition."""

    def read(request: Request) -> Sequence[Credentials]:
        value = request.headers.get(options.header.lower())
        return () if value is None else (Token(value.strip()),)

    def challenge(flaw: str) -> str:
        said = f", error={quoted(flaw)}" if flaw else ""
        return f"ApiKey realm={quoted(options.realm)}, header={quoted(options.header)}{said}"

    def show(credentials: Credentials) -> str:
        return f"{options.header}: {text_of(credentials)}"

    described = {"type": "apiKey", "in": "header", "name": options.header}
    return Scheme(
        "token", read, challenge, show,
        headers=(options.header,), takes=("header",), kind="ApiKey", described=described,
    )  # fmt: skip
