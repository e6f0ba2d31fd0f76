"""`bearer`: `Authorization: Bearer …` with a token that says nothing itself. *Source* RFC 6750."""

from mockserver.rest.auth.scheme import Options, Scheme, bearer_challenge, read_bearer, schemes, show_bearer


@schemes.register("bearer")
def make(options: Options) -> Scheme:
    """The scheme of a definition."""
    described = {"type": "http", "scheme": "bearer"}
    return Scheme("token", read_bearer, bearer_challenge(options.realm), show_bearer, described=described)
