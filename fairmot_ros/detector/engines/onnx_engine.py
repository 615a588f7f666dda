"""Runs exported networks with ONNX Runtime, on the CPU or a GPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.detector.decode import decode_image
from fairmot_ros.detector.engines.base import DEFAULT_OPTIONS, EngineOptions
from fairmot_ros.detector.engines.devices import choose_device
from fairmot_ros.detector.engines.export_metadata import METADATA, read_metadata
from fairmot_ros.detector.engines.planes import planes
from fairmot_ros.detector.input_size import show
from fairmot_ros.file_errors import reading
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.registry import ARCHITECTURES

SUFFIX = '.onnx'
PROVIDERS = {'cpu': 'CPUExecutionProvider', 'cuda': 'CUDAExecutionProvider'}


class OnnxEngine:
    """See `Engine`; runs files of `fairmot-export`, whose image size is fixed, in float32."""

    name = 'onnxruntime'
    precision = 'fp32'
    precision_reason = 'that of the exported file'

    def __init__(self, path: Path, options: EngineOptions = DEFAULT_OPTIONS) -> None:
        """Load the file.

        Raises:
            CheckpointError: if it is missing, unreadable or was not made by fairmot-export.
            ValueError: if onnxruntime is not installed, or lacks the device or precision, or if
                another image size is requested.
        """
        if options.precision not in ('auto', 'fp32'):
            raise ValueError(
                f'{path.name} computes in fp32, got precision {options.precision!r}: '
                'use auto or fp32'
            )
        runtime = _import_runtime(path)
        self.device, provider = _choose_provider(options.device, runtime.get_available_providers())
        with reading(f'{path} cannot be read', CheckpointError):
            if not path.is_file():
                raise CheckpointError(
                    f'no exported network at {path}: make one with fairmot-export'
                )
        session_options = runtime.SessionOptions()
        session_options.intra_op_num_threads = torch.get_num_threads()
        session_options.use_deterministic_compute = options.deterministic
        with reading(f'{path} cannot be run by onnxruntime', CheckpointError):
            self._session = runtime.InferenceSession(
                str(path), session_options, providers=[provider]
            )
            self._names = [output.name for output in self._session.get_outputs()]
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
        self._read = ARCHITECTURES[self.info.architecture].read_whole_maps
        self._check(path, inputs)

    def _check(self, path: Path, shapes: dict[str, list]) -> None:
        """Run the network once: it must take the size it declares and compute finite numbers."""
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

    def __call__(self, images_bgr: Sequence[NDArray[np.uint8]]) -> Predictions:
        return self._read(self.maps(images_bgr), images_bgr[0].shape[1])

    def maps(self, images_bgr: Sequence[NDArray[np.uint8]]) -> dict[str, torch.Tensor]:
        """Return the file's outputs by their names, see `Network.whole_maps`."""
        values = self._session.run(self._names, {'images': planes(images_bgr)})
        return {name: torch.from_numpy(value) for name, value in zip(self._names, values)}


def _import_runtime(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ValueError(
            f'{path.name} needs ONNX Runtime: install onnxruntime, or onnxruntime-gpu for a GPU, '
            'or use a .pth file'
        ) from error
    return onnxruntime


def _choose_provider(device: str, available: Sequence[str]) -> tuple[torch.device, Any]:
    if device == 'auto':
        device = 'cuda' if PROVIDERS['cuda'] in available else 'cpu'
        return torch.device(device), PROVIDERS[device]
    chosen = choose_device(device)
    provider = PROVIDERS[chosen.type]
    if provider not in available:
        raise ValueError(
            f'device {device!r} was asked for, but this onnxruntime has only '
            f'{", ".join(available)}: install onnxruntime-gpu, or use device cpu'
        )
    return chosen, (provider, {'device_id': chosen.index or 0}) if chosen.index else provider
