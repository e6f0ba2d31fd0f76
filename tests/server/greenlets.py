"""Which greenlets of this process go on: those of other tests may be among them."""

import gc

import gevent


def going_on() -> set[gevent.Greenlet]:
    """All that are not dead."""
    return {one for one in gc.get_objects() if isinstance(one, gevent.Greenlet) and not one.dead}
