# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reader of seqinfo.ini, the description of a MOTChallenge sequence."""

from __future__ import annotations

import configparser
import os
from dataclasses import dataclass
from pathlib import Path

from fairmot_ros.files.label_errors import LabelError, MissingLabelsError


@dataclass(frozen=True)
class SeqInfo:
    """Name, frame rate, length and image size of a sequence.

    Attributes:
        name: such as 'MOT17-02-SDP'.
        frame_rate: frames per second.
        length: number of images.
        width: image width in pixels.
        height: image height in pixels.
    """

    name: str
    frame_rate: float
    length: int
    width: int
    height: int

    def __post_init__(self) -> None:
        for field in ('frame_rate', 'length', 'width', 'height'):
            value = getattr(self, field)
            if not 0 < value < float('inf'):
                raise ValueError(
                    f'{field} of sequence {self.name!r} must be positive, got {value}'
                )


def read_seqinfo(path: str | os.PathLike[str]) -> SeqInfo:
    """Read a seqinfo.ini; `path` is the file or the folder of the sequence.

    Raises:
        LabelError: if an entry is missing or not a number; the message names file and entry.
        MissingLabelsError: a LabelError and FileNotFoundError, if the file does not exist.
    """
    path = Path(path)
    if path.is_dir():
        path /= 'seqinfo.ini'
    if not path.is_file():
        raise MissingLabelsError(f"{path}: no such file; expected a sequence's seqinfo.ini")
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding='utf-8-sig'))
        section = parser['Sequence']
        return SeqInfo(
            name=section['name'],
            frame_rate=float(section['frameRate']),
            length=int(section['seqLength']),
            width=int(section['imWidth']),
            height=int(section['imHeight']),
        )
    except KeyError as error:
        raise LabelError(
            f'{path}: {error} is missing; expected a [Sequence] section with name, frameRate, '
            'seqLength, imWidth and imHeight'
        ) from None
    except Exception as error:
        raise LabelError(f'{path}: {error}'.replace('\n', ' ')) from error


def seqinfo_rate(source: Path) -> float:
    """Return the frame rate of the `seqinfo.ini` beside or in a source; 0 if there is none.

    Args:
        source: a video, or a folder of images.

    Raises:
        ValueError: if the file is invalid.
    """
    path = source.resolve()
    for place in (path if path.is_dir() else path.parent, path.parent):
        if (place / 'seqinfo.ini').is_file():
            return float(read_seqinfo(place / 'seqinfo.ini').frame_rate)
    return 0.0
