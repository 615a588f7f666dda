# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sources as a user names them: videos, images, bags, cameras, addresses, patterns of them."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from fairmot_ros.media.image_folder import IMAGE_SUFFIXES, list_images, natural_key
from fairmot_ros.media.video_source import SourceError

BAG_SUFFIXES = ('.mcap', '.db3')


class Kind(Enum):
    """Kind of a source, which decides how it is read."""

    VIDEO = 'video'  # a video file
    IMAGES = 'images'  # a folder of images
    BAG = 'bag'
    CAMERA = 'camera'  # a number or a device
    ADDRESS = 'address'  # of a stream or of a video in the network


@dataclass(frozen=True)
class Source:
    """One source.

    Attributes:
        text: path, number or address.
        kind: how to read it.
        images: for IMAGES, the files to use; all of the folder if empty.
        original: path to name in results if `text` is that of a copy; empty otherwise.
    """

    text: str
    kind: Kind
    images: tuple[Path, ...] = ()
    original: str = ''

    @property
    def is_live(self) -> bool:
        """Whether it is a camera or an address."""
        return self.kind in (Kind.CAMERA, Kind.ADDRESS)

    @property
    def name(self) -> str:
        """Name for files: the path without folder and suffix, or the address without password."""
        if self.kind is Kind.CAMERA and self.text.isdecimal():
            return f'camera_{int(self.text)}'
        if self.kind is Kind.ADDRESS:
            host_and_path = re.sub(r'^\w+://([^/@]*@)?', '', self.text)
            return re.sub(r'[^\w.-]+', '_', host_and_path.split('?')[0]).strip('._') or 'stream'
        path = Path(self.original or self.text).resolve()
        if self.kind is Kind.IMAGES and path.name == 'img1':
            path = path.parent  # a MOTChallenge sequence
        is_file = self.kind is Kind.VIDEO or path.suffix in BAG_SUFFIXES
        return (path.stem if is_file else path.name) or 'root'

    @property
    def identity(self) -> str:
        """Text that tells sources apart: the resolved path, number or address."""
        if self.is_live:
            return self.shown
        path = str(Path(self.original or self.text).resolve())
        if not self.images:
            return path
        first, last = self.images[0].name, self.images[-1].name
        return f'{path} ({len(self.images)} images, {first} to {last})'

    @property
    def shown(self) -> str:
        """Text for messages, without the password of an address."""
        if self.kind is Kind.CAMERA and self.text.isdecimal():
            return f'camera {self.text}'
        return re.sub(r'(://)[^/@]*@', r'\1', self.original or self.text)

    def files(self) -> list[Path]:
        """Return the files that hold the source, in order; none for cameras and addresses."""
        path = Path(self.text)
        if self.is_live:
            return []
        if self.kind is Kind.IMAGES:
            return list(self.images) or list_images(path)
        if path.is_dir():
            return sorted(file for file in path.iterdir() if file.is_file())
        return [path]


def find_sources(texts: Iterable[str]) -> list[Source | SourceError]:
    """Return the sources that texts name, and for a text without any, the error.

    A text is a path, a pattern such as ``videos/*.mp4``, a number (a camera) or an address with
    ``://``. Image files of one folder become one source. Repetitions are dropped.
    """
    found = [source for text in texts for source in _sources_of(text)]
    images: dict[str, set[Path]] = {}  # image files by folder
    for source in found:
        if isinstance(source, Source) and source.images:
            images.setdefault(source.text, set()).update(source.images)
    unique: dict[str, Source | SourceError] = {}
    for source in found:
        if isinstance(source, SourceError):
            unique.setdefault(str(source), source)
            continue
        if source.images:
            ordered = sorted(images[source.text], key=lambda path: natural_key(path.name))
            source = replace(source, images=tuple(ordered))
        unique.setdefault(source.identity, source)
    return list(unique.values())


def _sources_of(text: str) -> Iterator[Source | SourceError]:
    if re.match(r'\w+://', text):
        yield Source(text, Kind.ADDRESS)
    elif _exists(text):
        yield _source_at(Path(text))
    elif re.fullmatch('[0-9]+', text):
        yield Source(text, Kind.CAMERA)
    elif glob.has_magic(text):
        paths = sorted(glob.glob(text, recursive=True), key=natural_key)
        if not paths:
            yield SourceError(f'nothing matches {text}: give videos, folders of images or bags')
        yield from (_source_at(Path(path)) for path in paths)
    else:
        yield SourceError(
            f'there is no {text or repr(text)}: give a video, a folder of images, a bag, '
            'the number of a camera or an address'
        )


def _exists(text: str) -> bool:
    try:
        return bool(text) and Path(text).exists()
    except (OSError, ValueError):  # a text that is too long or holds a zero
        return False


def _source_at(path: Path) -> Source | SourceError:
    if path.is_dir():
        try:
            suffixes = {file.suffix.lower() for file in path.iterdir()}
        except OSError as error:
            return SourceError(f'the folder {path} cannot be read: {error.strerror}')
        if suffixes.intersection(BAG_SUFFIXES) and not suffixes.intersection(IMAGE_SUFFIXES):
            return Source(str(path), Kind.BAG)
        images = path / 'img1' if (path / 'img1').is_dir() else path
        return Source(str(images), Kind.IMAGES)
    if path.is_char_device():
        return Source(str(path), Kind.CAMERA)
    if path.suffix.lower() in BAG_SUFFIXES:
        return Source(str(path), Kind.BAG)
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return Source(str(path.parent), Kind.IMAGES, (path,))
    return Source(str(path), Kind.VIDEO)
