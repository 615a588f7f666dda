"""The node's health as a diagnostic message."""

from __future__ import annotations

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from fairmot_ros.ros.frame_processor import FrameProcessor
from fairmot_ros.ros.worker import Worker


def diagnose(name: str, stamp: Time, topic: str, worker: Worker, processor: FrameProcessor,
             model: str) -> DiagnosticArray:
    """Summarise the counters of an active node."""
    level, message = _verdict(topic, worker)
    values = {
        'model': model,
        'topic': topic,
        'received': worker.slot.received,
        'processed': worker.processed,
        'dropped': worker.slot.dropped,
        'failed': worker.failed,
        'skipped': processor.policy.skipped,
        'time_jumps': processor.policy.jumps,
        'rate_hz': f'{processor.rate.per_second():.2f}',
    }
    for stage, durations in processor.stopwatch.stages.items():
        for percent, milliseconds in durations.percentiles().items():
            values[f'{stage}_p{percent}_ms'] = f'{milliseconds:.2f}'
    if worker.last_error:
        values['last_error'] = worker.last_error
    status = DiagnosticStatus(
        level=level, name=f'{name}: tracking', message=message, hardware_id=model,
        values=[KeyValue(key=key, value=str(value)) for key, value in values.items()],
    )
    array = DiagnosticArray(status=[status])
    array.header.stamp = stamp
    return array


def _verdict(topic: str, worker: Worker) -> tuple[bytes, str]:
    if worker.last_error:
        return DiagnosticStatus.ERROR, worker.last_error
    if worker.slot.received == 0:
        return DiagnosticStatus.WARN, f'no image has come on {topic} yet'
    return DiagnosticStatus.OK, 'tracking'
