# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Tracking of one source, such as a video, a bag or a camera, into files; no ROS.

A `TrackJob` is plain data and can be sent to another process; `track_source` does its work.
"""

from fairmot_ros.standalone.job import TrackJob, TrackResult, track_source
from fairmot_ros.standalone.sources import Source, find_sources

__all__ = ['Source', 'TrackJob', 'TrackResult', 'find_sources', 'track_source']
