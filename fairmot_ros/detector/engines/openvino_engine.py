"""Runs checkpoints with OpenVINO, on the CPU."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fairmot_ros.detector.engines.base import (
    DEFAULT_OPTIONS,
    EngineError,
    EngineOptions,
    Image,
)
from fairmot_ros.detector.engines.conversion_cache import ConversionCache
from fairmot_ros.detector.engines.devices import choose_precision
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.engines.named_maps import NamedMaps
from fairmot_ros.detector.engines.openvino_core import openvino_core
from fairmot_ros.detector.input_size import choose_input_size
from fairmot_ros.file_errors import reason_of
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.base import Network
from fairmot_ros.network.fuse import optimise_for_inference
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.registry import ARCHITECTURES

#: OpenVINO's names of the precisions.
PRECISION_HINTS = {'fp32': 'f32', 'bf16': 'bf16', 'fp16': 'f16'}

logger = logging.getLogger(__name__)


class OpenVinoEngine:
    """See `Engine`.

    The network's dense maps are converted from torch for one image size. What reads the maps, such
    as heads at the peaks of a heat map, runs in torch.
    """

    name = 'openvino'
    prepares_batches = False

    def __init__(
        self,
        network: Network,
        options: EngineOptions = DEFAULT_OPTIONS,
        cache: ConversionCache | None = None,
        *,
        copy: bool = True,
    ) -> None:
        """Convert the network for its input size, or take it from the cache.

        Args:
            network: to run.
            options: how.
            cache: where converted networks are kept; None to convert anew.
            copy: leave the network as it is and run a copy. Without, the engine owns it: its
                batch norms are folded in place.

        Raises:
            EngineError: if OpenVINO cannot run the network.
            ValueError: if the device is not the CPU, or precision or size are unknown.
        """
        if options.device not in ('auto', 'cpu'):
            raise ValueError(
                f"engine 'openvino' runs on the CPU, got device {options.device!r}: use device "
                "cpu, or engine 'torch'"
            )
        self.device = torch.device('cpu')
        self.precision = choose_precision(options.precision, self.device)
        self.info = network.info
        self.embedding_size = network.sizes.reid_dim
        own = deepcopy(network) if copy else network
        self._network = optimise_for_inference(own.eval())
        self.input_size = choose_input_size(options.input_size, network.info)
        enlarge = ARCHITECTURES[network.info.architecture].enlarge_images
        self._input = HostInput(self.input_size, enlarge)
        self._threads = options.threads or torch.get_num_threads()
        self._compiled, self._names = self._compile(cache)

    @staticmethod
    def load(path: Path, options: EngineOptions) -> OpenVinoEngine:
        """Load a checkpoint; raises CheckpointError if it cannot be used."""
        cache = ConversionCache.default()
        return OpenVinoEngine(load_checkpoint(path), options, cache, copy=False)

    def __call__(self, images_bgr: Sequence[Image]) -> Predictions:
        if len(images_bgr) == 1:
            # The maps stay in memory of the engine, where the next call overwrites them.
            outputs = self._compiled(self._input(images_bgr), share_outputs=True).values()
            values = [torch.from_numpy(part) for part in outputs]
        else:
            runs = [self._compiled(self._input([image])).values() for image in images_bgr]
            values = [torch.from_numpy(np.concatenate(parts)) for parts in zip(*runs)]
        return self._network.predictions(dict(zip(self._names, values, strict=True)))

    def _compile(self, cache: ConversionCache | None) -> tuple[Any, list[str]]:
        """Return the compiled network and the names of its outputs."""
        core = openvino_core()
        options = {
            'PERFORMANCE_HINT': 'LATENCY',
            'NUM_STREAMS': 1,
            'INFERENCE_NUM_THREADS': self._threads,
            'INFERENCE_PRECISION_HINT': PRECISION_HINTS[self.precision],
        }
        kept = cache.load(core, self.info, self.input_size) if cache else None
        if kept is not None:
            try:
                return core.compile_model(kept, 'CPU', options), _output_names(kept)
            except RuntimeError as error:
                logger.warning(
                    'the kept network is damaged and is converted anew: %s', reason_of(error)
                )
        try:
            model = convert(self._network, self.input_size)
            compiled = core.compile_model(model, 'CPU', options)
        except Exception as error:  # torch.export's and OpenVINO's share no other base
            raise EngineError(
                f'OpenVINO cannot convert {self.info.name}: {reason_of(error)}'
            ) from error
        if cache:
            cache.save(model, self.info, self.input_size)
        return compiled, _output_names(model)


def _output_names(model: Any) -> list[str]:
    return [output.any_name for output in model.outputs]


def convert(network: Network, size: tuple[int, int]) -> Any:
    """Convert the dense maps of a network for single images of a size (width, height).

    Returns:
        An openvino.Model whose input is float32 [1, 3, H, W], RGB in 0..1.
    """
    import openvino

    width, height = size
    module = NamedMaps.dense(network)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter('ignore')  # torch's and OpenVINO's, about themselves
        program = torch.export.export(module, (torch.zeros(1, 3, height, width),))
        model = openvino.convert_model(program)
    for output, name in zip(model.outputs, module.names, strict=True):
        output.set_names({name})
    return model
