# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Trackers that the jobs of one process share, so that each network is loaded once."""

from __future__ import annotations

import json
import threading

from fairmot_ros.detector.detector import find_weights
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.evaluation.runs.offline import OfflineTracker

#: Largest number of networks to hold; the one that was used last is freed last.
MAX_TRACKERS = 8

_trackers: dict[str, OfflineTracker] = {}
_lock = threading.Lock()


def shared_tracker(configuration: Configuration, threads: int) -> OfflineTracker:
    """Return the tracker of a configuration; load its network on first use.

    Args:
        configuration: the configuration.
        threads: CPU threads of the engine, unless the configuration sets them.

    Raises:
        ValueError: if the weights or another parameter cannot be used.
    """
    parameters = {'threads': threads, **configuration.parameters}
    if not parameters['threads']:
        parameters['threads'] = threads
    weights = find_weights(configuration.detector().weights)
    state = weights.stat() if weights.is_file() else None
    key = json.dumps(
        [
            configuration.name,
            parameters,
            str(weights),
            state and (state.st_size, state.st_mtime_ns),
        ],
        sort_keys=True,
        default=str,
    )
    with _lock:
        if key in _trackers:
            _trackers[key] = _trackers.pop(key)
        else:
            while len(_trackers) >= MAX_TRACKERS:
                del _trackers[next(iter(_trackers))]
            _trackers[key] = OfflineTracker(Configuration(configuration.name, parameters))
        return _trackers[key]
