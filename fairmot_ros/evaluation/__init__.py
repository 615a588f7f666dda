"""Tracking metrics (HOTA, CLEAR MOT, identity) and the MOTChallenge file formats.

The figures are those of TrackEval 1.3.0, with each benchmark's own rules.
"""

from fairmot_ros.evaluation.evaluate import Metrics, evaluate_mot, evaluate_sequences
from fairmot_ros.evaluation.hota import ALPHAS
from fairmot_ros.evaluation.mot_format import read_mot, write_mot
from fairmot_ros.evaluation.seqinfo import SeqInfo, read_seqinfo
from fairmot_ros.evaluation.table import format_table

__all__ = [
    'ALPHAS',
    'Metrics',
    'SeqInfo',
    'evaluate_mot',
    'evaluate_sequences',
    'format_table',
    'read_mot',
    'read_seqinfo',
    'write_mot',
]
