# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that is the base of both tracking nodes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType, JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import SetBool, Trigger

from fairmot_ros.pipeline import FrameTracker
from fairmot_ros.ros.health.statistics import Statistics
from fairmot_ros.ros.inputs.camera_input import CameraInput, ReceivedMessage
from fairmot_ros.ros.inputs.subscription import InputSubscription, Source
from fairmot_ros.ros.nodes.bond import Bond
from fairmot_ros.ros.nodes.camera import Camera
from fairmot_ros.ros.nodes.follow_service import FollowService
from fairmot_ros.ros.nodes.gallery_services import GalleryServices
from fairmot_ros.ros.nodes.lifecycle_guard import guard_transitions, report_failure
from fairmot_ros.ros.nodes.reporter import Reporter
from fairmot_ros.ros.nodes.run_node import run_node
from fairmot_ros.ros.outputs import make_outputs
from fairmot_ros.ros.parameters import TrackingParameters
from fairmot_ros.ros.parameters.declaration import declare_parameters, select_values
from fairmot_ros.ros.parameters.overrides import (
    explain_unknown,
    unknown_parameters,
    unused_overrides,
)
from fairmot_ros.ros.processing.camera_stream import CameraStream
from fairmot_ros.ros.processing.detection_source import DetectionSource
from fairmot_ros.ros.processing.frame_processor import FrameProcessor
from fairmot_ros.ros.processing.person_locator import make_locator
from fairmot_ros.ros.processing.worker import CallInterruptedError, Worker, is_worker_running

OK = TransitionCallbackReturn.SUCCESS

#: Seconds to wait for the worker thread in a transition, and when the node is destroyed.
TRANSITION_TIMEOUT = 30.0
EXIT_TIMEOUT = 2.0

P = TypeVar('P', bound=TrackingParameters)


class TrackingNode(LifecycleNode, Generic[P]):
    """Lifecycle node with cameras, outputs and a worker thread.

    Configuring loads the model, activating subscribes to the inputs, deactivating destroys the
    subscriptions, cleaning up frees the model. Between configuring and cleaning up, a single
    worker thread loads the model and processes all input.

    A subclass defines the input topics (`sources_of`, `input_name`), the source of detections
    (`load`) and the parameters (`parameter_type`).
    """

    parameter_type: type[P]

    def __init__(self, node_name: str, **options: Any) -> None:
        """Declare the parameters and create the services.

        Args:
            node_name: of the node, unless it is remapped.
            options: of `rclpy.node.Node`, such as namespace, parameter_overrides and context.

        Raises:
            ValueError: if parameter values are invalid or inconsistent.
        """
        # Attributes that `destroy_node()` needs are set before anything can fail: from ROS 2
        # Kilted on, `rclpy.try_shutdown()` destroys nodes whose construction failed.
        self._enabled = True
        self._source: DetectionSource | None = None
        self._processor: FrameProcessor | None = None
        self._worker: Worker[CameraStream, ReceivedMessage] | None = None
        self._cameras: list[Camera] = []
        self._gallery_services: GalleryServices | None = None
        self._follow_service: FollowService | None = None
        self._bond: Bond | None = None
        self._last_ids: dict[str, int] = {}  # by camera: ids are not reused after a cleanup
        self._worker_timeout = TRANSITION_TIMEOUT
        self._jump_handle: Any = None
        self.transition_error = ''
        super().__init__(node_name, **options)
        guard_transitions(self)
        self.parameters: P = declare_parameters(self, self.parameter_type)
        if unknown := unknown_parameters(self):
            names = list(self.parameter_type.settings())
            self.get_logger().warning(explain_unknown(unknown, names))
        self.add_on_set_parameters_callback(self._check_parameters)
        if hasattr(self, 'add_post_set_parameters_callback'):
            self.add_post_set_parameters_callback(self._apply_parameters)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_service(SetBool, '~/set_enabled', self._on_set_enabled)
        self._reporter = Reporter(self)
        # A steady clock: timers on ROS time stall when a bag starts over.
        self.create_timer(1.0, self._on_timer, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self._jump_handle = self.get_clock().create_jump_callback(
            JumpThreshold(
                min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=True
            ),
            post_callback=self._on_clock_jump,
        )

    # -- to be provided by a subclass ----------------------------------------------------------

    def load(self) -> DetectionSource:
        """Load and return the source of detections; called on the worker thread.

        Raises:
            ValueError: if it cannot be loaded; the text says why.
        """
        raise NotImplementedError

    def sources_of(self, prefix: str) -> list[Source]:
        """Return resolved topic and message type of each possible input, the preferred one first.

        Args:
            prefix: of the camera's topics, '<camera>/' or ''.
        """
        raise NotImplementedError

    input_name: str  # name of the input topic without the prefix
    takes_images = False

    # -- lifecycle ---------------------------------------------------------------------------

    @report_failure
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model and create the publishers."""
        self._worker = Worker(lambda: not self.context.ok())
        try:
            self._source = self._worker.call(self.load)
            for name in self.parameters.inputs.cameras:
                self._cameras.append(self._create_camera(name))
            if self.parameters.frames().gallery is not None:
                self._gallery_services = GalleryServices(self, self._cameras)
            self._follow_service = FollowService(self, self._cameras)
            self._processor = FrameProcessor(self._source, self.parameters)
            self._worker.process = self._processor.process
            self._reporter.open(self._cameras, self._source, self.parameters)
        except CallInterruptedError:  # the process is ending
            self._worker_timeout = EXIT_TIMEOUT
            raise
        except Exception:
            self._release()
            raise
        return OK

    @report_failure
    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe to the inputs."""
        try:
            for camera in self._cameras:
                camera.stream.request_reset()
                for output in camera.stream.outputs:
                    output.activate()
                camera.subscription = self._subscribe(camera)
            self._close_bond()
            if self.parameters.inputs.bond:
                self._bond = Bond(self)
        except Exception:
            self._stop()
            raise
        topics = ', '.join(c.subscription.topic for c in self._cameras if c.subscription)
        self.get_logger().info(f'subscribed to {topics}')
        if unused := unused_overrides(self):
            self.get_logger().warning(unused)
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
        """Configure and activate; return whether both succeeded."""
        return self.trigger_configure() == OK and self.trigger_activate() == OK

    def destroy_node(self) -> None:
        """Stop the worker, then destroy its publishers and the node."""
        self._worker_timeout = EXIT_TIMEOUT
        self._end_worker()  # first, so that a busy worker is waited for only once
        self._stop()
        if self._jump_handle is not None:
            self._jump_handle.unregister()
        super().destroy_node()

    def _create_camera(self, name: str) -> Camera:
        source, statistics = self._source, Statistics()
        assert source is not None
        frame_tracker = FrameTracker(
            self.parameters.frames(source.thresholds), source.model, self._last_ids.get(name, 0)
        )
        locator = make_locator(self, name, self.parameters)
        outputs = make_outputs(self, name, self.parameters, locator, images=self.takes_images)
        clock, logger = self.get_clock(), self.get_logger()
        stream = CameraStream(
            name, frame_tracker, outputs, statistics, clock, logger, source.thresholds, locator
        )
        return Camera(name, CameraInput(statistics, clock), stream, statistics)

    def _subscribe(self, camera: Camera) -> InputSubscription:
        prefix = f'{camera.name}/' if camera.name else ''

        def on_message(message: Any, info: dict[str, Any]) -> None:
            self._on_message(camera, message, info)

        return InputSubscription(
            self,
            self.sources_of(prefix),
            on_message,
            self.parameters.inputs.reliability,
            prefix + self.input_name,
        )

    def _stop(self) -> None:
        """End the bond and the subscriptions, finish the frame, deactivate the outputs."""
        if self._bond is not None:  # first, as a manager may count on heartbeats meanwhile
            self._bond.end()
        active = [camera for camera in self._cameras if camera.subscription is not None]
        for camera in active:
            assert camera.subscription is not None
            camera.subscription.destroy()
            camera.subscription = None
        if active and self._worker is not None and not self._worker.drain(self._worker_timeout):
            self.get_logger().error(
                f'the current frame is not finished after {self._worker_timeout:.0f} s: clean up '
                'and configure the node to replace the worker thread'
            )
        for camera in self._cameras:
            for output in camera.stream.outputs:
                output.deactivate()

    def _close_bond(self) -> None:
        if self._bond is not None:
            self._bond.close()
            self._bond = None

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None and not worker.stop(self._worker_timeout):
            self.get_logger().warning(
                f'the worker thread is still busy after {self._worker_timeout:.0f} s and is '
                'abandoned'
            )

    def _release(self) -> None:
        """End the worker, destroy the publishers and free the model."""
        self._end_worker()
        for camera in self._cameras:
            stream = camera.stream
            self._last_ids[camera.name] = stream.frame_tracker.tracker.last_id
            if stream.gallery is not None:
                stream.gallery.forget()
            for output in stream.outputs:
                output.close()
        if self._gallery_services is not None:
            self._gallery_services.close()
            self._gallery_services = None
        if self._follow_service is not None:
            self._follow_service.close()
            self._follow_service = None
        self._close_bond()
        self._reporter.close()
        self._cameras.clear()
        self._processor = None
        source, self._source = self._source, None
        if source is not None:
            source.close()

    # -- input ---------------------------------------------------------------------------------

    def _on_message(self, camera: Camera, message: Any, info: dict[str, Any]) -> None:
        """Pass a message to the worker, which calls `FrameProcessor.process`."""
        camera.input.note_sequence(info.get('publication_sequence_number'))
        if not self._enabled or self._worker is None:
            return
        sent, received = info['source_timestamp'], info['received_timestamp']
        transport = (received - sent) * 1e-9 if sent and received else None
        if self._worker.put(camera.stream, camera.input.receive(message, transport)):
            camera.statistics.count('dropped')

    # -- services, parameters, time ------------------------------------------------------------

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        for camera in self._cameras:
            camera.stream.request_reset()
        response.success = bool(self._cameras)
        response.message = (
            'all tracks are dropped before the next frame; ids continue'
            if self._cameras
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

    def _check_parameters(self, parameters: list[Parameter]) -> SetParametersResult:
        """Accept or reject a set of changes as a whole."""
        try:
            new = self.parameters.changed(select_values(parameters, self.parameter_type))
            if self._worker is not None:
                self._check_fixed(new)
        except (ValueError, TypeError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        if not hasattr(self, 'add_post_set_parameters_callback'):  # Humble
            self._apply_parameters(parameters)
        return SetParametersResult(successful=True)

    def _check_fixed(self, new: P) -> None:
        """Raise ValueError if a value differs that is read when the node is configured."""
        if fixed := self.parameters.fixed_changes(new):
            raise ValueError(
                f'{", ".join(fixed)} cannot be changed while the node is configured: clean the '
                'node up first (lifecycle transition cleanup)'
            )

    def _apply_parameters(self, parameters: list[Parameter]) -> None:
        """Apply accepted changes before the next frame."""
        self.parameters = self.parameters.changed(select_values(parameters, self.parameter_type))
        if self._processor is not None:
            self._processor.parameters = self.parameters

    def _on_clock_jump(self, jump: TimeJump) -> None:
        if self.parameters.frames().stamps.on_time_jump == 'reset' and self._cameras:
            self.get_logger().warning('the clock jumped: dropping all tracks')
            for camera in self._cameras:
                camera.stream.request_reset()

    def _on_timer(self) -> None:
        """Adapt the subscriptions to the publishers, and report; called every second."""
        active = {c: c.subscription for c in self._cameras if c.subscription is not None}
        for camera, subscription in active.items():
            subscription.follow_publishers()
            camera.input.only_publisher = len(subscription.publishers()) == 1
            camera.stream.refresh()
        if not active:
            reason = self.transition_error or 'not active'
            self._reporter.report_idle(self.parameters, reason, failed=bool(self.transition_error))
        elif not self._enabled:
            self._reporter.report_idle(self.parameters, 'disabled by ~/set_enabled')
        else:
            self._reporter.report(active, self.parameters)


class StartupError(RuntimeError):
    """The node could not be configured or activated; the log says why."""


def run_tracking_node(node_type: Callable[[], TrackingNode]) -> int:
    """Run a node, with `autostart` configure and activate it, and return the exit code."""

    def start(node: Node) -> None:
        assert isinstance(node, TrackingNode)
        if node.parameters.inputs.autostart and not node.autostart():
            raise StartupError('the node could not be started; see the error above')

    code = run_node(node_type, start=start, mistakes=(StartupError,))
    if is_worker_running():
        # The worker still runs native code, which a regular exit would unload: it would crash.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
