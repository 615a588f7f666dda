"""The managed (lifecycle) node that both nodes of this package are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Generic, TypeVar

from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType, JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_srvs.srv import SetBool, Trigger

from fairmot_ros.detector.engines.devices import free_device_memory
from fairmot_ros.ros.frame_processor import FrameProcessor
from fairmot_ros.ros.gallery_services import GalleryServices
from fairmot_ros.ros.input_subscription import InputSubscription
from fairmot_ros.ros.lifecycle_guard import guard_transitions
from fairmot_ros.ros.outputs import make_outputs
from fairmot_ros.ros.parameters import TrackingParameters, declare, own_values
from fairmot_ros.ros.perception import Perception
from fairmot_ros.ros.reporter import Reporter
from fairmot_ros.ros.spinning import run_node
from fairmot_ros.ros.stream import Incoming, Stream
from fairmot_ros.ros.unknown_parameters import explain_unknown, unknown_parameters
from fairmot_ros.ros.worker import Worker
from fairmot_ros.tracker import Tracker
from fairmot_ros.tracker.gallery import Gallery

OK, REFUSED = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE

P = TypeVar('P', bound=TrackingParameters)


class TrackingNode(LifecycleNode, Generic[P]):
    """configure loads, activate listens, deactivate rests, cleanup frees.

    A node of its own says what it takes (`input_of`) and how that becomes detections (`load`).
    """

    parameter_type: type[P]

    def __init__(self, name: str) -> None:
        """Declare the parameters and offer the services.

        Raises:
            ValueError: if the given parameters are not consistent.
        """
        super().__init__(name)
        guard_transitions(self)
        self.parameters: P = declare(self, self.parameter_type)
        if unknown := unknown_parameters(self):
            names = [spec.name for spec in fields(self.parameter_type)]
            self.get_logger().warning(explain_unknown(unknown, names))
        self._enabled = True
        self._perception: Perception | None = None
        self._processor: FrameProcessor | None = None
        self._worker: Worker[Stream, Incoming] | None = None
        self._streams: list[Stream] = []
        self._inputs: dict[Stream, InputSubscription] = {}
        self._last_ids: dict[str, int] = {}  # by camera: ids outlive a cleanup
        self.add_on_set_parameters_callback(self._judge_parameters)
        if hasattr(self, 'add_post_set_parameters_callback'):
            self.add_post_set_parameters_callback(self._apply_parameters)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_service(SetBool, '~/set_enabled', self._on_set_enabled)
        if self.parameters.gallery:
            GalleryServices(self, self._streams)
        self._reporter = Reporter(self)
        # A steady clock: timers on ROS time stall when a bag starts over.
        self.create_timer(1.0, self._on_second, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._jump_handle = self.get_clock().create_jump_callback(
            JumpThreshold(
                min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=True
            ),
            post_callback=self._on_clock_jump,
        )

    # -- what a node of its own provides -------------------------------------------------------

    def load(self) -> Perception:
        """Return what turns messages into detections; ValueError or RuntimeError if it cannot."""
        raise NotImplementedError

    def input_of(self, prefix: str) -> tuple[str, type]:
        """Return topic and type of the input of the camera with this prefix."""
        raise NotImplementedError

    takes_images = False

    # -- lifecycle ---------------------------------------------------------------------------

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model and offer the topics."""
        p = self.parameters
        try:
            self._perception = self.load()
            for camera in p.cameras:
                self._streams.append(self._make_stream(camera))
        except (ValueError, RuntimeError) as error:
            self.get_logger().error(f'cannot configure: {error}')
            self._release()
            return REFUSED
        self._processor = FrameProcessor(self._perception, p)
        self._reporter.open(self._streams, self._perception, p)
        return OK

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Listen to the cameras."""
        assert self._processor is not None
        self._worker = Worker(self._processor.process)
        self._worker.start()
        try:
            for stream in self._streams:
                stream.request_reset()
                for output in stream.outputs:
                    output.activate()
                self._inputs[stream] = self._listen(stream)
        except ValueError as error:
            self.get_logger().error(f'cannot activate: {error}')
            self._stop()
            return REFUSED
        topics = ', '.join(source.topic for source in self._inputs.values())
        self.get_logger().info(f'listening to {topics}')
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop listening; the model stays."""
        self._stop()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the model."""
        self._release()
        return OK

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """End from any state."""
        self._stop()
        self._release()
        return OK

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Go back to the unconfigured state, from where everything can be tried again."""
        self._stop()
        self._release()
        return OK

    def autostart(self) -> bool:
        """Configure and activate; returns whether both worked."""
        return self.trigger_configure() == OK and self.trigger_activate() == OK

    def destroy_node(self) -> None:
        """Stop the worker before its publishers go."""
        self._stop()
        self._jump_handle.unregister()
        super().destroy_node()

    def _make_stream(self, camera: str) -> Stream:
        p = self.parameters
        assert self._perception is not None
        gallery = Gallery(p.gallery_config(), self._perception.model) if p.gallery else None
        tracker = Tracker(
            p.tracker_config(), last_id=self._last_ids.get(camera, 0), gallery=gallery
        )
        outputs = make_outputs(self, camera, p, images=self.takes_images)
        return Stream(camera, tracker, outputs, self.get_clock(), self.get_logger(), gallery)

    def _listen(self, stream: Stream) -> InputSubscription:
        topic, message_type = self.input_of(f'{stream.name}/' if stream.name else '')

        def on_message(message: Any, info: dict[str, Any]) -> None:
            self._on_message(stream, message, info)

        return InputSubscription(
            self, topic, message_type, on_message, self.parameters.reliability
        )

    def _stop(self) -> None:
        for source in self._inputs.values():
            source.destroy()
        self._inputs.clear()
        if self._worker is not None:
            if not self._worker.stop():
                self.get_logger().error('the worker is stuck; its present image is given up')
            self._worker = None
        for stream in self._streams:
            for output in stream.outputs:
                output.deactivate()

    def _release(self) -> None:
        for stream in self._streams:
            self._last_ids[stream.name] = stream.tracker.last_id
            if stream.gallery is not None:
                stream.gallery.forget()
            for output in stream.outputs:
                output.close()
        self._reporter.close()
        self._streams.clear()
        self._processor = self._perception = None
        free_device_memory()

    # -- one message ---------------------------------------------------------------------------

    def _on_message(self, stream: Stream, message: Any, info: dict[str, Any]) -> None:
        """Keep the newest message for the worker, which goes on in `FrameProcessor.process`."""
        stream.note_sequence(info.get('publication_sequence_number'))
        if not self._enabled or self._worker is None:
            return
        sent, received = info['source_timestamp'], info['received_timestamp']
        transport = (received - sent) * 1e-9 if sent and received else None
        if self._worker.slots.put(stream, stream.arrived(message, transport)):
            stream.counters.dropped += 1

    # -- services, parameters, time ------------------------------------------------------------

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        for stream in self._streams:
            stream.request_reset()
        response.success = bool(self._streams)
        response.message = (
            'all tracks are dropped before the next image; ids go on counting'
            if self._streams
            else 'the node is not configured'
        )
        return response

    def _on_set_enabled(
        self, request: SetBool.Request, response: SetBool.Response
    ) -> SetBool.Response:
        self._enabled = request.data
        response.success = True
        response.message = 'input is processed' if request.data else 'input is ignored'
        return response

    def _judge_parameters(self, parameters: list[Parameter]) -> SetParametersResult:
        """Accept a set of changes as a whole or refuse it with the reason."""
        try:
            self.parameters.changed(own_values(parameters, self.parameter_type))
        except (ValueError, TypeError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        if not hasattr(self, 'add_post_set_parameters_callback'):  # Humble
            self._apply_parameters(parameters)
        return SetParametersResult(successful=True)

    def _apply_parameters(self, parameters: list[Parameter]) -> None:
        """Put accepted changes into force, from the next image on."""
        self.parameters = self.parameters.changed(own_values(parameters, self.parameter_type))
        if self._processor is not None:
            self._processor.parameters = self.parameters

    def _on_clock_jump(self, jump: TimeJump) -> None:
        if self.parameters.on_time_jump == 'reset' and self._streams:
            self.get_logger().warning('the clock was set: all tracks are dropped')
            for stream in self._streams:
                stream.request_reset()

    def _on_second(self) -> None:
        """Follow what changed around the node, and report."""
        for stream, source in self._inputs.items():
            source.follow_publisher()
            stream.only_publisher = len(source.publishers()) == 1
            for output in stream.outputs:
                output.refresh()
        if not self._inputs:
            self._reporter.report_idle(self.parameters.cameras, 'not active')
        elif not self._enabled:
            self._reporter.report_idle(self.parameters.cameras, 'disabled by ~/set_enabled')
        else:
            self._reporter.report(self._inputs, self.parameters)


class StartupError(RuntimeError):
    """The node could not start by itself; the reason is in the log."""


def run_tracking_node(node_type: Callable[[], TrackingNode]) -> int:
    """Run a node, started by itself unless a lifecycle manager is to do that."""

    def make_node() -> TrackingNode:
        node = node_type()
        if node.parameters.autostart and not node.autostart():
            node.destroy_node()
            raise StartupError('the node could not be started; see the error above')
        return node

    try:
        return run_node(make_node)
    except (StartupError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
