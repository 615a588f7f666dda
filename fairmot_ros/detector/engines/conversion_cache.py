# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Converted networks on disk, so that a node starts in a second instead of ten."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fairmot_ros.detector.engines.openvino_core import save_model
from fairmot_ros.files.errors import reason_of
from fairmot_ros.network.base import ModelInfo

#: Most models in the cache; the least recently used ones are removed first.
MAX_MODELS = 16
#: Temporary files older than this, in seconds, are left from processes that were killed.
STALE_SECONDS = 3600.0

#: Source code that decides what a converted network computes from weights.
SOURCES = (Path(__file__).resolve().parents[2] / 'network', Path(__file__).resolve().parent)

logger = logging.getLogger(__name__)


class ConversionCache:
    """Keeps OpenVINO models under a key of weights, versions, source code and image size."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when the first model is saved."""
        self.folder = folder

    @staticmethod
    def default() -> ConversionCache:
        """Return the cache in the user's cache folder, ``$XDG_CACHE_HOME`` or ``~/.cache``."""
        base = os.environ.get('XDG_CACHE_HOME', '')
        try:
            root = Path(base) if base else Path.home() / '.cache'
        except RuntimeError:  # no home: nothing is found there and nothing can be saved
            root = Path(os.devnull)
        return ConversionCache(root / 'fairmot_ros' / 'openvino')

    def load(self, core: Any, info: ModelInfo, size: tuple[int, int]) -> Any | None:
        """Return the model of a network for images of a size (width, height), or None."""
        path = self._path(info, size)
        if path is None:
            return None
        try:
            if not path.is_file():
                return None
            with contextlib.suppress(OSError):  # in a folder that is only read
                os.utime(path)
            return core.read_model(path)
        except (OSError, RuntimeError) as error:
            logger.warning(
                '%s is unreadable: the network is converted again: %s', path, reason_of(error)
            )
            return None

    def save(self, model: Any, info: ModelInfo, size: tuple[int, int]) -> None:
        """Store a model; log a warning if that fails."""
        path = self._path(info, size)
        if path is None:
            return
        partial = path.with_name(f'{path.stem}.{os.getpid()}.partial.xml')
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_model(model, partial)
            # The weights first: a model is found by its .xml file.
            partial.with_suffix('.bin').replace(path.with_suffix('.bin'))
            partial.replace(path)
        except OSError as error:
            logger.warning(
                'the converted network cannot be stored in %s and is converted again at the next '
                'start: %s',
                self.folder,
                reason_of(error),
            )
            for left in (partial, partial.with_suffix('.bin')):
                with contextlib.suppress(OSError):
                    left.unlink()
        with contextlib.suppress(OSError):  # the folder cannot be listed
            self._prune()

    def _prune(self) -> None:
        """Remove the oldest models, and what processes left that were killed during `save`."""
        ages: dict[Path, float] = {}
        for path in self.folder.glob('*.*'):
            with contextlib.suppress(OSError):  # moved by another process, or of another user
                age = time.time() - path.stat().st_mtime
                if '.partial.' not in path.name:
                    ages[path] = age
                elif age > STALE_SECONDS:
                    path.unlink()
        models = sorted((path for path in ages if path.suffix == '.xml'), key=ages.__getitem__)
        for path in models[MAX_MODELS:]:
            for part in (path, path.with_suffix('.bin')):
                with contextlib.suppress(OSError):
                    part.unlink()

    def _path(self, info: ModelInfo, size: tuple[int, int]) -> Path | None:
        """Return the file of a network, None for one that comes from no file."""
        if not info.sha256:
            return None
        parts = (
            info.sha256,
            version('openvino'),
            version('torch'),
            source_hash(),
            f'{size[0]}x{size[1]}',
        )
        key = hashlib.sha256('\n'.join(parts).encode()).hexdigest()[:32]
        return self.folder / f'{info.architecture}_{size[0]}x{size[1]}_{key}.xml'


@cache
def source_hash() -> str:
    """Return a hash of SOURCES."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted(folder.glob('*.py')):
            digest.update(path.read_bytes())
    return digest.hexdigest()
