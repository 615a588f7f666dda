"""ROS 2: the client library, the messages, and the Python that `ros2 run` starts."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from fairmot_ros.installation.finding import Finding, Level, apt_names, try_import
from fairmot_ros.installation.modules import can_import

MESSAGE_PACKAGES = (
    'diagnostic_msgs',
    'geometry_msgs',
    'lifecycle_msgs',
    'sensor_msgs',
    'std_msgs',
    'std_srvs',
    'visualization_msgs',
)
OPTIONAL_MODULES = {  # module: what is gained by it
    'cv_bridge': 'images with rare encodings, NV21 for one',
    'tf2_msgs': 'tf frames of tracked people (publish_tf)',
    'foxglove_msgs': '~/annotations for Foxglove',
    'hri_msgs': 'bodies of ROS4HRI under /humans',
}


def check_ros() -> Iterator[Finding]:
    """Look at everything that comes with ROS 2 or colcon."""
    yield _rclpy()
    yield _message_packages()
    yield _vision_msgs()
    yield _own_messages()
    yield from _node_interpreter()
    for module, gain in OPTIONAL_MODULES.items():
        yield _optional_module(module, gain)


def _rclpy() -> Finding:
    module, why = try_import('rclpy')
    if module is None:
        return Finding(
            'rclpy',
            Level.PROBLEM,
            f'cannot be imported ({why})',
            'source ROS 2 first, for one `source /opt/ros/jazzy/setup.bash`, with the Python '
            'that it was built for',
        )
    from fairmot_ros.ros.nodes.spinning import describe, provide_home

    try:
        provide_home()
        context = module.Context()
        module.init(context=context, args=[])
        module.shutdown(context=context)
    except Exception as error:
        advice = (
            'install a middleware, for one ros-<distro>-rmw-fastrtps-cpp, and check '
            f'RMW_IMPLEMENTATION={os.environ.get("RMW_IMPLEMENTATION", "")!r}'
        )
        text = f'cannot start: {describe(error)}'
        return Finding('rclpy', Level.PROBLEM, text, '' if 'ROS_LOG_DIR' in text else advice)
    distribution = os.environ.get('ROS_DISTRO') or f'in {Path(module.__file__).parent}'
    return Finding('rclpy', Level.OK, distribution)


def _message_packages() -> Finding:
    failures = {
        name: try_import(f'{name}.msg')[1] for name in MESSAGE_PACKAGES if name != 'std_srvs'
    }
    failures['std_srvs'] = try_import('std_srvs.srv')[1]
    missing = [name for name, why in failures.items() if why]
    if not missing:
        return Finding('messages', Level.OK, ', '.join(MESSAGE_PACKAGES))
    return Finding(
        'messages',
        Level.PROBLEM,
        f'cannot be imported: {", ".join(missing)}',
        f'`rosdep install --from-paths src --ignore-src`, or install {apt_names(missing)}',
    )


def _vision_msgs() -> Finding:
    module, why = try_import('vision_msgs.msg')
    if module is None:
        return Finding(
            'vision_msgs',
            Level.PROBLEM,
            f'cannot be imported ({why})',
            f'install {apt_names(["vision_msgs"])}',
        )
    fields = module.Detection2D.get_fields_and_field_types()
    centre = module.BoundingBox2D.get_fields_and_field_types().get('center', '')
    if 'id' not in fields or centre != 'vision_msgs/Pose2D':
        return Finding(
            'vision_msgs',
            Level.PROBLEM,
            'is older than 4.0: its detections have no id, or their boxes another centre',
            "remove the old copy from the workspace and install the distribution's own, "
            f'{apt_names(["vision_msgs"])}',
        )
    return Finding('vision_msgs', Level.OK, '4.0 or newer')


def _own_messages() -> Finding:
    module, why = try_import('fairmot_ros.msg')
    if module is not None:
        return Finding('fairmot_ros.msg', Level.OK, 'built')
    return Finding(
        'fairmot_ros.msg',
        Level.PROBLEM,
        f'cannot be imported ({why})',
        'build them, `colcon build --packages-select fairmot_ros`, and source '
        'install/setup.bash; without ROS, `make setup`',
    )


def _node_interpreter() -> Iterator[Finding]:
    """Look at the Python that `ros2 run` would start, where that is another one than this."""
    for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep):
        node = Path(prefix) / 'lib' / 'fairmot_ros' / 'fairmot_node'
        if prefix and node.is_file():
            break
    else:
        yield Finding(
            'ros2 run',
            Level.NOTE,
            'does not find the nodes: fairmot_ros is not in AMENT_PREFIX_PATH',
            'source install/setup.bash of the workspace; without ROS, '
            'start them as `python -m fairmot_ros.ros.nodes.fairmot_node`',
        )
        return
    python = interpreter_of(node)
    if python is None:
        yield Finding(
            'ros2 run',
            Level.PROBLEM,
            f'{node} names a Python that is not there',
            'build again with the Python that is to run the nodes',
        )
    elif can_import(python, 'torch', 'cv2', 'scipy', 'fairmot_ros.msg'):
        yield Finding('ros2 run', Level.OK, f'starts {node} with {python}')
    else:
        yield Finding(
            'ros2 run',
            Level.PROBLEM,
            f'starts {node} with {python}, which cannot import torch, cv2, scipy and the messages',
            'make a virtual environment with `--system-site-packages`, install what is missing '
            'into it, and keep it active while you build with `python -m colcon build` and run',
        )


def interpreter_of(script: Path) -> str | None:
    """Return the Python that the first line of a script leads to, None if there is none."""
    with script.open('rb') as file:
        words = file.readline().decode(errors='replace').removeprefix('#!').split()
    if not words:
        return None
    return shutil.which(words[-1] if Path(words[0]).name == 'env' else words[0])


def _optional_module(module: str, gain: str) -> Finding:
    if importlib.util.find_spec(module) is not None:
        return Finding(module, Level.OK, gain)
    return Finding(
        module,
        Level.NOTE,
        f'not installed, so no {gain}',
        f'if you want that, install {apt_names([module])}',
    )
