"""The managed (lifecycle) node that both nodes of this package are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Generic, TypeVar

from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType, JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import SetBool, Trigger

from fairmot_ros.detector.engines.devices import free_device_memory
from fairmot_ros.ros.frame_processor import FrameProcessor
from fairmot_ros.ros.gallery_services import GalleryServices
from fairmot_ros.ros.input_subscription import InputSubscription
from fairmot_ros.ros.lifecycle_guard import guard_transitions, report_failure
from fairmot_ros.ros.outputs import make_outputs
from fairmot_ros.ros.parameters import TrackingParameters, declare, own_values
from fairmot_ros.ros.perception import Perception
from fairmot_ros.ros.reporter import Reporter
from fairmot_ros.ros.spinning import run_node
from fairmot_ros.ros.stream import Incoming, Stream
from fairmot_ros.ros.unknown_parameters import explain_unknown, unknown_parameters
from fairmot_ros.ros.worker import CallInterruptedError, Worker, is_running
from fairmot_ros.tracker import Tracker
from fairmot_ros.tracker.gallery import Gallery

OK = TransitionCallbackReturn.SUCCESS

# Seconds to wait for the worker thread, in a transition and when the node is destroyed.
TRANSITION_SECONDS = 30.0
EXIT_SECONDS = 2.0

P = TypeVar('P', bound=TrackingParameters)


class TrackingNode(LifecycleNode, Generic[P]):
    """Base of both nodes: subscriptions, streams, outputs and the worker thread.

    Configuring loads the model, activating subscribes to the inputs, deactivating destroys the
    subscriptions, cleaning up frees the model. One worker thread, from configuring to cleaning
    up, loads the model and processes all input.

    A subclass defines the input topics (`input_of`) and the source of detections (`load`).
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
        self._patience = TRANSITION_SECONDS
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

    # -- what a subclass provides --------------------------------------------------------------

    def load(self) -> Perception:
        """Return what turns messages into detections; called on the worker thread.

        Raises:
            ValueError: if it cannot be loaded; the message says why.
        """
        raise NotImplementedError

    def input_of(self, prefix: str) -> tuple[str, type]:
        """Return topic and type of the input of the camera with this prefix."""
        raise NotImplementedError

    takes_images = False

    # -- lifecycle ---------------------------------------------------------------------------

    @report_failure
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model and create the publishers."""
        self._worker = Worker(lambda: not self.context.ok())
        try:
            self._perception = self._worker.call(self.load)
            for camera in self.parameters.cameras:
                self._streams.append(self._make_stream(camera))
            self._processor = FrameProcessor(self._perception, self.parameters)
            self._worker.process = self._processor.process
            self._reporter.open(self._streams, self._perception, self.parameters)
        except CallInterruptedError:  # the process is ending
            self._patience = EXIT_SECONDS
            raise
        except Exception:
            self._release()
            raise
        return OK

    @report_failure
    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe to the cameras."""
        try:
            for stream in self._streams:
                stream.request_reset()
                for output in stream.outputs:
                    output.activate()
                self._inputs[stream] = self._listen(stream)
        except Exception:
            self._stop()
            raise
        topics = ', '.join(source.topic for source in self._inputs.values())
        self.get_logger().info(f'listening to {topics}')
        return super().on_activate(state)

    @report_failure
    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Destroy the subscriptions and keep the model."""
        self._stop()
        return super().on_deactivate(state)

    @report_failure
    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Free the model and destroy the publishers."""
        self._release()
        return OK

    @report_failure
    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop and free everything, in any state."""
        self._stop()
        self._release()
        return OK

    @report_failure
    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop and free everything; the node is unconfigured afterwards."""
        self._stop()
        self._release()
        return OK

    def autostart(self) -> bool:
        """Configure and activate; returns whether both worked."""
        return self.trigger_configure() == OK and self.trigger_activate() == OK

    def destroy_node(self) -> None:
        """Stop the worker before its publishers are destroyed."""
        self._patience = EXIT_SECONDS
        self._stop()
        self._end_worker()
        self._jump_handle.unregister()
        super().destroy_node()

    def _make_stream(self, camera: str) -> Stream:
        p = self.parameters
        assert self._perception is not None
        gallery = Gallery(p.gallery_config(), self._perception.model) if p.gallery else None
        tracker = Tracker(
            p.tracker_config(self._perception.thresholds),
            last_id=self._last_ids.get(camera, 0),
            gallery=gallery,
        )
        outputs = make_outputs(self, camera, p, images=self.takes_images)
        return Stream(
            camera,
            tracker,
            outputs,
            self.get_clock(),
            self.get_logger(),
            gallery,
            self._perception.thresholds,
        )

    def _listen(self, stream: Stream) -> InputSubscription:
        topic, message_type = self.input_of(f'{stream.name}/' if stream.name else '')

        def on_message(message: Any, info: dict[str, Any]) -> None:
            self._on_message(stream, message, info)

        return InputSubscription(
            self, topic, message_type, on_message, self.parameters.reliability
        )

    def _stop(self) -> None:
        """Destroy the subscriptions, finish the frame in process and deactivate the outputs."""
        active = bool(self._inputs)
        for source in self._inputs.values():
            source.destroy()
        self._inputs.clear()
        if active and self._worker is not None and not self._worker.drain(self._patience):
            self.get_logger().error(
                f'the frame in process is not finished after {self._patience:.0f} s: clean up '
                'and configure the node to replace the worker thread'
            )
        for stream in self._streams:
            for output in stream.outputs:
                output.deactivate()

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None and not worker.stop(self._patience):
            self.get_logger().warning(
                f'the worker thread is still busy after {self._patience:.0f} s and is abandoned'
            )

    def _release(self) -> None:
        """End the worker, destroy the publishers and free the model."""
        self._end_worker()
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
        """Pass the message to the worker, which calls `FrameProcessor.process`."""
        stream.note_sequence(info.get('publication_sequence_number'))
        if not self._enabled or self._worker is None:
            return
        sent, received = info['source_timestamp'], info['received_timestamp']
        transport = (received - sent) * 1e-9 if sent and received else None
        if self._worker.put(stream, stream.arrived(message, transport)):
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
    """Run a node, and start it unless a lifecycle manager does; returns the exit code."""

    def start(node: Node) -> None:
        assert isinstance(node, TrackingNode)
        if node.parameters.autostart and not node.autostart():
            raise StartupError('the node could not be started; see the error above')

    try:
        code = run_node(node_type, start=start)
    except (StartupError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        code = 1
    if is_running():
        # The thread is inside native code; a regular exit would unload that and abort.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
