# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Diagnostic status and timing message of a camera, from its statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from std_msgs.msg import Header

from fairmot_ros.msg import StageTiming, Timing
from fairmot_ros.ros.health.statistics import StatisticsSnapshot

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


def idle_status(
    node: str,
    camera: str,
    message: str,
    *,
    failed: bool = False,
    warning: str = '',
    hardware_id: str = '',
) -> DiagnosticStatus:
    """Return the status of a camera whose input is not processed.

    Args:
        node: full name of the node.
        camera: name of the camera, '' if it has none.
        message: why its input is not processed.
        failed: whether a lifecycle transition failed; sets the level to ERROR instead of OK.
        warning: one sentence on a problem all the same; sets the level to WARN instead of OK.
        hardware_id: of the status.
    """
    level = ERROR if failed else WARN if warning else OK
    return DiagnosticStatus(
        level=level,
        name=_name(node, camera),
        message='; '.join(filter(None, [message, warning])),
        hardware_id=hardware_id,
    )


def active_status(
    node: str,
    camera: str,
    statistics: StatisticsSnapshot,
    topic: str,
    model: str,
    warnings: Sequence[str],
    details: Mapping[str, str] | None = None,
    *,
    errors: Sequence[str] = (),
    hardware_id: str = '',
) -> DiagnosticStatus:
    """Return the status of an active camera.

    Args:
        node: full name of the node.
        camera: name of the camera, '' if it has none.
        statistics: of the camera.
        topic: input topic.
        model: identifier of the model that computes the embeddings.
        warnings: one sentence per problem that does not make frames fail.
        details: further keys and values.
        errors: one sentence per exceeded limit whose level is ERROR.
        hardware_id: of the status; empty for the model.
    """
    if errors:
        problems = [*filter(None, [statistics.last_error]), *errors, *warnings]
        level, message = ERROR, '; '.join(problems)
    elif statistics.last_error:
        level, message = ERROR, statistics.last_error
    elif warnings:
        level, message = WARN, '; '.join(warnings)
    elif statistics.last_arrival is None:
        level, message = WARN, f'no input received on {topic} yet'
    else:
        level, message = OK, 'tracking'
    values = {
        'model': model,
        'topic': topic,
        **asdict(statistics.counters),
        'time_jumps': statistics.time_jumps,
        'detections_left_out': statistics.detections_left_out,
        'rate_hz': f'{statistics.rate:.2f}',
    }
    for stage, durations in statistics.stages.items():
        for name, seconds in zip(('p50', 'p95', 'p99'), durations[1:]):
            values[f'{stage}_{name}_ms'] = f'{seconds * 1e3:.2f}'
    values |= details or {}
    if statistics.last_error:
        values['last_error'] = statistics.last_error
    return DiagnosticStatus(
        level=level,
        name=_name(node, camera),
        message=message,
        hardware_id=hardware_id or model,
        values=[KeyValue(key=k, value=str(v)) for k, v in values.items()],
    )


def timing_message(statistics: StatisticsSnapshot, header: Header) -> Timing:
    """Return counters and percentiles as a message."""
    stages = [
        StageTiming(
            stage=stage, samples=found.samples, p50=found.p50, p95=found.p95, p99=found.p99
        )
        for stage, found in statistics.stages.items()
    ]
    return Timing(
        header=header, rate=statistics.rate, stages=stages, **asdict(statistics.counters)
    )


def _name(node: str, camera: str) -> str:
    return f'{node}: {camera or "tracking"}'
