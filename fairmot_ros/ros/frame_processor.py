"""The newest messages of all cameras through the pipeline: read, detect, track, publish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.perception import Perception
from fairmot_ros.ros.stream import Incoming, Stream


class FrameProcessor:
    """Runs in the worker; what goes wrong with one camera does not touch the others.

    Attributes:
        parameters: in force; replaced as a whole, read once per call.
    """

    def __init__(self, perception: Perception, parameters: TrackingParameters) -> None:
        """Use one perception for all cameras."""
        self.parameters = parameters
        self._perception = perception
        self._applied: TrackingParameters | None = None

    def process(self, batch: Mapping[Stream, Incoming]) -> None:
        """Handle one message of each of some cameras, with one call of the network."""
        parameters = self.parameters
        if parameters is not self._applied:
            self._perception.configure(parameters)
            self._applied = parameters
        admitted: dict[Stream, Any] = {}
        for stream, incoming in batch.items():
            with stream.reporting():
                if not stream.begin(incoming, parameters):
                    continue
                with stream.stopwatch.measure('convert'):
                    value = self._perception.read(incoming.message)
                if stream.admit(incoming, self._perception.picture(value)):
                    admitted[stream] = value
        if not admitted:
            return
        try:
            first = next(iter(admitted))
            with first.stopwatch.measure('detect'):
                found = self._perception.detect(list(admitted.values()))
        except Exception as error:
            for stream in admitted:
                stream.report(error)
            return
        for (stream, value), detections in zip(admitted.items(), found):
            with stream.reporting():
                stream.track(
                    batch[stream],
                    detections,
                    self._perception.picture(value),
                    self._perception.labels,
                    self._perception.model,
                )
