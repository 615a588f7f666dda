# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Engine that runs exported networks with ONNX Runtime, on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fairmot_ros.detector.decode import decode_image
from fairmot_ros.detector.engines.base import DEFAULT_OPTIONS, EngineOptions, Image
from fairmot_ros.detector.engines.device_input import DeviceInput
from fairmot_ros.detector.engines.export_metadata import METADATA, read_metadata
from fairmot_ros.detector.engines.host_input import HostInput
from fairmot_ros.detector.engines.onnx_providers import choose_providers
from fairmot_ros.detector.input_size import show
from fairmot_ros.files.errors import reading
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.registry import ARCHITECTURES

SUFFIX = '.onnx'


class OnnxEngine:
    """See `Engine`; runs files of `fairmot-export`, whose input size is fixed, in float32.

    Inputs and outputs are bound to torch's memory on the device, so that the network's maps are
    decoded where they are computed. Where torch has no GPU, they are bound to the host's.
    """

    name = 'onnxruntime'
    precision = 'fp32'
    precision_reason = 'that of the exported file'

    def __init__(
        self, path: Path, options: EngineOptions = DEFAULT_OPTIONS, *, tensorrt: bool = False
    ) -> None:
        """Load the file.

        Args:
            path: of the file.
            options: device, threads and determinism.
            tensorrt: let TensorRT run the operators that it supports, on a GPU. It builds its
                engine first, which takes minutes.

        Raises:
            CheckpointError: if the file is missing, unreadable or was not made by fairmot-export.
            ValueError: if onnxruntime is not installed, or lacks the device or precision, or if
                another image size is requested.
        """
        if options.precision not in ('auto', 'fp32'):
            raise ValueError(
                f'{path.name} computes in fp32, got precision {options.precision!r}: '
                'use auto or fp32'
            )
        runtime = _import_runtime(path)
        self.device, providers = choose_providers(options.device, runtime, tensorrt=tensorrt)
        with reading(f'{path} cannot be read', CheckpointError):
            if not path.is_file():
                raise CheckpointError(
                    f'no exported network at {path}: make one with fairmot-export'
                )
        session_options = runtime.SessionOptions()
        session_options.intra_op_num_threads = options.threads or torch.get_num_threads()
        session_options.use_deterministic_compute = options.deterministic
        with reading(f'{path} cannot be run by onnxruntime', CheckpointError):
            self._session = runtime.InferenceSession(
                str(path), session_options, providers=providers
            )
            self._shapes = {out.name: out.shape[1:] for out in self._session.get_outputs()}
            inputs = {entry.name: entry.shape for entry in self._session.get_inputs()}
            known = self._session.get_modelmeta().custom_metadata_map
        metadata = read_metadata(known.get(METADATA), path)
        self.info, self.embedding_size = metadata.info, metadata.embedding_size
        assert self.info.input_size is not None
        self.input_size = self.info.input_size
        if options.input_size not in (None, self.input_size):
            raise ValueError(
                f'{path.name} takes images of {show(self.input_size)} only, got input_size '
                f'{show(options.input_size)}: export the network for that size'
            )
        architecture = ARCHITECTURES[self.info.architecture]
        self._read = architecture.read_whole_maps
        # ONNX Runtime may have a GPU where torch has none.
        on_gpu = self.device.type == 'cuda' and torch.cuda.is_available()
        self._memory = self.device if on_gpu else torch.device('cpu')
        self._to_input = _make_input(self.input_size, architecture.enlarge_images, self._memory)
        self.prepares_batches = on_gpu  # for every shape, cuDNN's algorithms are timed
        self._bindings: dict[int, tuple[Any, dict[str, torch.Tensor]]] = {}
        self._check(path, inputs)

    def _check(self, path: Path, shapes: dict[str, list]) -> None:
        """Run the network once; raise CheckpointError if input, output or metadata disagree."""
        width, height = self.input_size
        if list(shapes) != ['images'] or shapes['images'][1:] != [3, height, width]:
            raise CheckpointError(
                f'{path} declares an input of {show(self.input_size)} and has {shapes}: export '
                'the network again'
            )
        with reading(f'{path} cannot be run', CheckpointError):
            blank = np.zeros((height, width, 3), np.uint8)
            for name, values in self.maps([blank]).items():
                if not torch.isfinite(values).all():
                    raise CheckpointError(
                        f'{path}: its output {name} is not finite; export the network again, '
                        'from weights that are'
                    )
            found = decode_image(self([blank]), 0, max_detections=1, score_threshold=0.0)
            size = 0 if found.embeddings is None else found.embeddings.shape[1]
            if size != self.embedding_size:
                raise CheckpointError(
                    f'{path} declares embeddings of {self.embedding_size} numbers and computes '
                    f'such of {size}'
                )

    @torch.inference_mode()
    def __call__(self, images_bgr: Sequence[Image]) -> Predictions:
        return self._read(self.maps(images_bgr), self.input_size[0])

    def maps(self, images_bgr: Sequence[Image]) -> dict[str, torch.Tensor]:
        """Return the file's outputs by their names, see `Network.whole_maps`.

        The next call with as many images overwrites them.
        """
        count = len(images_bgr)
        images = self._to_input(images_bgr)
        if count not in self._bindings:
            self._bindings[count] = self._bind(images)
        binding, outputs = self._bindings[count]
        if self._memory.type == 'cuda':
            torch.cuda.current_stream(self._memory).synchronize()
        self._session.run_with_iobinding(binding)
        binding.synchronize_outputs()
        return outputs

    def _bind(self, images: torch.Tensor) -> tuple[Any, dict[str, torch.Tensor]]:
        """Return a binding to a network's input and new outputs, and the outputs."""
        where = self._memory.type, self._memory.index or 0, np.float32
        binding = self._session.io_binding()
        binding.bind_input('images', *where, list(images.shape), images.data_ptr())
        outputs = {
            name: torch.empty((len(images), *shape), device=self._memory)
            for name, shape in self._shapes.items()
        }
        for name, values in outputs.items():
            binding.bind_output(name, *where, list(values.shape), values.data_ptr())
        return binding, outputs


def _make_input(
    size: tuple[int, int], enlarge: bool, memory: torch.device
) -> Callable[[Sequence[Image]], torch.Tensor]:
    """Return the function from images to the network's input, which it always writes in place."""
    if memory.type == 'cuda':
        return DeviceInput(size, enlarge, memory, channels_last=False)
    to_input = HostInput(size, enlarge)
    return lambda images: torch.from_numpy(to_input(images))


def _import_runtime(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ValueError(
            f'{path.name} needs ONNX Runtime: install onnxruntime, or onnxruntime-gpu for a GPU, '
            'or use a .pth file'
        ) from error
    return onnxruntime
