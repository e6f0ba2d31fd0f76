"""Value classes: `dataclass` as the standard library has it, at no cost until the first value is made.

The library compiles six methods for each class as it is declared, which was half of what it took to import all of ours.
Here each is compiled when it is first called; what is only shown or refused is shared by all classes.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - for those who read types it is that one
else:
    from dataclasses import MISSING, FrozenInstanceError, fields
    from dataclasses import dataclass as declared
    from reprlib import recursive_repr

    def dataclass(*, slots, frozen=False, eq=True, weakref_slot=False):
        """A decorator as `dataclasses.dataclass`, for what classes here are declared with."""
        declare = declared(init=False, repr=False, eq=False, slots=slots, weakref_slot=weakref_slot)

        def decorate(cls):
            made = declare(cls)
            # A class that only compares has no hash, as Python itself sees to.
            own = {name for name, value in vars(cls).items() if value is not None}
            methods = {"__repr__": _show, "__init__": _late(made, "__init__", _init_of, is_frozen=frozen)}
            if eq:
                methods["__eq__"] = _late(made, "__eq__", _eq_of)
                methods["__hash__"] = _late(made, "__hash__", _hash_of) if frozen else None
            if frozen:
                methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
                methods |= {"__getstate__": _get_state, "__setstate__": _set_state}
            for name in methods.keys() - own:
                setattr(made, name, methods[name])
            return made

        return decorate

    def _late(cls, name, source_of, **how):
        """A method that has itself compiled, takes its own place, and goes on there."""

        def method(self, *args, **named):
            source, known = source_of(cls, **how)
            exec(source, known)  # noqa: S102 - made of the names of fields
            setattr(cls, name, known[name])
            return known[name](self, *args, **named)

        return method

    def _init_of(cls, *, is_frozen):
        known = {"_set": object.__setattr__, "_missing": MISSING}
        parameters, body = ["self"], []
        for one in fields(cls):
            name, value = one.name, one.name
            if one.default_factory is not MISSING:
                known[f"_make_{name}"] = one.default_factory
                value = f"_make_{name}() if {name} is _missing else {name}" if one.init else f"_make_{name}()"
                parameters += [f"{name}=_missing"] if one.init else []
            elif one.init and one.default is not MISSING:
                known[f"_default_{name}"] = one.default
                parameters.append(f"{name}=_default_{name}")
            elif one.init:
                parameters.append(name)
            else:
                continue  # it is for `__post_init__`
            body.append(f"_set(self, {name!r}, {value})" if is_frozen else f"self.{name} = {value}")
        body += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else ["pass"]
        return f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), known

    def _eq_of(cls):
        same = f"{_compared(cls, 'self')} == {_compared(cls, 'other')}"
        test = "other.__class__ is self.__class__"
        return f"def __eq__(self, other):\n return {same} if {test} else NotImplemented", {}

    def _hash_of(cls):
        return f"def __hash__(self):\n return hash({_compared(cls, 'self')})", {}

    def _compared(cls, whose):
        return f"({''.join(f'{whose}.{one.name}, ' for one in fields(cls) if one.compare)})"

    @recursive_repr()
    def _show(self):
        shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
        return f"{type(self).__qualname__}({shown})"

    def _refuse(_self, name, *_value):
        raise FrozenInstanceError(f"cannot change field {name!r}")

    def _get_state(self):
        return [getattr(self, one.name) for one in fields(self)]

    def _set_state(self, state):
        for one, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, one.name, value)
