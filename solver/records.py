"""Frozen dataclasses whose methods are made with their first object.

`dataclasses.dataclass` writes, compiles and runs the source of every method while a
module is loaded, and a run uses but half of the classes that it loads. Here a class
that is frozen and slotted gets its methods with its first object, or with the first
look at its fields; they are the ones that the standard library makes. Other classes
are made at once, as ever.
"""

from __future__ import annotations

import dataclasses
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(**options: bool) -> Callable[[type], type]:
        """Return a decorator as that of the standard library, with its options."""
        return lambda own: _decorated(own, options)


__all__ = ["dataclass"]

_FIELDS = "__dataclass_fields__"

_LOCK = RLock()


def _decorated(own: type, options: dict[str, bool]) -> type:
    """Return a class that completes itself, or is complete where that cannot be."""
    annotations = own.__annotations__
    is_text = all(isinstance(of, str) for of in annotations.values())
    if not (options.get("frozen") and options.get("slots") and is_text):
        return dataclasses.dataclass(**options)(own)
    names = [name for name, of in annotations.items() if "ClassVar" not in of]
    space = dict(vars(own))
    defaults = {name: space.pop(name) for name in names if name in space}
    held = {
        slot for base in own.__mro__[1:-1] for slot in vars(base).get("__slots__", ())
    }
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    space["__slots__"] = tuple(name for name in names if name not in held)
    made = type(own)(own.__name__, own.__bases__, space)
    made.__qualname__ = own.__qualname__
    _Unfinished(made, defaults, options)
    return made


class _Unfinished:
    """A class without its methods, and what they are made of.

    Parameters
    ----------
    made : type
        The class, with its slots.
    defaults : dict of str to object
        What stood in the class for fields that have a default.
    options : dict of str to bool
        As of the standard library's decorator.
    """

    def __init__(
        self, made: type, defaults: dict[str, Any], options: dict[str, bool]
    ) -> None:
        self.made, self.defaults = made, defaults
        self.options = {key: on for key, on in options.items() if key != "slots"}
        self.is_finished = False

        def init(one: object, *values: object, **named: object) -> None:
            self.finish()
            type(one).__init__(one, *values, **named)

        self._stand_ins = {
            "__init__": init,
            _FIELDS: _Wanted(self, _FIELDS),
            "__signature__": _Wanted(self, ""),
        }
        for name, value in self._stand_ins.items():
            setattr(made, name, value)
        made.__getstate__ = _state  # type: ignore[method-assign,assignment]
        made.__setstate__ = _restore  # type: ignore[attr-defined]

    def finish(self) -> type:
        """Return the class with all of its methods."""
        with _LOCK:
            if not self.is_finished:
                self._make()
                self.is_finished = True
        return self.made

    def _make(self) -> None:
        """Let the standard library see the class as if it had no slots yet."""
        made: Any = self.made
        slots = {name: vars(made)[name] for name in made.__slots__}
        for name in (*self._stand_ins, *slots):
            delattr(made, name)
        for name, value in self.defaults.items():
            setattr(made, name, value)
        dataclasses.dataclass(**self.options)(made)
        for name in self.defaults:
            if name in vars(made):
                delattr(made, name)
        for name, slot in slots.items():
            setattr(made, name, slot)


class _Wanted:
    """What is looked up on an unfinished class, and finishes it.

    Parameters
    ----------
    of : _Unfinished
        The class.
    name : str
        What the finished class has there; blank: nothing.
    """

    def __init__(self, of: _Unfinished, name: str) -> None:
        self.of, self.name = of, name

    def __get__(self, one: object, owner: type | None = None) -> Any:  # noqa: ANN401
        """Return what the finished class has."""
        return vars(self.of.finish()).get(self.name)


def _state(one: Any) -> list[Any]:  # noqa: ANN401
    """Return the values of the fields, as copies and processes want them."""
    return [getattr(one, field.name) for field in dataclasses.fields(one)]


def _restore(one: Any, state: list[Any]) -> None:  # noqa: ANN401
    """Give a new object the values of its fields."""
    for field, value in zip(dataclasses.fields(one), state, strict=True):
        object.__setattr__(one, field.name, value)
