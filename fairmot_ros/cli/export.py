# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Export a network to ONNX or OpenVINO: ``fairmot-export model.pth model.onnx``."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.cli.shipped_clips import PEDESTRIANS
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines import EngineOptions
from fairmot_ros.detector.engines.export_metadata import FILE_PRECISIONS
from fairmot_ros.detector.engines.onnx_engine import SUFFIX as ONNX
from fairmot_ros.detector.engines.onnx_engine import OnnxEngine
from fairmot_ros.detector.engines.openvino_file_engine import SUFFIX as XML
from fairmot_ros.detector.engines.openvino_file_engine import OpenVinoFileEngine
from fairmot_ros.detector.export_error import ExportError
from fairmot_ros.detector.input_size import choose_input_size
from fairmot_ros.detector.onnx_export import export_onnx
from fairmot_ros.detector.openvino_export import export_openvino
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.base import Network
from fairmot_ros.pixels import ImageError, read_image_file

TOLERANCE = 1e-3  # maximum difference, as a share of the largest value of a map
IMAGE_SUFFIXES = ('.jpg', '.jpeg', '.png')
#: More calibration images hardly change the ranges, and take minutes.
MAX_CALIBRATION_IMAGES = 300


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-export',
        description='Export a network to ONNX (.onnx) or OpenVINO (.xml, with a .bin beside it) '
        'and compare the outputs of both on a noise image. The nodes and all commands accept the '
        'file as weights, and run it with ONNX Runtime or OpenVINO.',
    )
    parser.add_argument('weights', help="checkpoint, or 'default' for the model of the package")
    parser.add_argument('output', type=Path, help=f'file to write, ending in {ONNX} or {XML}')
    add_detector_options(parser, 'input_size', note=', fixed in the file')
    parser.add_argument(
        '--precision',
        choices=FILE_PRECISIONS,
        default='fp32',
        help='of the file: int8 needs an .xml file, the package nncf and --calibration; the '
        'float32 modules of the model stay in fp32 (default: fp32)',
    )
    parser.add_argument(
        '--calibration',
        type=Path,
        metavar='FOLDER',
        help='images of the kind that the network is to see, to set the ranges of int8; 100 to '
        f'{MAX_CALIBRATION_IMAGES} are enough',
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    logging.getLogger('torch.onnx').setLevel(logging.ERROR)  # its warnings do not concern users
    return run_command('fairmot-export', lambda: export(options), mistakes=(ExportError,))


def export(options: argparse.Namespace) -> int:
    """Write the file and compare it with the network; return the exit code."""
    check_options(options)
    network = load_checkpoint(find_weights(options.weights))
    size = choose_input_size(options.input_size, network.info)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    if options.output.suffix == ONNX:
        export_onnx(network, options.output, size)
    else:
        images = None
        if options.precision == 'int8':
            images = read_calibration(options.calibration)
            print(f'calibrated on {len(images)} images of {options.calibration}')
        export_openvino(network, options.output, size, images)
    differences = compare(network, options.output, size)
    print(
        f'{options.output}: {network.info.architecture}, {size[0]} x {size[1]}, '
        f'{options.precision}, {file_size(options.output) / 1e6:.1f} MB'
    )
    for name, difference in differences.items():
        print(f'  {name:10}maximum difference {difference:.1e} of its largest value')
    if options.precision == 'int8':
        print('measure the loss on labelled images of your own with fairmot-drift')
    elif max(differences.values()) > TOLERANCE:
        print(
            f'fairmot-export: the outputs of the file differ from those of {options.weights}',
            file=sys.stderr,
        )
        return ExitCode.CHECK_FAILED
    return ExitCode.SUCCESS


def check_options(options: argparse.Namespace) -> None:
    """Raise ValueError for options that do not go together."""
    suffix = options.output.suffix
    if suffix not in (ONNX, XML):
        raise ValueError(f'{options.output} must end in {ONNX} or {XML}')
    if options.precision == 'int8':
        if suffix != XML:
            raise ValueError(f'int8 needs an OpenVINO file: {options.output} must end in {XML}')
        if options.calibration is None:
            raise ValueError(
                '--precision int8 needs calibration images: give their folder as --calibration'
            )
    elif options.calibration is not None:
        raise ValueError('--calibration needs --precision int8')


def read_calibration(folder: Path) -> list[NDArray[np.uint8]]:
    """Return images of a folder, spread evenly over their names.

    Raises:
        ValueError: if the folder has no readable image.
    """
    files = sorted(path for path in folder.rglob('*') if path.suffix.lower() in IMAGE_SUFFIXES)
    step = -(-len(files) // MAX_CALIBRATION_IMAGES) or 1
    images = []
    for path in files[::step]:
        try:
            images.append(read_image_file(path))
        except ImageError as error:
            print(f'note: {error}; skipped', file=sys.stderr)
    if not images:
        raise ValueError(f'{folder} has no images that can be read ({", ".join(IMAGE_SUFFIXES)})')
    return images


def file_size(path: Path) -> int:
    """Return the bytes of an exported file, with the .bin of an .xml file."""
    parts = {path, path.with_suffix('.bin')} if path.suffix == XML else {path}
    return sum(part.stat().st_size for part in parts)


@torch.inference_mode()
def compare(network: Network, path: Path, size: tuple[int, int]) -> dict[str, float]:
    """Return the maximum difference in each map, as a share of the largest value of its kind.

    Maps of one kind differ in the number at the end of their names: the stride.
    """
    # An image with people: scores of others are near zero, and so would be the largest value.
    image = cv2.resize(next(iter(VideoSource(PEDESTRIANS))), size)
    rgb = torch.from_numpy(image[None, ..., ::-1].copy()).permute(0, 3, 1, 2).float() / 255
    expected = network.whole_maps(rgb)
    options = EngineOptions(device='cpu')
    kind = OnnxEngine if path.suffix == ONNX else OpenVinoFileEngine
    exported = kind(path, options).maps([image])
    largest: dict[str, float] = {}
    for name, values in expected.items():
        largest[_kind(name)] = max(largest.get(_kind(name), 0.0), float(values.abs().max()))
    return {
        name: float((values - exported[name]).abs().max()) / largest[_kind(name)]
        for name, values in expected.items()
    }


def _kind(name: str) -> str:
    return name.rstrip('_0123456789')


if __name__ == '__main__':
    sys.exit(main())
