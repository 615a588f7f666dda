"""The `fairmot` node: a camera's images in, tracks out, as a managed (lifecycle) node."""

from __future__ import annotations

import sys

from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import SetParametersResult
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger
from vision_msgs.msg import Detection2DArray, LabelInfo, VisionInfo

from fairmot_ros.msg import TrackArray
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.ros.diagnostics import diagnose
from fairmot_ros.ros.frame_processor import FrameProcessor, Outputs
from fairmot_ros.ros.image_subscription import ImageSubscription
from fairmot_ros.ros.lifecycle_guard import guard_transitions
from fairmot_ros.ros.parameters import declare, own_values
from fairmot_ros.ros.spinning import run_node
from fairmot_ros.ros.track_conversion import TrackConverter
from fairmot_ros.ros.worker import Worker

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
OK, REFUSED = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class TrackerNode(LifecycleNode):
    """configure loads the model, activate listens, deactivate rests, cleanup frees the model."""

    def __init__(self) -> None:
        """Declare the parameters and offer the services."""
        super().__init__('fairmot')
        guard_transitions(self)
        self.parameters = declare(self)
        self._pipeline: FairMOT | None = None
        self._processor: FrameProcessor | None = None
        self._worker: Worker | None = None
        self._images: ImageSubscription | None = None
        self._enabled = True
        self.add_on_set_parameters_callback(self._judge_parameters)
        self.create_service(Trigger, '~/reset', self._on_reset)
        self.create_service(SetBool, '~/set_enabled', self._on_set_enabled)
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', 10)
        # A steady clock: timers on ROS time stall when a bag starts over.
        self.create_timer(1.0, self._on_second, clock=Clock(clock_type=ClockType.STEADY_TIME))

    # -- lifecycle ---------------------------------------------------------------------------

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model, run it once and offer the topics."""
        p = self.parameters
        try:
            self._pipeline = FairMOT(
                p.weights, p.device, p.tracker_config(), input_size=p.input_size,
                precision=p.precision, score_threshold=p.detection_threshold,
            )
            self._pipeline.warm_up()
        except (ValueError, RuntimeError) as error:
            self.get_logger().error(f'cannot configure: {error}')
            self._pipeline = None
            return REFUSED
        detector = self._pipeline.detector
        self._outputs = Outputs(
            self.create_publisher(Detection2DArray, '~/detections', 10),
            self.create_publisher(TrackArray, '~/tracks', 10),
            self.create_publisher(Image, '~/image_annotated', qos_profile_sensor_data.depth),
        )
        self._processor = FrameProcessor(self._pipeline, p, self._outputs, self.get_logger())
        self._publish_infos()
        self.get_logger().info(
            f'{detector.model_name} on {detector.device} ({detector.precision}), '
            f'input {detector.input_size[0]} x {detector.input_size[1]}'
        )
        return OK

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Listen to the camera."""
        assert self._processor is not None
        self._processor.request_reset()
        self._worker = Worker(self._processor.process, self.get_logger())
        self._worker.start()
        self._images = ImageSubscription(
            self, self._on_image, self.parameters.image_transport, self.parameters.reliability
        )
        self.get_logger().info(f'listening to {self._images.topic}')
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
        super().destroy_node()

    def _stop(self) -> None:
        if self._images is not None:
            self._images.destroy()
            self._images = None
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _release(self) -> None:
        if self._processor is not None:
            for publisher in vars(self._outputs).values():
                self.destroy_publisher(publisher)
            for publisher in self._infos:
                self.destroy_publisher(publisher)
        self._processor = None
        self._pipeline = None  # the last reference: the device's memory is free again

    # -- one image ---------------------------------------------------------------------------

    def _on_image(self, message: Image | CompressedImage) -> None:
        """Keep the newest image for the worker, which goes on in `FrameProcessor.process`."""
        if self._enabled and self._worker is not None:
            now = self.get_clock().now().nanoseconds * 1e-9
            self._worker.slot.put((message, now))

    # -- services, parameters, timers --------------------------------------------------------

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.success = self._processor is not None
        response.message = 'the node is not configured'
        if self._processor is not None:
            self._processor.request_reset()
            response.message = 'all tracks are dropped before the next image; ids go on counting'
        return response

    def _on_set_enabled(self, request: SetBool.Request,
                        response: SetBool.Response) -> SetBool.Response:
        self._enabled = request.data
        response.success = True
        response.message = 'images are processed' if request.data else 'images are ignored'
        return response

    def _judge_parameters(self, parameters: list[Parameter]) -> SetParametersResult:
        """Accept a set of changes as a whole or refuse it with the reason."""
        try:
            changed = self.parameters.changed(own_values(parameters))
        except (ValueError, TypeError) as error:
            return SetParametersResult(successful=False, reason=str(error))
        self.parameters = changed
        if self._processor is not None:
            self._processor.parameters = changed
        return SetParametersResult(successful=True)

    def _publish_infos(self) -> None:
        assert self._pipeline is not None
        detector = self._pipeline.detector
        converter = TrackConverter(detector.labels, detector.model_name)
        header = Header(stamp=self.get_clock().now().to_msg())
        labels = self.create_publisher(LabelInfo, '~/label_info', LATCHED)
        labels.publish(converter.label_info(header, self.parameters.score_threshold))
        vision = self.create_publisher(VisionInfo, '~/vision_info', LATCHED)
        vision.publish(converter.vision_info(header, self.parameters.weights))
        self._infos = (labels, vision)

    def _on_second(self) -> None:
        if self._images is None or self._worker is None or self._processor is None:
            return
        assert self._pipeline is not None
        self._images.follow_publisher()
        self._diagnostics.publish(diagnose(
            self.get_fully_qualified_name().lstrip('/'), self.get_clock().now().to_msg(),
            self._images.topic, self._worker, self._processor,
            self._pipeline.detector.model_name,
        ))


class StartupError(RuntimeError):
    """The node could not start by itself; the reason is in the log."""


def make_node() -> TrackerNode:
    """Create the node and start it, unless a lifecycle manager is to do that."""
    node = TrackerNode()
    if node.parameters.autostart and not node.autostart():
        node.destroy_node()
        raise StartupError('the node could not be started; see the error above')
    return node


def main() -> int:
    """Run the node."""
    try:
        return run_node(make_node)
    except (StartupError, ValueError) as error:
        print(f'fairmot: {error}', file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main())
