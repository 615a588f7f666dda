"""Export a network to ONNX: ``fairmot-export model.pth model.onnx``."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

import numpy as np
import torch

from fairmot_ros.cli.command import ExitCode, run_command
from fairmot_ros.cli.detector_options import add_detector_options
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines.base import EngineOptions
from fairmot_ros.detector.engines.onnx_engine import OnnxEngine
from fairmot_ros.detector.input_size import choose_input_size
from fairmot_ros.detector.onnx_export import ExportError, export_onnx
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.base import Network

TOLERANCE = 1e-3  # maximum difference, as a share of the largest value of a map


def make_parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    parser = argparse.ArgumentParser(
        prog='fairmot-export',
        description='Export a network to ONNX and compare the outputs of both on a noise image. '
        'The nodes and all commands accept the file as weights, and run it with ONNX Runtime.',
    )
    parser.add_argument('weights', help="checkpoint, or 'default' for the model of the package")
    parser.add_argument('output', type=Path, help='file to write, ending in .onnx')
    add_detector_options(parser, 'input_size', note=', fixed in the file')
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    options = make_parser().parse_args(arguments)
    logging.getLogger('torch.onnx').setLevel(logging.ERROR)  # its warnings do not concern users
    return run_command('fairmot-export', lambda: export(options), mistakes=(ExportError,))


def export(options: argparse.Namespace) -> int:
    """Write the file and compare it with the network; return the exit code."""
    if options.output.suffix != '.onnx':
        raise ValueError(f'{options.output} must end in .onnx')
    network = load_checkpoint(find_weights(options.weights))
    size = choose_input_size(options.input_size, network.info)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    export_onnx(network, options.output, size)
    differences = compare(network, options.output, size)
    print(
        f'{options.output}: {network.info.architecture}, {size[0]} x {size[1]}, '
        f'{options.output.stat().st_size / 1e6:.1f} MB'
    )
    for name, difference in differences.items():
        print(f'  {name:10}maximum difference {difference:.1e} of its largest value')
    if max(differences.values()) > TOLERANCE:
        print(
            f'fairmot-export: the outputs of the file differ from those of {options.weights}',
            file=sys.stderr,
        )
        return ExitCode.NOT_KEPT
    return ExitCode.SUCCESS


@torch.inference_mode()
def compare(network: Network, path: Path, size: tuple[int, int]) -> dict[str, float]:
    """Return the maximum difference in each map, as a share of its largest value."""
    width, height = size
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    rgb = torch.from_numpy(image[None, ..., ::-1].copy()).permute(0, 3, 1, 2).float() / 255
    expected = network.whole_maps(rgb)
    exported = OnnxEngine(path, EngineOptions(device='cpu')).maps([image])
    return {
        name: float((values - exported[name]).abs().max() / values.abs().max())
        for name, values in expected.items()
    }


if __name__ == '__main__':
    sys.exit(main())
