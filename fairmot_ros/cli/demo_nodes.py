# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""One video through three real ROS 2 nodes: player, tracker, recorder."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.ros.tools.node_processes import (
    DomainLock,
    NodeProcess,
    local_environment,
    make_log_folder,
    stop_all,
)
from fairmot_ros.starting import deferred_signals

RECORDING = 'recording.json'  # counts and latencies, written by the recorder to its output


class DemoError(RuntimeError):
    """The demo cannot continue; the message gives the reason."""


@dataclass(frozen=True)
class DemoRun:
    """A video to track.

    Attributes:
        source: the video.
        output: folder for `annotated.mp4` and `results.txt`.
        weights: weights of the detector; see `Detector`.
        device: device of the detector; see `Detector`.
        input_size: (width, height) of the network input in pixels; None for the model's own.
        real_time: play at the frame rate; the tracker drops frames that it is too slow for.
        max_frames: maximum number of frames; 0 for all.
    """

    source: VideoSource
    output: Path
    weights: str = 'default'
    device: str = 'auto'
    input_size: tuple[int, int] | None = None
    real_time: bool = False
    max_frames: int = 0

    @property
    def name(self) -> str:
        """Name of the video without folder and suffix."""
        return self.source.path.resolve().stem

    @property
    def frames(self) -> int:
        """Expected number of frames; 0 if the container does not contain it."""
        length = self.source.length
        return min(length, self.max_frames or length) if length else self.max_frames


def track_video(run: DemoRun) -> dict[str, Any]:
    """Start the three nodes, wait until the video is processed and stop them.

    Returns:
        The recorder's counts and latencies.

    Raises:
        DemoError: if a node fails.
    """
    run.output.mkdir(parents=True, exist_ok=True)
    logs = make_log_folder()
    domain = DomainLock()
    environment = local_environment(domain.number, logs)
    nodes: list[NodeProcess] = []
    try:
        for start in (start_tracker, start_recorder, start_player):
            with deferred_signals():  # until the node is listed, and so will be stopped
                nodes.append(start(run, environment, logs))
        wait_for_recorder(*nodes)
    finally:
        fault = stop_all(nodes)
        domain.release()
    if fault:
        raise DemoError(fault)
    recording: dict[str, Any] = json.loads((run.output / RECORDING).read_text())
    (run.output / RECORDING).unlink()
    return recording


def start_tracker(run: DemoRun, environment: Mapping[str, str], logs: Path) -> NodeProcess:
    """Start the tracker node."""
    width, height = run.input_size or (0, 0)
    parameters = {
        'weights': run.weights,
        'device': run.device,
        'input_width': width,
        'input_height': height,
        'reliability': 'reliable',
    }
    log = logs / 'tracker.log'
    return NodeProcess(
        'tracker', 'fairmot_ros.ros.nodes.fairmot_node', environment, log, parameters
    )


def start_recorder(run: DemoRun, environment: Mapping[str, str], logs: Path) -> NodeProcess:
    """Start the recorder node, which writes the files and draws the progress bar."""
    return NodeProcess(
        'recorder',
        'fairmot_ros.ros.tools.recorder_node',
        environment,
        logs / 'recorder.log',
        {
            'output': str(run.output.resolve()),
            'frame_rate': run.source.frame_rate,
            'first_frame': run.source.first_number,
            'progress_total': run.frames,
            'progress_title': run.name,
        },
        {
            'tracks': 'fairmot/tracks',
            'image_annotated': 'fairmot/image_annotated',
            'frames_sent': 'player/frames_sent',
        },
        show_errors=True,
    )


def start_player(run: DemoRun, environment: Mapping[str, str], logs: Path) -> NodeProcess:
    """Start the player node, which publishes the images once both other nodes subscribe."""
    return NodeProcess(
        'player',
        'fairmot_ros.ros.tools.player_node',
        environment,
        logs / 'player.log',
        {
            'video': str(run.source.path.resolve()),
            'frame_rate': run.source.frame_rate,
            'every_frame': not run.real_time,
            'max_frames': run.max_frames,
            'subscribers': 2,
        },
        {'detections': 'fairmot/detections'},
    )


def wait_for_recorder(tracker: NodeProcess, recorder: NodeProcess, player: NodeProcess) -> None:
    """Wait until the recorder has received everything.

    Raises:
        DemoError: if another node exits before, or the recorder fails.
    """
    while recorder.process.poll() is None:
        for node in (tracker, player):
            if node.process.poll() is not None:
                raise DemoError(
                    f'the {node.name} ended early with code {node.process.returncode}:\n'
                    f'{node.last_lines()}'
                )
        time.sleep(0.1)
    if recorder.process.returncode != 0:
        lines = recorder.last_lines()  # its errors are also on the terminal
        raise DemoError(f'the recorder failed:\n{lines}' if lines else 'the recorder failed')
