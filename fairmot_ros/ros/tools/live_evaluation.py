# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Live evaluation: replays a recording to a tracker node in real time, over DDS."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fairmot_ros.evaluation.mot.text_format import FRAME
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.evaluation.runs.recording import Recording
from fairmot_ros.evaluation.runs.run_scores import LiveStats, Mode, Run
from fairmot_ros.ros.tools.node_processes import (
    DomainLock,
    NodeProcess,
    local_environment,
    make_log_folder,
    stop_all,
)
from fairmot_ros.starting import deferred_signals

# Measured from the stamps of the images, which are those of the recording.
OMITTED_STAGES = ('latency',)


class LiveError(ValueError):
    """A live run failed; the text says why."""


def track_live(
    configuration: Configuration, recording: Recording, rate: float, model: str, runtime: str
) -> Run:
    """Start a tracker node, replay a recording to it and return its results.

    Args:
        configuration: parameters of the node.
        recording: recording to replay; its images must have stamps.
        rate: images per second.
        model: name of the model, for the report.
        runtime: library and device that run the model, for the report.

    Raises:
        LiveError: if a node fails, or does not have one of the parameters.
    """
    with tempfile.TemporaryDirectory(prefix='fairmot_') as folder:
        output = Path(folder) / 'replay.npz'
        _play(configuration, recording, rate, output)
        with np.load(output) as data:
            return replace(
                _as_run(data, configuration, recording, Mode(rate), model), runtime=runtime
            )


def _play(configuration: Configuration, recording: Recording, rate: float, output: Path) -> None:
    """Run tracker and replay node until the replay node has written its results to `output`."""
    logs = make_log_folder()
    domain = DomainLock()
    environment = local_environment(domain.number, logs)
    nodes: list[NodeProcess] = []
    try:
        with deferred_signals():  # until the node is listed, and so will be stopped
            tracker = NodeProcess(
                'tracker',
                'fairmot_ros.ros.nodes.fairmot_node',
                environment,
                logs / 'tracker.log',
                {
                    **_with_parameter_types({**configuration.node, **configuration.parameters}),
                    'reliability': 'reliable',
                    'image_transport': 'compressed' if recording.compressed else 'raw',
                },
            )
            nodes.append(tracker)
        with deferred_signals():
            replay = NodeProcess(
                'replay',
                'fairmot_ros.ros.tools.replay_node',
                environment,
                logs / 'replay.log',
                {
                    'bag': str(recording.path.resolve()),
                    'image_topic': recording.image_topic,
                    'rate': float(rate),
                    'max_images': recording.limit,
                    'output': str(output),
                },
                {'tracks': 'fairmot/tracks', 'timing': 'fairmot/timing'},
                show_errors=True,
            )
            nodes.append(replay)
        while replay.process.poll() is None:
            if tracker.process.poll() is not None:
                raise LiveError(
                    f'the tracker ended early with exit code {tracker.process.returncode}; end of '
                    f'its log: {tracker.last_lines()}'
                )
            time.sleep(0.1)
        if replay.process.returncode != 0:
            raise LiveError(
                f'the replay failed; end of the log of the tracker: {tracker.last_lines()}'
            )
    finally:
        fault = stop_all(nodes)
        domain.release()
    if fault:
        raise LiveError(fault)


def _with_parameter_types(values: dict[str, Any]) -> dict[str, Any]:
    """Convert parameter values to the types of the node: ROS does not accept 2 for 2.0.

    Raises:
        LiveError: if the node does not have a parameter; it would ignore it.
    """
    from fairmot_ros.ros.parameters import FairmotParameters

    known = {n: s.default for n, s in FairmotParameters.settings().items()} | {
        'use_sim_time': False
    }
    unknown = [name for name in values if name not in known]
    if unknown:
        raise LiveError(
            f'the node does not have the parameters {", ".join(unknown)}: remove them for live '
            'runs, or evaluate offline only'
        )
    return {name: _convert_numbers(known[name], value) for name, value in values.items()}


def _convert_numbers(default: Any, value: Any) -> Any:
    """Convert numbers to float where the default has floats."""
    if isinstance(default, float):
        return float(value)
    if isinstance(default, tuple) and default:
        return [_convert_numbers(default[0], v) for v in value]
    return value


def _as_run(
    data: np.lib.npyio.NpzFile,
    configuration: Configuration,
    recording: Recording,
    mode: Mode,
    model: str,
) -> Run:
    """Return the output of the replay node as a run, with frame numbers found by stamp."""
    frames = recording.frames
    sent_at = dict(zip(data['sent_stamps'].tolist(), data['sent_at'].tolist()))
    numbers = frames.numbers(data['got_stamps'])
    processed = np.zeros(len(frames), bool)
    processed[numbers[numbers > 0] - 1] = True
    rows = data['rows']
    if len(rows):
        rows[:, FRAME] = numbers[rows[:, 0].astype(int)]
    latencies = [
        (at - sent_at[stamp]) * 1e-9
        for stamp, at in zip(data['got_stamps'].tolist(), data['got_at'].tolist())
        if stamp in sent_at
    ]
    duration = (data['sent_at'][-1] - data['sent_at'][0]) * 1e-9 if len(sent_at) > 1 else 0.0
    live = LiveStats(
        sent=len(data['sent_at']),
        rate=(len(data['sent_at']) - 1) / duration if duration else 0.0,
        latencies=np.array(latencies, float),
        stages={
            str(name): (float(p50), float(p95))
            for name, (p50, p95) in zip(data['stage_names'], data['stages'])
            if name not in OMITTED_STAGES
        },
    )
    return Run(
        recording, configuration.name, mode, model, rows[rows[:, FRAME] > 0], processed, live
    )
