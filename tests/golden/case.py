"""The requests whose answers are kept, one of each outcome; paths stand below the convention's prefix."""

from dataclasses import dataclass
from typing import Final

JSON: Final = "Content-Type: application/json"


@dataclass(frozen=True)
class Case:
    """One request, after those in `before`; `mode` says which of the APIs it is sent to."""

    name: str
    method: str
    path: str
    headers: tuple[str, ...] = ()
    body: bytes = b""
    before: tuple["Case", ...] = ()
    mode: str = "strong"


_ORDER: Final = b'{"customer_id": 2, "total": 3}'
_GRACE: Final = b'{"name": "Grace H.", "email": "grace@example.org"}'
_ONCE: Final = (JSON, "Idempotency-Key: 4c9f")
_ORDERED: Final = Case("", "POST", "/orders", _ONCE, _ORDER)
_DELETE_COUPON: Final = Case("", "DELETE", "/coupons/1")

USERS: Final = """
auth:
  users:
    ada: {token: ada-token, password: lovelace, roles: [boss]}
    bob: {token: bob-token, password: builder, claims: {customer: 2}}
  rules:
    - {route: DELETE /orders/*, roles: [boss]}
    - {route: [ANY /orders, ANY /orders/*], where: customer_id == user.customer}
  login: {route: POST /login, logout: POST /logout, me: GET /me, refresh: POST /refresh, fields: {user: username}}
"""
"""What closes the definition."""
_BOB: Final = ("Authorization: Bearer bob-token", "Token-Code: bob-token", "Token-User: bob")
_LOST: Final = ("Authorization: Bearer lost", "Token-Code: lost", "Token-User: bob")

CASES: Final = (
    Case("read", "GET", "/customers/3"),
    Case("read-embedded", "GET", "/orders/1?embed=customer&fields=id,customer.name"),
    Case("head", "HEAD", "/customers/1"),
    Case("options-collection", "OPTIONS", "/customers"),
    Case("options-document", "OPTIONS", "/customers/1"),
    Case("list", "GET", "/orders"),
    Case("list-whole", "GET", "/customers?limit=4"),
    Case("list-first-page", "GET", "/orders?page_number=1&page_size=2"),
    Case("list-middle-page", "GET", "/orders?page_number=2&page_size=2"),
    Case("list-last-page", "GET", "/orders?page_number=3&page_size=2"),
    Case("list-past-the-end", "GET", "/orders?offset=40&limit=2"),
    Case("list-filtered", "GET", "/orders?state=open&sort=-total&limit=2"),
    Case("list-below-parent", "GET", "/customers/2/orders?sort=-id&limit=2"),
    Case("list-empty", "GET", "/logs"),
    Case("list-by-cursor", "GET", "/orders?cursor=&limit=2"),
    Case("created", "POST", "/orders", (JSON,), _ORDER),
    Case("created-below-parent", "POST", "/customers/3/orders", (JSON,), b"{}"),
    Case("replaced", "PUT", "/customers/2", (JSON,), _GRACE),
    Case("replaced-with-defaults", "PUT", "/orders/2", (JSON,), b'{"customer_id": 1}'),
    Case("patched", "PATCH", "/orders/1", ("Content-Type: application/merge-patch+json",), b'{"notes": null}'),
    Case("deleted", "DELETE", "/orders/1"),
    Case("upserted", "PUT", "/settings/dark", (JSON,), b'{"value": "on"}'),
    Case("restored", "POST", "/notes/1/restore", before=(Case("", "DELETE", "/notes/1"),)),
    Case("read-singleton", "GET", "/profile"),
    Case("bulk-created", "POST", "/customers", (JSON,), b'[{"name": "Ida"}, {"name": "Ole"}]'),
    Case("bulk-updated", "PATCH", "/orders?state=open", (JSON,), b'{"gift": true}'),
    Case("bulk-deleted", "DELETE", "/orders?id=1&id=2"),
    Case("bulk-invalid", "POST", "/customers", (JSON,), b'[{"name": "Ida"}, {"name": "x"}, 7]'),
    Case("bulk-without-filter", "DELETE", "/orders"),
    Case("repeated", "POST", "/orders", _ONCE, _ORDER, before=(_ORDERED,)),
    Case("repeated-differently", "POST", "/orders", _ONCE, b'{"customer_id": 1}', before=(_ORDERED,)),
    Case("not-modified", "GET", "/customers/1", ("If-None-Match: *",)),
    Case("bad-parameter", "GET", "/orders?limit=5&offset=-1&total[gte]=much"),
    Case("unknown-parameter", "GET", "/orders?stat=open"),
    Case("bad-json", "POST", "/orders", (JSON,), b'{\n  "customer_id": 2,\n}'),
    Case("no-body", "POST", "/orders", (JSON,)),
    Case("no-object", "POST", "/orders", (JSON,), b"7"),
    Case("unknown-document", "GET", "/orders/99"),
    Case("unknown-parent", "GET", "/customers/99/orders"),
    Case("unknown-path", "GET", "/order_lines"),
    Case("method-not-allowed", "PUT", "/orders", (JSON,), b"{}"),
    Case("method-not-open", "POST", "/logs", (JSON,), b"{}"),
    Case("not-acceptable", "GET", "/orders/1", ("Accept: application/xml, text/*;q=0.5",)),
    Case("unsupported-media-type", "POST", "/orders", ("Content-Type: application/xml",), b"<order/>"),
    Case("unsupported-patch", "PATCH", "/orders/1", ("Content-Type: application/json-patch+json",), b"[]"),
    Case("conflict-unique", "PATCH", "/customers/1", (JSON,), b'{"email": "grace@example.org"}'),
    Case("conflict-id", "POST", "/customers", (JSON,), b'{"id": 1, "name": "Another"}'),
    Case("conflict-restrict", "DELETE", "/customers/1"),
    Case("precondition-failed", "PUT", "/customers/2", (JSON, 'If-Match: "stale"'), _GRACE),
    Case("precondition-malformed", "PUT", "/customers/2", (JSON, "If-Match: stale"), _GRACE),
    Case("precondition-required", "PUT", "/customers/2", (JSON,), _GRACE, mode="required"),
    Case("precondition-met", "DELETE", "/orders/1", ("If-Match: *",), mode="required"),
    Case(
        "invalid", "POST", "/orders", (JSON,),
        b'{"customer_id": "2", "state": "lost", "total": -1, "gift": 1, "notes": [1, "ok"], "paid": true}',
    ),
    Case("invalid-reference", "PATCH", "/orders/1", (JSON,), b'{"customer_id": 99}'),
    Case("invalid-missing", "PUT", "/customers/1", (JSON,), b"{}"),
    Case("gone", "GET", "/coupons/1", before=(_DELETE_COUPON,)),
    Case("payload-too-large", "POST", "/orders", (JSON, "Content-Length: 1048577")),
    Case("uri-too-long", "GET", "/orders?q=" + "a" * 8192),
    Case("misdirected", "GET", "/orders", ("Host: evil.example",)),
    Case("not-logged-in", "GET", "/orders/1", mode="closed"),
    Case("wrong-token", "GET", "/orders/1", _LOST, mode="closed"),
    Case("forbidden-role", "DELETE", "/orders/3", _BOB, mode="closed"),
    Case("forbidden-row", "PATCH", "/orders/3", (*_BOB, JSON), b'{"customer_id": 1}', mode="closed"),
    Case("hidden-document", "GET", "/orders/1", _BOB, mode="closed"),
    Case("hidden-documents", "GET", "/orders", _BOB, mode="closed"),
    Case("login", "POST", "/login", (JSON,), b'{"username": "ada", "password": "lovelace"}', mode="closed"),
    Case("login-failed", "POST", "/login", (JSON,), b'{"username": "ada", "password": "love"}', mode="closed"),
    Case("login-invalid", "POST", "/login", (JSON,), b'{"username": 7}', mode="closed"),
    Case("logout", "POST", "/logout", _BOB, mode="closed"),
    Case("who-am-i", "GET", "/me", _BOB, mode="closed"),
    Case("refresh-failed", "POST", "/refresh", (JSON,), b'{"refresh_token": "x", "refreshToken": "x"}', mode="closed"),
)  # fmt: skip
