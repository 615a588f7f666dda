# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs checkpoints with OpenVINO, on the CPU."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import torch

from fairmot_ros.detector.engines.base import (
    DEFAULT_OPTIONS,
    EngineError,
    EngineOptions,
    Image,
)
from fairmot_ros.detector.engines.conversion_cache import ConversionCache
from fairmot_ros.detector.engines.devices import choose_precision, reason_of_choice
from fairmot_ros.detector.engines.openvino_conversion import convert
from fairmot_ros.detector.engines.openvino_core import openvino_core
from fairmot_ros.detector.engines.openvino_maps import CompiledMaps, native_precisions
from fairmot_ros.detector.engines.precision_choice import PrecisionChoice, choose_by_statement
from fairmot_ros.detector.engines.precision_statement import statement_path
from fairmot_ros.detector.input_size import choose_input_size
from fairmot_ros.files.errors import reason_of
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.base import Network
from fairmot_ros.network.fuse import optimise_for_inference
from fairmot_ros.network.predictions import Predictions

NAME = 'openvino'

logger = logging.getLogger(__name__)


class OpenVinoEngine:
    """See `Engine`.

    The network's dense maps are converted from torch for one image size. Decoding, which includes
    heads at the peaks of a heat map, runs in torch.
    """

    name = NAME
    prepares_batches = False

    def __init__(
        self,
        network: Network,
        options: EngineOptions = DEFAULT_OPTIONS,
        cache: ConversionCache | None = None,
        *,
        copy: bool = True,
        statement: Path | None = None,
    ) -> None:
        """Convert the network for its input size, or take it from the cache.

        Args:
            network: to run.
            options: how.
            cache: of converted networks; None to convert every time.
            copy: leave the network as it is and run a copy. Without, the engine owns it: its
                batch norms are folded in place.
            statement: file that states the network's drift, from which precision 'auto' follows;
                None for float32.

        Raises:
            EngineError: if OpenVINO cannot run the network.
            ValueError: if the device is not the CPU, or precision or size are unknown.
        """
        self.device = require_cpu(options.device)
        asked = options.precision
        choice = PrecisionChoice(choose_precision(asked, self.device), reason_of_choice(asked))
        if asked not in ('auto', 'fp32') and asked not in native_precisions():
            raise ValueError(f'this CPU has no instructions for {asked}: use precision auto')
        if asked == 'auto' and statement is not None:
            choice = choose_by_statement(network, statement, NAME, native_precisions())
        self.precision, self.precision_reason = choice.precision, choice.reason
        self.info = network.info
        self.embedding_size = network.sizes.reid_dim
        own = deepcopy(network) if copy else network
        self._network = optimise_for_inference(own.eval())
        self.input_size = choose_input_size(options.input_size, network.info)
        self._maps = self._compile(cache, options)

    @staticmethod
    def load(path: Path, options: EngineOptions) -> OpenVinoEngine:
        """Load a checkpoint; raises CheckpointError if it cannot be used."""
        cache, statement = ConversionCache.default(), statement_path(path)
        return OpenVinoEngine(
            load_checkpoint(path), options, cache, copy=False, statement=statement
        )

    def __call__(self, images_bgr: Sequence[Image]) -> Predictions:
        return self._network.predictions(self._maps(images_bgr))

    def _compile(self, cache: ConversionCache | None, options: EngineOptions) -> CompiledMaps:
        settings = self.info, self.input_size, self.precision, options
        kept = cache.load(openvino_core(), self.info, self.input_size) if cache else None
        if kept is not None:
            try:
                return CompiledMaps(kept, *settings)
            except RuntimeError as error:
                logger.warning(
                    'the cached network is damaged and is converted again: %s', reason_of(error)
                )
        try:
            model = convert(self._network, self.input_size)
            compiled = CompiledMaps(model, *settings)
        except Exception as error:  # torch.export's and OpenVINO's have no common base
            raise EngineError(
                f'OpenVINO cannot convert {self.info.name}: {reason_of(error)}'
            ) from error
        if cache:
            cache.save(model, self.info, self.input_size)
        return compiled


def require_cpu(device: str) -> torch.device:
    """Return the CPU; raises ValueError if another device is requested."""
    if device not in ('auto', 'cpu'):
        raise ValueError(
            f"engine 'openvino' runs on the CPU, got device {device!r}: use device cpu, or engine "
            "'torch'"
        )
    return torch.device('cpu')
