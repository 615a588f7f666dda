# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings: dataclass fields that state default, range, unit and meaning in one place.

Node parameters, parameter files, command-line options and the documentation are derived from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic, NoReturn, TypeVar

import numpy as np

from fairmot_ros.settings.value_types import NAMES, shown

T = TypeVar('T')

#: Accepted types of values, by the type of the default.
ACCEPTED: dict[type, Any] = {
    bool: (bool, np.bool_),
    int: (int, np.integer),
    float: (int, float, np.integer, np.floating),
    str: (str,),
}


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: name of the field, or the flat name in a `Group`.
        default: default value; determines the type of the setting.
        description: effect of the setting.
        unit: unit of the value, '' for ratios, names and switches.
        low: smallest value; None if unlimited.
        high: largest value; None if unlimited.
        choices: allowed values; () if any.
        structural: whether the setting is fixed once the object that uses it exists.
        search: range in which `fairmot_ros.tuning` searches the value; None if it is not searched.
    """

    name: str
    default: Any
    description: str
    unit: str = ''
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    structural: bool = False
    search: tuple[float, float] | None = None

    def check(self, value: Any) -> None:
        """Raise ValueError if a value has another type than the default or is out of range.

        Integers are accepted for floats, and any iterable but a string for tuples.
        """
        if not isinstance(self.default, tuple):
            self._check_item(value, type(self.default))
            return
        if isinstance(value, str) or not isinstance(value, Iterable):
            self._raise_type_error(value, tuple)
        for item in value:
            self._check_item(item, type(self.default[0]))

    def _check_item(self, value: Any, kind: type) -> None:
        is_bool = isinstance(value, (bool, np.bool_))
        is_accepted = isinstance(value, ACCEPTED[kind]) and is_bool == (kind is bool)
        if not is_accepted:
            self._raise_type_error(value, kind)
        if self.choices and value not in self.choices:
            raise ValueError(
                f'{self.name} must be one of {", ".join(self.choices)}, got {value!r}'
            )
        low, high = self.low, self.high
        if low is not None and high is not None and not low <= value <= high:
            unit = f' {self.unit}' if self.unit else ''
            raise ValueError(f'{self.name} must be within {low:g}..{high:g}{unit}, got {value}')

    def _raise_type_error(self, value: Any, kind: type) -> NoReturn:
        raise ValueError(f'{self.name} must be {NAMES[kind]}, got {shown(value)}')


def setting(
    default: T,
    description: str,
    *,
    unit: str = '',
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    structural: bool = False,
    search: tuple[float, float] | None = None,
) -> T:
    """Return a dataclass field that is a setting; see `Setting` for the arguments."""
    declared = Setting('', default, description, unit, low, high, choices, structural, search)
    return field(default=default, metadata={'setting': declared})  # type: ignore[return-value]


def settings_of(kind: type) -> dict[str, Setting]:
    """Return the settings of a dataclass by name, in the order of the fields."""
    return {
        spec.name: replace(spec.metadata['setting'], name=spec.name)
        for spec in fields(kind)
        if 'setting' in spec.metadata
    }


def check_settings(instance: Any) -> None:
    """Check all settings of a dataclass instance.

    Where the default is a tuple, a list, array or None, as ROS delivers them, becomes a tuple.

    Raises:
        ValueError: if a value has another type than the default or is out of range.
    """
    for name, declared in settings_of(type(instance)).items():
        value = getattr(instance, name)
        if isinstance(declared.default, tuple) and not isinstance(value, tuple):
            value = () if value is None else value
            if isinstance(value, Iterable) and not isinstance(value, str):
                value = tuple(value)
            object.__setattr__(instance, name, value)
        declared.check(value)


@dataclass(frozen=True)
class Settings:
    """Base class of dataclasses with settings; checks the values of new instances."""

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class Group(Generic[T]):
    """Settings of one dataclass under flat names, as in parameter files.

    Attributes:
        title: heading of the group in files and documentation.
        kind: the dataclass.
        names: flat names, by field name, of fields that are called differently.
        prefix: prefix of the flat names of all other fields.
        overrides: settings, by field name, that replace those of the dataclass, for example with
            another default or range.
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
        """Return the values of this group by field name, selected from flat values."""
        return {
            name: values[self.flat_name(name)]
            for name in settings_of(self.kind)
            if self.flat_name(name) in values
        }

    def check(self, values: Mapping[str, Any]) -> None:
        """Raise ValueError, with the flat name, if a value has a wrong type or is out of range."""
        for name, declared in self.settings().items():
            if values.get(name) is not None:
                declared.check(values[name])

    def make(self, values: Mapping[str, Any]) -> T:
        """Return an instance of the dataclass with flat values, and defaults for missing ones.

        Raises:
            ValueError: if a value has a wrong type or is out of range.
        """
        self.check(values)
        return self.kind(**self.given(values))
