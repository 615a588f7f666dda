"""Settings: dataclass fields that state default, range, unit and meaning in one place.

Parameters of nodes, parameter files, command-line options and the documentation are derived from
these fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic, TypeVar

import numpy as np

T = TypeVar('T')

NUMBERS = (int, float, np.integer, np.floating)


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: of the field, or the flat name in a `Group`.
        default: if nothing else is given; its type is that of the setting.
        description: what it does; may be followed by a unit.
        unit: of the value, '' for ratios, names and switches.
        low: smallest value, None if there is no limit.
        high: largest value, None if there is no limit.
        choices: allowed values, () if any.
        structural: whether the part that uses it reads it once, when it is made.
    """

    name: str
    default: Any
    description: str
    unit: str = ''
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    structural: bool = False

    def check(self, value: Any) -> None:
        """Raise ValueError if a value is of another type or out of range."""
        if isinstance(self.default, bool) and not isinstance(value, (bool, np.bool_)):
            raise ValueError(f'{self.name} must be true or false, got {value!r}')
        if self.choices and value not in self.choices:
            raise ValueError(
                f'{self.name} must be one of {", ".join(self.choices)}, got {value!r}'
            )
        low, high = self.low, self.high
        if low is None or high is None:
            return
        several = isinstance(self.default, tuple)
        if several and not isinstance(value, Iterable):
            raise ValueError(f'{self.name} must be a list of numbers, got {value!r}')
        for number in value if several else (value,):
            if not isinstance(number, NUMBERS):
                raise ValueError(f'{self.name} must be a number, got {number!r}')
            if not low <= number <= high:
                unit = f' {self.unit}' if self.unit else ''
                raise ValueError(
                    f'{self.name} must be within {low:g}..{high:g}{unit}, got {number}'
                )


def setting(
    default: T,
    description: str,
    *,
    unit: str = '',
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    structural: bool = False,
) -> T:
    """Declare a field of a dataclass as a setting, see `Setting`."""
    declared = Setting('', default, description, unit, low, high, choices, structural)
    return field(default=default, metadata={'setting': declared})  # type: ignore[return-value]


def settings_of(kind: type) -> dict[str, Setting]:
    """Return the settings of a dataclass by name, in their order."""
    return {
        spec.name: replace(spec.metadata['setting'], name=spec.name)
        for spec in fields(kind)
        if 'setting' in spec.metadata
    }


def check_settings(instance: Any) -> None:
    """Check all settings of a dataclass, see `Settings`.

    Lists, arrays and None, as ROS gives them, become tuples where the default is one.

    Raises:
        ValueError: if a value is out of range.
    """
    for name, declared in settings_of(type(instance)).items():
        value = getattr(instance, name)
        if isinstance(declared.default, tuple) and not isinstance(value, tuple):
            value = () if value is None else value
            if isinstance(value, Iterable):
                value = tuple(value)
            object.__setattr__(instance, name, value)
        declared.check(value)


@dataclass(frozen=True)
class Settings:
    """Base of dataclasses with settings, which are checked when one is made."""

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class Group(Generic[T]):
    """The settings of one dataclass under flat names, as in parameter files.

    Attributes:
        title: heading of the group in files and documentation.
        kind: the dataclass.
        names: flat names of fields that have another name there.
        prefix: put before the name of every field that `names` does not list.
        overrides: settings, by field, whose default or range differs from that of the dataclass.
    """

    title: str
    kind: type[T]
    names: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ''
    overrides: Mapping[str, Setting] = field(default_factory=dict)

    def flat_name(self, name: str) -> str:
        """Return the flat name of a field."""
        return self.names.get(name, self.prefix + name)

    def settings(self) -> dict[str, Setting]:
        """Return the settings by flat name."""
        found = {}
        for name, declared in settings_of(self.kind).items():
            flat = self.flat_name(name)
            found[flat] = replace(self.overrides.get(name, declared), name=flat)
        return found

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values by field that flat values give."""
        return {
            name: values[self.flat_name(name)]
            for name in settings_of(self.kind)
            if self.flat_name(name) in values
        }

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise ValueError, with the flat name, if one of flat values is out of range."""
        for name, declared in self.settings().items():
            if values.get(name) is not None:
                declared.check(values[name])

    def make(self, values: Mapping[str, Any]) -> T:
        """Return the dataclass with flat values, and defaults where none is given.

        Raises:
            ValueError: if a value is out of range.
        """
        self.check(values)
        return self.kind(**self.given(values))
