"""Frozen dataclasses whose methods are made with their first object.

`dataclasses.dataclass` writes, compiles and runs the source of every method while a
module is loaded, and a run uses but half of the classes that it loads. Here a class
that is frozen and slotted gets its methods with its first object, or with the first
look at its fields. They do what those of the standard library do; of a class that
inherits from none and overrides none, only the source of one is written, the others
are the same for all classes. Other classes are made at once, as ever.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
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

_METHODS = {"__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"}

_NO_METHODS = {"init": False, "repr": False, "eq": False, "frozen": False}


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
        is_plain = self._is_plain
        given = self.options | (_NO_METHODS if is_plain else {})
        dataclasses.dataclass(**given)(made)
        for name in self.defaults:
            if name in vars(made):
                delattr(made, name)
        for name, slot in slots.items():
            setattr(made, name, slot)
        if is_plain:
            _add_methods(made, self.options)

    @property
    def _is_plain(self) -> bool:
        """Whether the class takes all methods, and none of a class above it."""
        made: Any = self.made
        inherits = any(hasattr(base, _FIELDS) for base in made.__mro__[1:])
        return not inherits and not _METHODS & vars(made).keys()


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


def _add_methods(made: Any, options: dict[str, bool]) -> None:  # noqa: ANN401
    """Give a class that has its fields what a frozen dataclass has."""
    fields = dataclasses.fields(made)
    params = made.__dataclass_params__
    params.init = params.repr = params.frozen = True
    params.eq = options.get("eq", True)
    made.__init__ = _init(made, fields)
    shown = [field.name for field in fields if field.repr]

    @recursive_repr("...")
    def represented(one: object) -> str:
        values = ", ".join(f"{name}={getattr(one, name)!r}" for name in shown)
        return f"{type(one).__qualname__}({values})"

    made.__repr__ = represented
    if params.eq:
        _add_equality(made, fields)
    names = frozenset(field.name for field in fields)

    def assign(one: object, name: str, value: object) -> None:
        if type(one) is made or name in names:
            message = f"cannot assign to field {name!r}"
            raise dataclasses.FrozenInstanceError(message)
        super(made, one).__setattr__(name, value)

    def delete(one: object, name: str) -> None:
        if type(one) is made or name in names:
            message = f"cannot delete field {name!r}"
            raise dataclasses.FrozenInstanceError(message)
        super(made, one).__delattr__(name)

    made.__setattr__, made.__delattr__ = assign, delete


def _add_equality(made: Any, fields: tuple[dataclasses.Field[Any], ...]) -> None:  # noqa: ANN401
    """Let objects with the same values be equal, and have the same hash."""
    values = _values([field.name for field in fields if field.compare])
    hashed = _values(
        [
            field.name
            for field in fields
            if (field.compare if field.hash is None else field.hash)
        ]
    )

    def equal(one: object, other: object) -> bool:
        if type(one) is not type(other):
            return NotImplemented  # type: ignore[no-any-return]
        return values(one) == values(other)

    made.__eq__ = equal
    made.__hash__ = lambda one: hash(hashed(one))


def _values(names: list[str]) -> Callable[[object], tuple[Any, ...]]:
    """Return what gives the values of some fields."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)


def _init(made: Any, fields: tuple[dataclasses.Field[Any], ...]) -> Any:  # noqa: ANN401
    """Return the method that gives a new object its values."""
    known: dict[str, Any] = {"__keep__": object.__setattr__}
    positional: list[str] = []
    named, body = ["*"], list[str]()
    for field in fields:
        name, value = field.name, field.name
        default = ""
        if field.default is not dataclasses.MISSING:
            known[f"__default_{name}__"] = field.default
            default = f"=__default_{name}__"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"__default_{name}__"] = _TO_BE_MADE
            known[f"__make_{name}__"] = field.default_factory
            default = f"=__default_{name}__"
            value = f"__make_{name}__() if {name} is __default_{name}__ else {name}"
        (named if field.kw_only else positional).append(f"{name}{default}")
        body.append(f" __keep__(self, {name!r}, {value})")
    if hasattr(made, "__post_init__"):
        body.append(" self.__post_init__()")
    listed = ", ".join(["self", *positional, *(named if len(named) > 1 else ())])
    source = "\n".join([f"def __init__({listed}):", *(body or [" pass"])])
    exec(source, known)  # noqa: S102 - of names of fields alone, as the standard library
    init = known["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in fields}
    init.__annotations__["return"] = None
    return init


class _ToBeMade:
    def __repr__(self) -> str:
        """Say what the standard library says."""
        return "<factory>"


_TO_BE_MADE = _ToBeMade()
