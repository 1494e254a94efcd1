"""What every typed part of a document is made with.

Field names are the keys of the schema. A quantity's field ends in its base unit (``size_bytes``,
``deadline_s``, ``churn_ratio``), a key that Python reserves ends in an underscore (``from_``).
What a document does not state is None, an empty tuple or an empty mapping.
"""

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform

PartT = TypeVar("PartT")

_put = object.__setattr__


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def part(cls: type[PartT]) -> type[PartT]:
    """Makes a frozen, slotted, keyword-only dataclass of a subclass of ``Part``.

    ``Part`` brings the methods that ``dataclass`` would write and compile anew for each class:
    that takes half a millisecond a class, and the language has a hundred of them.
    """
    return dataclass(slots=True, kw_only=True, init=False, repr=False, eq=False)(cls)


class Part:
    """The base of all parts: frozen, equal by value, and showing only what was stated."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init__(self, **stated: Any) -> None:
        for name, spec in self.__dataclass_fields__.items():
            if name in stated:
                _put(self, name, stated.pop(name))
            elif spec.default is not MISSING:
                _put(self, name, spec.default)
            elif spec.default_factory is not MISSING:
                _put(self, name, spec.default_factory())
            else:
                raise TypeError(f"{type(self).__name__} needs {name}")
        if stated:
            raise TypeError(f"{type(self).__name__} has no {', '.join(stated)}")

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        for name, value in state[1].items():
            _put(self, name, value)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in self.__dataclass_fields__)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, n) for n in self.__dataclass_fields__)))

    def __repr__(self) -> str:
        values = ((name, getattr(self, name)) for name in self.__dataclass_fields__)
        stated = (f"{name}={value!r}" for name, value in values if value not in (None, (), {}))
        return f"{type(self).__name__}({', '.join(stated)})"
