# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the topics and services of a running node: `python -m documentation.node_graph NAME`.

The node is created, configured and activated in this process with everything optional switched
on; a JSON object on stdout lists what it then publishes, subscribes to and serves. For message
packages that are not installed, stand-ins are imported, so that the outputs that need them are
listed too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from documentation.executables import REPOSITORY, load, node_class

#: Optional message packages with the types that the nodes publish.
OPTIONAL_PACKAGES = {
    'foxglove_msgs': ('ImageAnnotations',),
    'hri_msgs': ('IdsList', 'NormalizedRegionOfInterest2D'),
    'nav_msgs': ('Odometry',),
    'bond': ('Status',),
    'tf2_msgs': ('TFMessage',),
}
CLIP = REPOSITORY / 'fairmot_ros' / 'data' / 'pedestrians.mp4'
#: By executable, the parameters with which a node has all its topics and services.
EVERYTHING: dict[str, dict[str, Any]] = {
    'fairmot_node': {
        'bond': True,
        'gallery': True,
        'position_source': 'depth',
        'target_frame': 'odom',
        'odometry': True,
        'publish_tf': True,
        'publish_humans': True,
        'lines': ['line: 0,0 1,1'],
    },
    'detection_tracker_node': {
        'bond': True,
        'gallery': True,
        'with_embeddings': True,
        'position_source': 'depth',
        'target_frame': 'odom',
        'odometry': True,
        'publish_tf': True,
        'publish_humans': True,
        'lines': ['line: 0,0 1,1'],
    },
    'fairmot_identities': {'sources': ['camera/tracks']},
    'fairmot_player': {'video': str(CLIP), 'every_frame': True},
}
#: Topics and services of every node of rclpy.
COMMON_TOPICS = ('/rosout', '/parameter_events', '/clock')
COMMON_SERVICES = (
    '_parameters',
    '_parameters_atomically',
    '/get_parameter_types',
    '/get_type_description',
)
LIFECYCLE_SERVICES = (
    '/change_state',
    '/get_state',
    '/get_available_states',
    '/get_available_transitions',
    '/get_transition_graph',
)
Endpoint = dict[str, Any]


def read_graph(executable: str, folder: Path) -> dict[str, Any]:
    """Return what a node publishes, subscribes to and serves.

    Args:
        executable: its name.
        folder: for files that it reads and writes.
    """
    import rclpy

    parameters = dict(EVERYTHING.get(executable, {}))
    if executable == 'fairmot_recorder':
        parameters['output'] = str(folder)
    if executable == 'fairmot_replay':
        parameters |= {'bag': str(make_bag(folder)), 'output': str(folder / 'replay.npz')}
    arguments: list[str] = []
    for name, value in parameters.items():
        arguments += ['-p', f'{name}:={json.dumps(value)}']  # JSON is YAML
    with _stand_ins(folder):
        rclpy.init(args=['--ros-args', *arguments, '--log-level', 'error'])
        node = node_class(load(executable))()
        try:
            if hasattr(node, 'trigger_configure'):
                node.trigger_configure()
                node.trigger_activate()
            if executable == 'fairmot_recorder':
                _provide_results(node)
            return {
                'name': node.get_name(),
                'lifecycle': hasattr(node, 'trigger_configure'),
                'publishers': _endpoints(node, node.publishers),
                'subscriptions': _endpoints(node, node.subscriptions),
                'services': _services(node),
            }
        finally:
            node.destroy_node()
            rclpy.try_shutdown()


def _endpoints(node: Any, found: Any) -> list[Endpoint]:
    """Return name, type and quality of service of publishers or subscriptions."""
    endpoints: dict[str, Endpoint] = {}
    for endpoint in found:
        topic = endpoint.topic_name
        if topic in COMMON_TOPICS or topic.endswith('/transition_event'):
            continue
        profile = endpoint.qos_profile
        override = f'qos_overrides.{topic}.subscription.reliability'
        reliability = profile.reliability.name.lower()
        if node.has_parameter(override):
            reliability = str(node.get_parameter(override).value)
        endpoints[_private(node, topic)] = {
            'type': type_name(endpoint.msg_type),
            'reliability': reliability,
            'durability': profile.durability.name.lower(),
            'depth': profile.depth,
        }
    return [{'name': name, **about} for name, about in sorted(endpoints.items())]


def _services(node: Any) -> list[Endpoint]:
    omitted = (*COMMON_SERVICES, *LIFECYCLE_SERVICES)
    return sorted(
        (
            {'name': _private(node, service.srv_name), 'type': type_name(service.srv_type)}
            for service in node.services
            if not service.srv_name.endswith(omitted)
        ),
        key=lambda about: about['name'],
    )


def _private(node: Any, name: str) -> str:
    """Return a name as the node has it: below `~`, relative, or absolute."""
    own = node.get_fully_qualified_name()
    name = node.resolve_service_name(name) if name.startswith('~') else name
    if name.startswith(f'{own}/'):
        return f'~{name.removeprefix(own)}'
    return name if name.startswith(('/tf', '/humans', '/diagnostics')) else name.lstrip('/')


def type_name(kind: type) -> str:
    """Return a type as documents name it, like `sensor_msgs/Image`."""
    return f'{kind.__module__.split(".")[0]}/{kind.__name__}'


def _provide_results(recorder: Any) -> None:
    """Publish what the recorder waits for before it subscribes to the images."""
    import rclpy
    from sensor_msgs.msg import Image

    from fairmot_ros.msg import TrackArray

    other = rclpy.create_node('results')
    other.create_publisher(TrackArray, 'tracks', 10)
    other.create_publisher(Image, 'image_annotated', 10)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        rclpy.spin_once(recorder, timeout_sec=0.1)
        if any(s.topic_name == '/image' for s in recorder.subscriptions):
            break
    other.destroy_node()


def make_bag(folder: Path) -> Path:
    """Write a bag of one image; what that prints goes to stderr."""
    from fairmot_ros.cli.mot2bag import main

    bag, stdout = folder / 'bag', sys.stdout
    sys.stdout = sys.stderr
    try:
        main([str(CLIP), str(bag), '--max-images', '1'])
    finally:
        sys.stdout = stdout
    return bag


@contextmanager
def _stand_ins(folder: Path) -> Iterator[None]:
    written = write_stand_ins(folder)
    sys.path.insert(0, str(written))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(written))


def write_stand_ins(folder: Path) -> Path:
    """Write message packages that are not installed, with messages of other fields.

    Returns:
        The folder for the module path.
    """
    written = folder / 'stand_ins'
    for package, names in OPTIONAL_PACKAGES.items():
        if importlib.util.find_spec(package) is not None:
            continue
        module = written / package / 'msg'
        module.mkdir(parents=True)
        (module.parent / '__init__.py').touch()
        classes = [f'class {name}(String):\n    pass\n' for name in names]
        (module / '__init__.py').write_text(
            '\n'.join(('from std_msgs.msg import String\n', *classes))
        )
    return written


def main() -> int:
    """Print the graph of the named node; its own output goes to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        graph = read_graph(sys.argv[1], Path(folder))
    print(json.dumps(graph), flush=True)
    return 0


if __name__ == '__main__':
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the worker may still run native code
