# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Checks of ROS 2: client library, message packages, and the interpreter of `ros2 run`."""

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
OPTIONAL_MODULES = {  # module: feature that needs it
    'cv_bridge': 'images with uncommon encodings',
    'tf2_msgs': 'positions in a frame of tf (target_frame), frames of tracked people (publish_tf)',
    'nav_msgs': 'motion of the robot from odometry (odometry)',
    'bond': "heartbeats for Nav2's lifecycle manager (bond)",
    'foxglove_msgs': '~/annotations for Foxglove',
    'hri_msgs': 'ROS4HRI bodies under /humans',
}


def check_ros() -> Iterator[Finding]:
    """Check everything that ROS 2 or colcon installs."""
    yield _check_rclpy()
    yield _check_message_packages()
    yield _check_vision_msgs()
    yield _check_own_messages()
    yield _check_ros2_run()
    for module, feature in OPTIONAL_MODULES.items():
        yield _check_optional(module, feature)


def _check_rclpy() -> Finding:
    module, why = try_import('rclpy')
    if module is None:
        return Finding(
            'rclpy',
            Level.PROBLEM,
            f'cannot be imported ({why})',
            'source ROS 2 first, e.g. `source /opt/ros/jazzy/setup.bash`, and use the Python that '
            'it was built for',
        )
    from fairmot_ros.ros.nodes.run_node import ensure_home, one_line

    try:
        ensure_home()
        context = module.Context()
        module.init(context=context, args=[])
        module.shutdown(context=context)
    except Exception as error:
        advice = (
            'install a middleware, e.g. ros-<distro>-rmw-fastrtps-cpp, and check '
            f'RMW_IMPLEMENTATION={os.environ.get("RMW_IMPLEMENTATION", "")!r}'
        )
        text = f'cannot start: {one_line(error)}'
        return Finding('rclpy', Level.PROBLEM, text, '' if 'ROS_LOG_DIR' in text else advice)
    distribution = os.environ.get('ROS_DISTRO') or f'in {Path(module.__file__).parent}'
    return Finding('rclpy', Level.OK, distribution)


def _check_message_packages() -> Finding:
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


def _check_vision_msgs() -> Finding:
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
            'is older than 4.0: Detection2D has no `id`, or the centre of BoundingBox2D is not a '
            'vision_msgs/Pose2D',
            'remove the old copy from the workspace and install '
            f'{apt_names(["vision_msgs"])} of the distribution',
        )
    return Finding('vision_msgs', Level.OK, '4.0 or newer')


def _check_own_messages() -> Finding:
    module, why = try_import('fairmot_ros.msg')
    if module is not None:
        return Finding('fairmot_ros.msg', Level.OK, 'built')
    return Finding(
        'fairmot_ros.msg',
        Level.PROBLEM,
        f'cannot be imported ({why})',
        'build them with `colcon build --packages-select fairmot_ros` and source '
        'install/setup.bash, or, without ROS, run `make setup`',
    )


def _check_ros2_run() -> Finding:
    """Check the interpreter that `ros2 run` starts, which may differ from this one."""
    node = _installed_node()
    if node is None:
        return Finding(
            'ros2 run',
            Level.NOTE,
            'cannot find the nodes: fairmot_ros is not in AMENT_PREFIX_PATH',
            'source install/setup.bash of the workspace, or, without ROS, start the node with '
            '`python -m fairmot_ros.ros.nodes.fairmot_node`',
        )
    python = interpreter_of(node)
    if python is None:
        return Finding(
            'ros2 run',
            Level.PROBLEM,
            f'the interpreter in the first line of {node} does not exist',
            'rebuild with the Python that is to run the nodes',
        )
    if can_import(python, 'torch', 'cv2', 'scipy', 'fairmot_ros.msg'):
        return Finding('ros2 run', Level.OK, f'starts {node} with {python}')
    return Finding(
        'ros2 run',
        Level.PROBLEM,
        f'starts {node} with {python}, which cannot import torch, cv2, scipy and the messages',
        'create a virtual environment with `--system-site-packages`, install the missing packages '
        'into it, and keep it active for `python -m colcon build` and `ros2 run`',
    )


def _installed_node() -> Path | None:
    """Return the executable of the fairmot node that `ros2 run` starts, None if not installed."""
    for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep):
        node = Path(prefix) / 'lib' / 'fairmot_ros' / 'fairmot_node'
        if prefix and node.is_file():
            return node
    return None


def interpreter_of(script: Path) -> str | None:
    """Return the path of the interpreter in a script's first line, None if it does not exist."""
    with script.open('rb') as file:
        words = file.readline().decode(errors='replace').removeprefix('#!').split()
    if not words:
        return None
    return shutil.which(words[-1] if Path(words[0]).name == 'env' else words[0])


def _check_optional(module: str, feature: str) -> Finding:
    if importlib.util.find_spec(module) is not None:
        return Finding(module, Level.OK, feature)
    return Finding(
        module,
        Level.NOTE,
        f'not installed: no {feature}',
        f'install {apt_names([module])} to enable it',
    )
