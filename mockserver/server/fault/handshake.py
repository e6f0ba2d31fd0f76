"""The handshake of a WebSocket under faults: like any request's answer, except that it may be a yes."""

from collections.abc import Callable

from mockserver.faults.course import Course
from mockserver.messages import Reply, Request
from mockserver.server.fault.delivery import Delivery
from mockserver.server.fault.interference import Interference
from mockserver.server.service import Instance


def shake(
    interference: Interference,
    instance: Instance,
    request: Request,
    sock: object,
    welcome: Callable[[Request], Reply],
) -> Delivery:
    """What comes of a handshake. `welcome` says yes with a reply that is live, or no; it is asked last of all.

    What the request asks for is in force for its connection, whatever of it came about here. *Raises* `BadRequest`
    where it asks in words that can't be read.
    """
    asked = interference.preferences(instance, request)
    found = None
    if asked is not None or not instance.faults.is_quiet:
        found = instance.faults.decide(instance.occasion(request, "handshake", "ws"), asked)
    course = found or Course("handshake")
    course.commits = False
    if asked is not None:
        course.add_header("Preference-Applied", asked.applied)
    return interference.carry_out(course, instance, request, sock, answer=welcome, whole=lambda reply: reply)
