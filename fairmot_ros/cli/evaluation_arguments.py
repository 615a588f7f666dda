"""The command line of ``fairmot-evaluate``, and the plan that it describes."""

from __future__ import annotations

import argparse
from pathlib import Path

from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.evaluation import EvaluationPlan
from fairmot_ros.evaluation.metrics.preprocessing import BENCHMARKS
from fairmot_ros.evaluation.runs.configuration import Configuration, read_configuration
from fairmot_ros.evaluation.runs.limits import Limit

#: Options by what messages about a plan call them.
OPTIONS = {
    'offline': '--no-offline',
    'rates': '--rate',
    'rate': '--rate',
    'interpolate': '--interpolate',
    'max_images': '--max-images',
    'ground_truth_files': '--ground-truth',
    'ground_truth_topic': '--ground-truth-topic',
    'ground_truth_rate': '--ground-truth-rate',
}


def make_parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog='fairmot-evaluate',
        description='Run trackers over bags of ROS 2 and compare them with ground truth. '
        'Offline, every image is processed, and equal input gives equal results to the byte. '
        'With --rate, the images are also sent to the real node at the rate of a camera: drops, '
        'latency, and what real time costs in accuracy. Writes report.html and report.json to '
        'look at and to keep, and the tracks as MOTChallenge text.',
        epilog='Exit codes: 0, or 1 if a limit was not kept, 2 for a mistake, 3 for a fault of '
        'the program.',
    )
    parser.add_argument(
        'bags', type=Path, nargs='+', metavar='BAG', help='folder, or .mcap or .db3 file'
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
        help='of the images (default: the only one with images)',
    )
    parser.add_argument(
        '--max-images',
        type=int,
        default=0,
        metavar='N',
        help='use no more than the first N images of each bag',
    )

    truth = parser.add_argument_group('ground truth')
    truth.add_argument(
        '--ground-truth-topic',
        default=None,
        metavar='TOPIC',
        help='vision_msgs/Detection2DArray or fairmot_ros/TrackArray with the stamps of the '
        'images (default: /ground_truth, if there is one); images without a message do not count',
    )
    truth.add_argument(
        '--ground-truth',
        type=Path,
        nargs='+',
        default=None,
        metavar='FILE',
        help='MOTChallenge text instead, one file for each bag; frame n is the n-th image',
    )
    truth.add_argument(
        '--ground-truth-rate',
        type=float,
        default=None,
        metavar='HZ',
        help='find the frames of the files by time: frame 1 is the first image, and so many '
        'follow in a second',
    )
    truth.add_argument(
        '--benchmark',
        choices=tuple(BENCHMARKS),
        default=None,
        help='whose rules decide which boxes count (default: MOT17 where the ground truth has '
        "that benchmark's classes, else MOT15)",
    )

    compared = parser.add_argument_group('what is compared')
    compared.add_argument(
        '--config',
        type=Path,
        nargs='+',
        default=[],
        metavar='FILE',
        help="YAML with parameters by the node's names, plain or as a parameter file of ROS; "
        'each file is one configuration (default: one with all defaults)',
    )
    compared.add_argument(
        '--weights',
        nargs='+',
        default=[],
        metavar='FILE',
        help="checkpoints, each one configuration more with default parameters; 'default' is the "
        'model that ships',
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
        help='also live, with so many images per second; needs ROS 2',
    )
    compared.add_argument('--no-offline', action='store_true', help='live alone')
    compared.add_argument(
        '--interpolate',
        type=float,
        default=0.0,
        metavar='SECONDS',
        help='also the offline tracks with gaps up to this length filled by straight lines',
    )

    limits = parser.add_argument_group('limits, for tests')
    limits.add_argument(
        '--fail-below',
        nargs='+',
        default=[],
        metavar='NAME=VALUE',
        help='exit with 1 if a figure of any configuration is lower, such as HOTA=0.45',
    )
    limits.add_argument(
        '--fail-above',
        nargs='+',
        default=[],
        metavar='NAME=VALUE',
        help='or if one is higher, such as IDSW=30, latency_p95_ms=100, dropped=0.1',
    )
    return parser


def read_plan(options: argparse.Namespace) -> EvaluationPlan:
    """Return what the options ask for.

    Raises:
        PlanError: if they do not go together.
        ValueError: if a limit or a configuration is wrong.
        FileNotFoundError: if there is no such configuration.
    """
    limits = [Limit.parse(text, is_lowest=True) for text in options.fail_below]
    limits += [Limit.parse(text, is_lowest=False) for text in options.fail_above]
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
        limits=limits,
    )


def _configurations(options: argparse.Namespace) -> list[Configuration]:
    """Return what is to be compared."""
    for_all = {
        'device': options.device,
        'engine': options.engine,
        'deterministic': options.deterministic,
    }
    extra = {name: value for name, value in for_all.items() if value is not None}
    known = node_parameters()
    chosen = [read_configuration(path, known) for path in options.config]
    chosen += [
        Configuration(Path(weights).stem, {'weights': weights}) for weights in options.weights
    ]
    chosen = chosen or [Configuration('default')]
    return [Configuration(c.name, {**c.parameters, **extra}, c.node) for c in chosen]


def node_parameters() -> set[str] | None:
    """Return the names of the node's parameters, None without ROS 2."""
    try:
        from fairmot_ros.ros.parameters import FairmotParameters
    except ModuleNotFoundError:
        return None
    return {*FairmotParameters.settings(), 'use_sim_time'}
