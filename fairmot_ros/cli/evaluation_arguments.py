# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Command line of ``fairmot-evaluate``, and the evaluation plan built from it."""

from __future__ import annotations

import argparse
from pathlib import Path

from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.cli.job_options import add_job_options
from fairmot_ros.cli.refinement_options import add_refinement_options, read_refinement
from fairmot_ros.evaluation import EvaluationPlan
from fairmot_ros.evaluation.metrics.preprocessing import BENCHMARKS
from fairmot_ros.evaluation.runs.configuration import Configuration, read_configuration
from fairmot_ros.evaluation.runs.limits import Limit

#: Options by the names that error messages of a plan use.
OPTIONS = {
    'offline': '--no-offline',
    'rates': '--rate',
    'rate': '--rate',
    'interpolate': '--interpolate',
    'refine': '--refine',
    'max_images': '--max-images',
    'ground_truth_files': '--ground-truth',
    'ground_truth_topic': '--ground-truth-topic',
    'ground_truth_rate': '--ground-truth-rate',
    'jobs': '--jobs',
    'dask': '--dask',
}

DESCRIPTION = """Run trackers on ROS 2 bags and compare them with ground truth. Offline, every
image is processed, and equal input gives identical results. With --rate, the images are also sent
to the real node at a camera rate, to measure drops, latency and the loss of accuracy in real time.
Writes report.html, report.json and the tracks as MOTChallenge text."""
EPILOG = """examples:
  fairmot-evaluate walk hall --weights default new.pth
  fairmot-evaluate walk --rate 7 15 30 --fail-above latency_p95_ms=100
  fairmot-evaluate bags/* --jobs 4 --deterministic     twenty bags; resumes if repeated
  fairmot-evaluate bags/* --dask tcp://head:8786       a thousand, on a cluster
  fairmot-evaluate --merge out/monday out/tuesday --output out/both

Exit codes: 0 on success, 1 if a limit is not met or an input was passed over, 2 for a mistake of
the user, 3 for a fault of the program."""


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-evaluate',
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        'bags', type=Path, nargs='*', metavar='BAG', help='folder, or .mcap or .db3 file'
    )
    parser.add_argument(
        '--merge',
        type=Path,
        nargs='+',
        default=[],
        metavar='FOLDER',
        help='instead of bags: combine the reports in these output folders',
    )
    parser.add_argument(
        '--output',
        type=Path,
        default=Path('out/evaluation'),
        help='folder to write (default: out/evaluation)',
    )
    parser.add_argument(
        '--image-topic',
        default=None,
        metavar='TOPIC',
        help='topic of the images (default: the only one with images)',
    )
    parser.add_argument(
        '--max-images',
        type=int,
        default=0,
        metavar='N',
        help='maximum number of images of each bag; 0 for all',
    )

    truth = parser.add_argument_group('ground truth')
    truth.add_argument(
        '--ground-truth-topic',
        default=None,
        metavar='TOPIC',
        help='topic of type vision_msgs/Detection2DArray or fairmot_ros/TrackArray with the '
        'stamps of the images (default: /ground_truth, if it exists); images without a message '
        'are not evaluated',
    )
    truth.add_argument(
        '--ground-truth',
        type=Path,
        nargs='+',
        default=None,
        metavar='FILE',
        help='MOTChallenge text files instead of a topic, one per bag; frame n is the n-th image',
    )
    truth.add_argument(
        '--ground-truth-rate',
        type=float,
        default=None,
        metavar='HZ',
        help='frame rate of the files: match frames to images by time, frame 1 being the first '
        'image',
    )
    truth.add_argument(
        '--benchmark',
        choices=tuple(BENCHMARKS),
        default=None,
        help='benchmark whose evaluation rules are used (default: MOT17 if the ground truth has '
        'the classes of that benchmark, otherwise MOT15)',
    )

    compared = parser.add_argument_group('configurations and runs')
    compared.add_argument(
        '--config',
        type=Path,
        nargs='+',
        default=[],
        metavar='FILE',
        help='YAML file with parameters of the node, as a plain mapping or a ROS parameter file; '
        'each file is one configuration (default: one with all defaults)',
    )
    compared.add_argument(
        '--weights',
        nargs='+',
        default=[],
        metavar='FILE',
        help='checkpoint; each adds a configuration with default parameters and these weights; '
        "'default' is the model of the package",
    )
    add_detector_options(
        compared, 'device', 'engine', 'deterministic', unset=True, note='; for every configuration'
    )
    compared.add_argument(
        '--rate',
        type=float,
        nargs='+',
        default=[],
        metavar='HZ',
        help='also run live at these frame rates; requires ROS 2',
    )
    compared.add_argument('--no-offline', action='store_true', help='skip the offline runs')
    compared.add_argument(
        '--interpolate',
        type=float,
        default=0.0,
        metavar='SECONDS',
        help='also evaluate the offline tracks with gaps up to this length interpolated linearly',
    )
    add_refinement_options(compared, 'also evaluate the offline tracks after a second pass')

    add_job_options(parser, 'bags')

    limits = parser.add_argument_group('limits')
    limits.add_argument(
        '--fail-below',
        nargs='+',
        default=[],
        metavar='NAME=VALUE',
        help='exit with code 1 if a metric of any configuration is lower, such as HOTA=0.45',
    )
    limits.add_argument(
        '--fail-above',
        nargs='+',
        default=[],
        metavar='NAME=VALUE',
        help='exit with code 1 if a metric is higher, such as IDSW=30, latency_p95_ms=100, '
        'dropped=0.1',
    )
    return parser


def read_plan(options: argparse.Namespace) -> EvaluationPlan:
    """Build the evaluation plan from the options.

    Raises:
        PlanError: if the options are inconsistent.
        ValueError: if a limit or a configuration is invalid.
        FileNotFoundError: if a configuration file does not exist.
    """
    if not options.bags:
        raise ValueError('no bag is given: name bags to evaluate, or folders with --merge')
    return EvaluationPlan(
        bags=options.bags,
        configurations=_configurations(options),
        image_topic=options.image_topic,
        max_images=options.max_images,
        ground_truth_topic=options.ground_truth_topic,
        ground_truth_files=options.ground_truth or (),
        ground_truth_rate=options.ground_truth_rate,
        benchmark=options.benchmark,
        offline=not options.no_offline,
        rates=options.rate,
        interpolate=options.interpolate,
        refine=read_refinement(options),
        limits=read_limits(options),
        strict=options.strict,
    )


def read_limits(options: argparse.Namespace) -> list[Limit]:
    """Return the limits on metrics.

    Raises:
        ValueError: if one is invalid.
    """
    limits = [Limit.parse(text, is_lowest=True) for text in options.fail_below]
    return limits + [Limit.parse(text, is_lowest=False) for text in options.fail_above]


def _configurations(options: argparse.Namespace) -> list[Configuration]:
    """Return the configurations to compare."""
    detector_options = {
        'device': options.device,
        'engine': options.engine,
        'deterministic': options.deterministic,
    }
    extra = {name: value for name, value in detector_options.items() if value is not None}
    known = node_parameters()
    chosen = [read_configuration(path, known) for path in options.config]
    chosen += [
        Configuration(Path(weights).stem, {'weights': weights}) for weights in options.weights
    ]
    chosen = chosen or [Configuration('default')]
    return [Configuration(c.name, {**c.parameters, **extra}, c.node) for c in chosen]


def node_parameters() -> set[str] | None:
    """Return the names of the node's parameters, or None without ROS 2."""
    try:
        from fairmot_ros.ros.parameters import FairmotParameters
    except ModuleNotFoundError:
        return None
    return {*FairmotParameters.settings(), 'use_sim_time'}
