# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Joint person detection, re-identification and tracking with FairMOT for ROS 2.

Layers, from the top down; each imports only layers below it::

    cli -> installation -> ros -> training -> identities -> standalone -> tuning -> evaluation
        -> pipeline -> detector -> following -> tracker -> network -> zones -> media -> pixels
        -> spatial -> types -> jobs -> settings -> files -> boxes
"""

import os
import sys
from pkgutil import extend_path

# Without these two lines, OpenVINO and NNCF (by this module) and ONNX Runtime send messages about
# their use to the Internet, from processes or threads of their own, and store an id of the user.
sys.modules.setdefault('openvino_telemetry', None)  # type: ignore[arg-type]
os.environ.setdefault('ORT_DISABLE_TELEMETRY', '1')

# In a source tree, the generated message modules are in an installed package of the same name.
# With both paths joined, `fairmot_ros.msg` is found in either.
__path__ = extend_path(__path__, __name__)

__version__ = '1.0.0'
