# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Process that runs a detector in a loop, on demand: the counterpart of a node in `node_speed`.

For each line of the standard input, a number of images, it prints the seconds of each as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from itertools import cycle, islice
from pathlib import Path

from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.detector import Detector
from fairmot_ros.detector.engines.memory import keep_freed_memory
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.starting import python_module


class BareLoop:
    """The process, as a context manager."""

    def __init__(
        self,
        weights: str,
        device: str,
        engine: str,
        threads: int = 0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        arguments = weights, device, engine, str(threads)
        command = [*python_module('benchmarks.bare_loop'), *arguments]
        # The benchmarks are not installed: their folder must be named.
        paths = [str(Path(__file__).resolve().parents[1]), os.environ.get('PYTHONPATH', '')]
        self._process = subprocess.Popen(
            command,
            env={
                **os.environ,
                'PYTHONPATH': os.pathsep.join(filter(None, paths)),
                **(environment or {}),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> BareLoop:
        self.run(1)  # waits until the network is loaded
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # the end of its input ends it

    def run(self, count: int) -> list[float]:
        """Detect in the next images; return the seconds of each."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(count, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError('the bare loop has ended; see the error above')
        times: list[float] = json.loads(line)
        return times


def main(weights: str, device: str, engine: str, threads: str) -> None:
    """Serve the other side."""
    keep_freed_memory()  # as the node does
    images = cycle(list(VideoSource(PEDESTRIANS)))
    detector = Detector(weights, device=device, engine=engine, threads=int(threads))
    detector.warm_up()
    for line in sys.stdin:
        times = []
        for image in islice(images, int(line)):
            started = time.perf_counter()
            detector(image)
            times.append(time.perf_counter() - started)
        print(json.dumps(times), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
