"""`cookie`: a session's token in a cookie that pages can't read.

*Source* RFC 6265; draft-broyer-http-cookie-auth-00 for the challenge.
"""

from collections.abc import Sequence

from mockserver.messages import Request
from mockserver.rest.auth.scheme import Credentials, Headers, Options, Scheme, Token, quoted, schemes, text_of

_GONE = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"


@schemes.register("cookie")
def make(options: Options) -> Scheme:
    """The scheme of a definition."""

    def read(request: Request) -> Sequence[Credentials]:
        pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
        # One that was cleared is as none.
        return tuple(Token(value.strip('"')) for name, _, value in pairs if name == options.cookie and value)

    def challenge(flaw: str) -> str:
        form = f", form-action={quoted(options.login)}" if options.login else ""
        said = f", error={quoted(flaw)}" if flaw else ""
        return f"Cookie realm={quoted(options.realm)}, cookie-name={quoted(options.cookie)}{form}{said}"

    def hand(token: str, lives_s: int, base: str) -> Headers:
        life = f"Max-Age={lives_s}{'' if lives_s else _GONE}"
        return (("Set-Cookie", f"{options.cookie}={token}; Path={base}/; {life}; HttpOnly; SameSite=Lax"),)

    def show(credentials: Credentials) -> str:
        return f"Cookie: {options.cookie}={text_of(credentials)}"

    described = {"type": "apiKey", "in": "cookie", "name": options.cookie}
    return Scheme(
        "token", read, challenge, show, hand, headers=("Cookie",), takes=("cookie",), kind="Cookie", described=described
    )
