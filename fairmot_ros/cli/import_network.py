# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Import a published detector: ``fairmot-import yolox_nano.onnx yolox_nano.pth``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.network import save_checkpoint
from fairmot_ros.network.base import SIZE_MULTIPLE
from fairmot_ros.network.yolox_import import import_yolox_nano


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-import',
        description='Convert the weights of YOLOX-nano to a checkpoint with the class person and '
        'without an embedding. The checkpoint works as a detector, and as `weights` or '
        '`detection_teacher` of a training file.',
    )
    parser.add_argument(
        'source',
        type=Path,
        help='ONNX file exported by YOLOX: 80 COCO classes, input BGR in 0..255',
    )
    parser.add_argument('output', type=Path, help='checkpoint to write, ending in .pth')
    add_detector_options(
        parser, 'input_size', note=', saved with the weights', input_size=(640, 480)
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command('fairmot-import', lambda: write_checkpoint(options))


def write_checkpoint(options: argparse.Namespace) -> int:
    """Import the network and write the checkpoint.

    Raises:
        ValueError: if an option or the source is invalid.
        OSError: if a file cannot be read or written.
    """
    size: tuple[int, int] = options.input_size
    if any(side < SIZE_MULTIPLE or side % SIZE_MULTIPLE for side in size):
        raise ValueError(f'--input-size must be multiples of 32, got {size[0]}x{size[1]}')
    if options.output.suffix != '.pth':
        raise ValueError(f'{options.output} must end in .pth')
    network = import_yolox_nano(options.source)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    save_checkpoint(
        network,
        options.output,
        name=network.info.name,
        input_size=list(size),
        labels=list(network.info.labels),
    )
    parameters = sum(p.numel() for p in network.parameters())
    print(f'{options.output}: {network.info.name}, {parameters:,} parameters')
    return ExitCode.SUCCESS


if __name__ == '__main__':
    sys.exit(main())
