# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Validated, immutable values of the parameters of a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from fairmot_ros.settings import Group, Setting

P = TypeVar('P', bound='Parameters')


class Parameters:
    """Values of all parameters of a node.

    Attributes:
        values: values of all parameters by name.
        groups: groups of settings, in the order of parameter files and documentation.
    """

    groups: ClassVar[tuple[Group, ...]]

    def __init__(self, **values: Any) -> None:
        """Validate the values; parameters that are not given have their default.

        Raises:
            ValueError: if a value is out of range or conflicts with another.
            TypeError: if a name is unknown.
        """
        declared = self.settings()
        if unknown := sorted(values.keys() - declared.keys()):
            raise TypeError(f'no such parameters: {", ".join(unknown)}')
        self.values: Mapping[str, Any] = {
            name: _as_tuple_like(values.get(name, setting.default), setting.default)
            for name, setting in declared.items()
        }
        for group in self.groups:
            group.check(self.values)

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """Return the settings of all groups by name."""
        return {
            name: setting for group in cls.groups for name, setting in group.settings().items()
        }

    def changed(self: P, values: Mapping[str, Any]) -> P:
        """Return a copy with some values changed.

        Raises:
            ValueError: if the result is not consistent; the text says why.
        """
        return type(self)(**{**self.values, **values})

    def fixed_changes(self, new: Parameters) -> list[str]:
        """Return the names of structural settings that have another value in `new`."""
        return [
            name
            for name, setting in self.settings().items()
            if setting.structural and new.values[name] != self.values[name]
        ]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values == other.values  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]


def _as_tuple_like(value: Any, default: Any) -> Any:
    """Convert a list, array or None from ROS to a tuple if the default is a tuple."""
    return tuple(value or ()) if isinstance(default, tuple) else value
