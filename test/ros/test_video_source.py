from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.ros.video_source import SourceError, VideoSource


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(3):
        cv2.imwrite(str(tmp_path / f'{i:06}.png'), np.full((16, 24, 3), 40 * i, np.uint8))
    return tmp_path


def test_a_folder_is_played_in_order(folder: Path) -> None:
    source = VideoSource(folder)
    assert (source.length, source.frame_rate) == (3, 25.0)
    assert [int(image[0, 0, 0]) for image in source] == [0, 40, 80]
    assert VideoSource(folder, frame_rate=12.5).frame_rate == 12.5


def test_seqinfo_tells_the_rate(folder: Path) -> None:
    (folder / 'seqinfo.ini').write_text(
        '[Sequence]\nname=x\nimDir=img1\nframeRate=7\nseqLength=3\n'
        'imWidth=24\nimHeight=16\nimExt=.png\n'
    )
    assert VideoSource(folder).frame_rate == 7.0


def test_what_cannot_be_played_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='no video at'):
        VideoSource(tmp_path / 'none.mp4')
    with pytest.raises(SourceError, match='holds no pictures'):
        VideoSource(tmp_path)
    (tmp_path / 'text.mp4').write_text('this is no video')
    with pytest.raises(SourceError, match='cannot be opened as a video'):
        VideoSource(tmp_path / 'text.mp4')
