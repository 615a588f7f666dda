"""What runs the network: torch on the CPU or a GPU."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.detector.maps import MapsOnDemand
from fairmot_ros.network.fuse import fuse_batch_norms
from fairmot_ros.network.heads import FairMOTNetwork

PRECISIONS = {'fp32': torch.float32, 'fp16': torch.float16, 'bf16': torch.bfloat16}

# M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h: the largest values that glibc takes. And
# M_TOP_PAD: the size of a heap; with less, glibc unmaps the heaps of threads other than the main
# one as soon as they are empty.
MALLOC_OPTIONS = ((-1, 2**31 - 1), (-3, 2**25), (-2, 2**26))


def choose_device(device: str) -> torch.device:
    """Return the torch device for 'auto', 'cpu', 'cuda' or 'cuda:N'.

    Raises:
        ValueError: if the name is unknown, or a GPU is asked for and there is none.
    """
    if device == 'auto':
        return torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    kind, _, number = device.partition(':')
    if kind not in ('cpu', 'cuda') or (number and not number.isdigit()):
        raise ValueError(f"device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got {device!r}")
    if kind == 'cuda':
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if int(number or 0) >= count:
            raise ValueError(
                f'device {device!r} was asked for, but torch {torch.__version__} sees {count} '
                "CUDA devices; use device 'cpu' or install a torch build for your GPU's driver"
            )
    return torch.device(device)


def choose_precision(precision: str, device: torch.device) -> str:
    """Return 'fp32', 'fp16' or 'bf16'; 'auto' is fp16 on a GPU and fp32 on the CPU.

    Raises:
        ValueError: on an unknown name.
    """
    if precision == 'auto':
        return 'fp16' if device.type == 'cuda' else 'fp32'
    if precision not in PRECISIONS:
        raise ValueError(
            f"precision must be 'auto', {', '.join(map(repr, PRECISIONS))}, got {precision!r}"
        )
    return precision


class TorchEngine:
    """Runs a network on one device; the network is changed for that and not to be used else.

    Attributes:
        info, embedding_size: of the network.
        device: where.
        precision: of the backbone. The heads always run in float32: in half precision the
            embeddings lose much of their meaning.
    """

    def __init__(
        self, network: FairMOTNetwork, device: str = 'auto', precision: str = 'auto'
    ) -> None:
        self.info = network.info
        self.embedding_size = network.sizes.reid_dim
        self.device = choose_device(device)
        self.precision = choose_precision(precision, self.device)
        if self.device.type == 'cpu':
            keep_freed_memory()
        fuse_batch_norms(network.eval())
        self._network = network.to(self.device)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def __call__(self, images_bgr: Sequence[NDArray[np.uint8]]) -> MapsOnDemand:
        """Run letterboxed images, each uint8 [H, W, 3]."""
        # The copy to the device is of bytes, a quarter of what floats would take.
        pixels = torch.stack([torch.from_numpy(image) for image in images_bgr]).to(self.device)
        images = pixels.permute(0, 3, 1, 2).flip(1).float().div_(255)
        images = images.contiguous(memory_format=torch.channels_last)
        with self._autocast():
            features = self._network.features(images)
        return MapsOnDemand(self._network, features.float())

    def _autocast(self) -> contextlib.AbstractContextManager:
        if self.precision == 'fp32':
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=PRECISIONS[self.precision])


def keep_freed_memory() -> None:
    """Set glibc's malloc to reuse freed memory instead of returning it to the system.

    By default the memory of a network's maps is unmapped after every image and mapped again for
    the next one, which takes a fifth of the time of a light network. Applies to the process.
    """
    if sys.platform != 'linux':
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in MALLOC_OPTIONS:
            mallopt(parameter, value)


def free_device_memory() -> None:
    """Give the GPU memory of networks that are gone back to other processes."""
    if torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()
