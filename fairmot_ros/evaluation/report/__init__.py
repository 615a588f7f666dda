"""Reports of an evaluation: JSON for programs, one page of HTML and a table for people."""

from fairmot_ros.evaluation.report.gate import Limit, Outcome, check_limits
from fairmot_ros.evaluation.report.page import write_page
from fairmot_ros.evaluation.report.summary import Evaluation, Group, summarise
from fairmot_ros.evaluation.report.text import format_groups

__all__ = [
    'Evaluation',
    'Group',
    'Limit',
    'Outcome',
    'check_limits',
    'format_groups',
    'summarise',
    'write_page',
]
