# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Diagnostic status of the identities node: one of the node, one of each camera."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from fairmot_ros.identities import IdentityCounts
from fairmot_ros.ros.inputs.track_source import TrackSource

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


def node_status(
    node: str,
    counts: IdentityCounts,
    store: str,
    sources: int,
    error: str,
    warnings: Sequence[str],
) -> DiagnosticStatus:
    """Return the status of the node.

    Args:
        node: full name of the node.
        counts: numbers of identities.
        store: file of the identities, '' without one.
        sources: number of cameras.
        error: why the identities could not be stored, '' if they were.
        warnings: one sentence per further problem.
    """
    values = {
        'identities': counts.known,
        'named': counts.named,
        'visible': counts.visible,
        'sources': sources,
        'store': store or 'in memory',
    }
    if error:
        level, message = ERROR, '; '.join([error, *warnings])
    elif warnings:
        level, message = WARN, '; '.join(warnings)
    elif not sources:
        level, message = WARN, 'no camera publishes tracks: start a tracker, or set `sources`'
    else:
        level, message = OK, 'matching'
    return _status(f'{node}: identities', level, message, values)


def source_status(node: str, source: TrackSource, warning: str, failed: int) -> DiagnosticStatus:
    """Return the status of one camera.

    Args:
        node: full name of the node.
        source: the camera.
        warning: one sentence, '' if nothing is wrong.
        failed: number of frames that could not be used.
    """
    waited = time.perf_counter() - source.last_arrival
    values = {
        'topic': source.topic,
        'received': source.received,
        'failed': failed,
        'last_tracks_s': f'{waited:.1f}',
    }
    level, message = (WARN, warning) if warning else (OK, 'matching')
    return _status(f'{node}: {source.name}', level, message, values)


def _status(
    name: str, level: bytes, message: str, values: Mapping[str, object]
) -> DiagnosticStatus:
    return DiagnosticStatus(
        level=level,
        name=name,
        message=message,
        values=[KeyValue(key=key, value=str(value)) for key, value in values.items()],
    )
