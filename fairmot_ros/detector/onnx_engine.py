"""What runs an exported network: ONNX Runtime, on the CPU or a GPU."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.detector.engine import choose_device
from fairmot_ros.detector.maps import WholeMaps
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.heads import HEADS, ModelInfo

SUFFIX = '.onnx'
METADATA = 'fairmot_ros'  # key of what is known of the model, as JSON
PROVIDERS = {'cpu': 'CPUExecutionProvider', 'cuda': 'CUDAExecutionProvider'}


class OnnxEngine:
    """Runs a file that `fairmot-export` wrote.

    Attributes:
        info, embedding_size: as the network had them that was exported.
        device: where.
        precision: always 'fp32'.
    """

    precision = 'fp32'

    def __init__(self, path: Path, device: str = 'auto', precision: str = 'auto') -> None:
        """Load the file.

        Raises:
            CheckpointError: if it is missing, unreadable or was not made by fairmot-export.
            ValueError: if onnxruntime is not installed, or lacks the device or precision.
        """
        if precision not in ('auto', 'fp32'):
            raise ValueError(
                f'{path.name} computes in fp32, got precision {precision!r}: use auto or fp32'
            )
        runtime = _import_runtime(path)
        self.device, provider = _choose_provider(device, runtime.get_available_providers())
        if not path.is_file():
            raise CheckpointError(f'no exported network at {path}: make one with fairmot-export')
        options = runtime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        try:
            self._session = runtime.InferenceSession(str(path), options, providers=[provider])
        except Exception as error:  # onnxruntime's own exceptions share no other base
            reason = str(error).strip().splitlines()[0]
            raise CheckpointError(f'{path} cannot be run by onnxruntime: {reason}') from error
        self.info, self.embedding_size = self._read_metadata(path)

    def _read_metadata(self, path: Path) -> tuple[ModelInfo, int]:
        text = self._session.get_modelmeta().custom_metadata_map.get(METADATA)
        names = [output.name for output in self._session.get_outputs()]
        if text is None or names != list(HEADS):
            raise CheckpointError(
                f'{path} was not made by fairmot-export: expected the outputs '
                f'{", ".join(HEADS)} and the metadata {METADATA}'
            )
        content: dict[str, Any] = json.loads(text)
        info = ModelInfo(
            content['architecture'],
            content['name'],
            content['sha256'],
            (content['input_size'][0], content['input_size'][1]),
            tuple(content['labels']),
            content['near_height'],
        )
        return info, content['embedding_size']

    def __call__(self, images_bgr: Sequence[NDArray[np.uint8]]) -> WholeMaps:
        """Run letterboxed images of the exported size, each uint8 [H, W, 3]."""
        rgb = np.stack(images_bgr)[..., ::-1].transpose(0, 3, 1, 2)
        images = np.ascontiguousarray(rgb, np.float32) / np.float32(255)
        values = self._session.run(list(HEADS), {'images': images})
        return WholeMaps({n: torch.from_numpy(v) for n, v in zip(HEADS, values)})


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
