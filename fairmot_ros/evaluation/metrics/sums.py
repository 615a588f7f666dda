# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sums behind metrics as plain data, by which the metrics of separate reports are combined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from fairmot_ros.evaluation.metrics.clear import Clear
from fairmot_ros.evaluation.metrics.evaluate import Metrics
from fairmot_ros.evaluation.metrics.hota import Hota
from fairmot_ros.evaluation.metrics.identity import Identity

#: Families of metrics that can be stored, by their name in METRICS.
FAMILIES = {'hota': Hota, 'clear': Clear, 'identity': Identity}


def sums_of(metrics: Metrics) -> dict[str, Any]:
    """Return the sums of each family for JSON, in full precision; other families are left out."""
    return {
        name: {
            field.name: np.asarray(getattr(metrics.parts[name], field.name)).tolist()
            for field in fields(family)
        }
        for name, family in FAMILIES.items()
        if name in metrics.parts
    }


def metrics_from(sums: Mapping[str, Any]) -> Metrics:
    """Return the metrics that `sums_of` stored.

    Raises:
        ValueError: if a sum is missing or is no number.
    """
    try:
        return Metrics({name: _part(family, sums[name]) for name, family in FAMILIES.items()})
    except (KeyError, TypeError) as error:
        raise ValueError(f'sums of metrics are missing or invalid: {error}') from error


def _part(family: Any, sums: Mapping[str, Any]) -> Any:
    values = {field.name: sums[field.name] for field in fields(family)}
    return family(**{n: np.array(v) if isinstance(v, list) else v for n, v in values.items()})
