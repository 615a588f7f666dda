# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reports of an evaluation: JSON, an HTML page and a text table."""

from fairmot_ros.evaluation.report.files import write_report, write_tracks
from fairmot_ros.evaluation.report.page import write_page
from fairmot_ros.evaluation.report.summary import summarise
from fairmot_ros.evaluation.report.text import format_groups

__all__ = ['format_groups', 'summarise', 'write_page', 'write_report', 'write_tracks']
