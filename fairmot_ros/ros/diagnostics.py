"""A stream's health, as diagnostics and as timing."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue
from std_msgs.msg import Header

from fairmot_ros.msg import StageTiming, Timing
from fairmot_ros.ros.stream import Stream

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


def idle(node: str, camera: str, message: str) -> DiagnosticStatus:
    """Return the status of a camera ('' if it has no name) that is not tracked on purpose."""
    return DiagnosticStatus(level=OK, name=_name(node, camera), message=message)


def diagnose(
    node: str, stream: Stream, topic: str, model: str, complaints: Sequence[str]
) -> DiagnosticStatus:
    """Summarise an active stream.

    Args:
        node: its full name.
        stream: of one camera.
        topic: that it listens to.
        model: what makes the embeddings.
        complaints: what is wrong although no image failed, each a sentence.
    """
    if stream.last_error:
        level, message = ERROR, stream.last_error
    elif complaints:
        level, message = WARN, '; '.join(complaints)
    elif stream.last_arrival is None:
        level, message = WARN, f'no input has come on {topic} yet'
    else:
        level, message = OK, 'tracking'
    values = {
        'model': model,
        'topic': topic,
        **vars(stream.counters),
        'time_jumps': stream.policy.jumps,
        'rate_hz': f'{stream.rate.per_second():.2f}',
    }
    for stage, durations in list(stream.stopwatch.stages.items()):
        for percent, seconds in zip((50, 95, 99), durations.percentiles()):
            values[f'{stage}_p{percent}_ms'] = f'{seconds * 1e3:.2f}'
    if stream.last_error:
        values['last_error'] = stream.last_error
    return DiagnosticStatus(
        level=level,
        name=_name(node, stream.name),
        message=message,
        hardware_id=model,
        values=[KeyValue(key=k, value=str(v)) for k, v in values.items()],
    )


def _name(node: str, camera: str) -> str:
    return f'{node}: {camera or "tracking"}'


def timing(stream: Stream, header: Header) -> Timing:
    """Return the counters and percentiles as numbers."""
    stages = []
    for stage, durations in list(stream.stopwatch.stages.items()):
        p50, p95, p99 = durations.percentiles()
        stages.append(StageTiming(stage=stage, samples=len(durations), p50=p50, p95=p95, p99=p99))
    return Timing(
        header=header, rate=stream.rate.per_second(), stages=stages, **vars(stream.counters)
    )
