"""Dataclasses that get their methods with their first object: like any others."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from abc import ABC, abstractmethod
from dataclasses import FrozenInstanceError, field
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from solver import records

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.records import dataclass
else:
    dataclass = records.dataclass


@dataclass(frozen=True, slots=True)
class _Ends:
    tail: str
    head: str = "B"
    kinds: ClassVar[tuple[str, ...]] = ("rail", "sea")

    @property
    def both(self) -> str:
        """Name both."""
        return f"{self.tail} > {self.head}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Later(_Ends):
    tail: str = "Z"
    parts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Row(ABC):
    number: int

    def __post_init__(self) -> None:
        """Refuse numbers below 0."""
        if self.number < 0:
            message = "below 0"
            raise ValueError(message)

    @abstractmethod
    def level(self) -> int:
        """Return what it bounds."""


@dataclass(frozen=True, slots=True, eq=False)
class _Share(_Row):
    def level(self) -> int:
        """Return what it bounds."""
        return 2 * self.number


def _classes(decorate: Callable[..., Any]) -> tuple[Any, Any]:
    """Return a class and one that inherits from it, none of which has an object."""

    @decorate(frozen=True, slots=True)
    class First:
        """A class."""

        one: int
        other: str = "b"

    @decorate(frozen=True, slots=True)
    class Second(First):
        """One that inherits."""

        other: str = "c"
        more: tuple[int, ...] = field(default=(), compare=False)

    return First, Second


@pytest.fixture
def pairs() -> list[tuple[Any, Any]]:
    """Return classes of ours, each with the like of the standard library."""
    return [*zip(_classes(dataclass), _classes(dataclasses.dataclass), strict=True)]


def test_objects_are_as_the_standard_library_makes_them(
    pairs: list[tuple[Any, Any]],
) -> None:
    """Values, equality, hashes, words and order of fields are the same."""
    for ours, theirs in pairs:
        one, other = ours(1, "x"), theirs(1, "x")
        assert dataclasses.astuple(one) == dataclasses.astuple(other)
        assert repr(one) == repr(other)
        assert hash(one) == hash(other)
        assert one == ours(1, "x") != ours(2, "x")
        assert dataclasses.replace(one, one=2) == ours(2, "x")
        assert ours.__match_args__ == theirs.__match_args__
        assert ours.__slots__ == theirs.__slots__
        assert ours.__doc__ == theirs.__doc__
        assert not hasattr(one, "__dict__")


def test_defaults_and_what_is_compared_are_as_written() -> None:
    """A default is made for each object, and fields left out are neither compared."""

    def lists(decorate: Callable[..., Any]) -> Any:
        @decorate(frozen=True, slots=True)
        class Listed:
            """A class with all kinds of fields."""

            keep: int
            _keep: int = field(default=1, repr=False)
            made: list[int] = field(default_factory=list, hash=False)
            other: Any = field(default=None, compare=False, kw_only=True)

        return Listed

    ours, theirs = lists(dataclass), lists(dataclasses.dataclass)
    one, other = ours(3, other=1), theirs(3, other=1)
    assert repr(one) == repr(other)
    assert hash(one) == hash(other)
    assert one == ours(3, 1, [], other=2) != other
    assert one.made is not ours(3).made
    assert one.__eq__(other) is NotImplemented
    wrongs: tuple[tuple[Any, ...], ...] = ((), (1, 2, [], 3))
    for wrong in wrongs:
        with pytest.raises(TypeError) as found:
            ours(*wrong)
        with pytest.raises(TypeError) as expected:
            theirs(*wrong)
        assert str(found.value) == str(expected.value)
    with pytest.raises(FrozenInstanceError) as told:
        one.keep = 1
    with pytest.raises(FrozenInstanceError) as said:
        other.keep = 1
    assert str(told.value) == str(said.value)


def test_objects_that_are_not_compared_are_themselves() -> None:
    """Without equality an object is equal to itself alone."""

    @dataclass(frozen=True, slots=True, eq=False)
    class Place:
        """A class without equality."""

        number: int

    place = Place(1)
    assert place != Place(1)
    assert len({place, place, Place(1)}) == 2


def test_a_class_without_an_object_tells_its_fields_and_signature(
    pairs: list[tuple[Any, Any]],
) -> None:
    """Whoever looks finishes the class, those it inherits from too."""
    for ours, theirs in pairs:
        assert dataclasses.is_dataclass(ours)
        names = [own.name for own in dataclasses.fields(ours)]
        assert names == [own.name for own in dataclasses.fields(theirs)]
    for ours, theirs in zip(
        _classes(dataclass), _classes(dataclasses.dataclass), strict=True
    ):
        assert inspect.signature(ours) == inspect.signature(theirs)
        assert inspect.signature(ours) == inspect.signature(ours)


def test_nothing_of_an_object_can_be_set_or_deleted() -> None:
    """It is frozen, as is one of a class that inherits."""
    for one in (_Ends("A"), _Later(head="C")):
        with pytest.raises(FrozenInstanceError):
            one.tail = "B"  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError):
            del one.head
    assert (_Ends("A").both, _Ends.kinds) == ("A > B", ("rail", "sea"))
    assert _Later(parts=[1]).both == "Z > B"


def test_copies_and_other_processes_get_equal_objects() -> None:
    """An object is made of its state also where its class has had none before."""
    first = _classes(dataclass)[0]
    bare = object.__new__(first)
    bare.__setstate__([1, "x"])
    assert bare == first(1, "x")
    later = _Later(parts=[1, 2])
    assert pickle.loads(pickle.dumps(later)) == later  # noqa: S301 - our own
    assert copy.deepcopy(later).parts is not later.parts


def test_a_class_that_inherits_may_be_the_first_that_is_used() -> None:
    """Abstract classes stay abstract, and what follows a new object is done."""
    assert _Share(2).level() == 4
    with pytest.raises(ValueError, match="below 0"):
        _Share(-1)
    with pytest.raises(TypeError, match="abstract"):
        _Row(1)  # type: ignore[abstract]
    with pytest.raises(TypeError, match="missing"):
        _Share()  # type: ignore[call-arg]


def test_other_classes_are_made_at_once() -> None:
    """Without slots, or not frozen, a class is what it always was."""

    @dataclass(slots=True)
    class Counter:
        """A count."""

        count: int = 0

    counter = Counter()
    counter.count += 1
    assert counter == Counter(1)
    assert "__init__" in vars(Counter)
