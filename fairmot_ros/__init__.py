"""Joint person detection, re-identification and tracking with FairMOT for ROS 2.

The layers, from the top down; an import only ever points downwards::

    cli -> ros -> training -> evaluation -> pipeline -> detector -> tracker -> network
        -> pixels -> geometry -> types
"""

from pkgutil import extend_path

# In a source tree the generated message modules live in the installed package of the same
# name; joining both paths lets `fairmot_ros.msg` be found from either.
__path__ = extend_path(__path__, __name__)

__version__ = '0.1.0'
