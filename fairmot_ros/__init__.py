# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Joint person detection, re-identification and tracking with FairMOT for ROS 2.

Layers, from the top down; each imports only layers below it::

    cli -> installation -> ros -> training -> identities -> standalone -> tuning -> evaluation
        -> pipeline -> detector -> following -> tracker -> network -> zones -> media -> pixels
        -> spatial -> types -> jobs -> settings -> files -> boxes
"""

from pkgutil import extend_path

# In a source tree, the generated message modules are in an installed package of the same name.
# With both paths joined, `fairmot_ros.msg` is found in either.
__path__ = extend_path(__path__, __name__)

__version__ = '0.1.0'
