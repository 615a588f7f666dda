# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Processing of the newest message of each camera: read, detect, track, publish."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from fairmot_ros.ros.inputs.camera_input import ReceivedMessage
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.processing.camera_stream import CameraStream
from fairmot_ros.ros.processing.detection_source import DetectionSource
from fairmot_ros.types import Detections


class FrameProcessor:
    """Processes batches of messages on the worker thread; failures stay within their camera.

    Attributes:
        parameters: applied before the next frame; may be replaced from any thread.
    """

    def __init__(self, source: DetectionSource, parameters: TrackingParameters) -> None:
        """Use `source` for all cameras."""
        self.parameters = parameters
        self._source = source
        self._applied: TrackingParameters | None = None

    def process(self, batch: Mapping[CameraStream, ReceivedMessage]) -> None:
        """Process one message per camera, with a single call of the detection source."""
        parameters = self.parameters
        if parameters is not self._applied:
            self._source.configure(parameters)
            self._applied = parameters
        admitted = {}
        for stream, received in batch.items():
            with stream.reporting():
                if not stream.begin(received, parameters):
                    continue
                with stream.statistics.measure('convert'):
                    value = self._source.read(received.message, stream.warn)
                if stream.admit(received, self._source.image(value)):
                    admitted[stream] = value
        for stream, detections in self._detect(admitted).items():
            with stream.reporting():
                stream.track(
                    batch[stream],
                    detections,
                    self._source.image(admitted[stream]),
                    self._source.labels,
                    self._source.model,
                )

    def _detect(self, admitted: Mapping[CameraStream, Any]) -> dict[CameraStream, Detections]:
        """Return the detections per camera; report a failure to all cameras of the batch."""
        if not admitted:
            return {}
        try:
            started = time.perf_counter()
            found = self._source.detect(list(admitted.values()))
            seconds = time.perf_counter() - started
        except Exception as error:
            for stream in admitted:
                stream.report(error)
            return {}
        for stream in admitted:  # each waits for the whole batch
            stream.statistics.add('detect', seconds)
        return dict(zip(admitted, found, strict=True))
