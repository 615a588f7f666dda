# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.media.selection import Selection
from fairmot_ros.media.video_source import SourceError, VideoSource
from fairmot_ros.media.video_writer import VideoFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(3):
        cv2.imwrite(str(tmp_path / f'{i:06}.png'), np.full((16, 24, 3), 40 * i, np.uint8))
    return tmp_path


def test_folder_is_read_in_order(folder: Path) -> None:
    source = VideoSource(folder)
    assert (source.length, source.frame_rate) == (3, 25.0)
    assert [int(image[0, 0, 0]) for image in source] == [0, 40, 80]
    assert VideoSource(folder, frame_rate=12.5).frame_rate == 12.5


def test_frame_rate_is_read_from_seqinfo(folder: Path) -> None:
    (folder / 'seqinfo.ini').write_text(
        '[Sequence]\nname=x\nimDir=img1\nframeRate=7\nseqLength=3\n'
        'imWidth=24\nimHeight=16\nimExt=.png\n'
    )
    assert VideoSource(folder).frame_rate == 7.0


def test_error_says_why_a_source_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='no video at'):
        VideoSource(tmp_path / 'none.mp4')
    with pytest.raises(SourceError, match='contains no images'):
        VideoSource(tmp_path)
    (tmp_path / 'text.mp4').write_text('this is no video')
    with pytest.raises(SourceError, match='cannot be opened as a video'):
        VideoSource(tmp_path / 'text.mp4')


def write_images(folder: Path, *names: str) -> None:
    """Write images whose value is the number in their name, modulo 256."""
    for name in names:
        value = int(''.join(filter(str.isdecimal, name))) % 256
        cv2.imwrite(str(folder / name), np.full((16, 24, 3), value, np.uint8))


@pytest.mark.parametrize(
    ('names', 'numbers', 'note'),
    [
        ([f'{i}.png' for i in range(1, 41)], list(range(1, 41)), ''),
        (
            [f'{i:06}.png' for i in range(21, 41)],
            list(range(21, 41)),
            'frame numbers start at 21, the name of the first image',
        ),
        (
            [f'{i:06}.png' for i in range(1, 41) if not 11 <= i <= 15],
            [*range(1, 11), *range(16, 41)],
            '5 of the frames 1 to 40 have no image: 11 to 15; the stamps skip them',
        ),
        (['0.png', '1.png', '2.png'], [1, 2, 3], 'names start at 0: frame numbers are the names'),
        (['a10.png', 'a9.png', 'a100.png'], [1, 2, 3], ''),
        (['1700000000123.png', '1700000000456.png'], [1, 2], 'numbered by their order'),
        (['1.png', '3.png', 'cover7.png'], [1, 2, 3], "'cover7' is not a frame number"),
    ],
)
def test_file_names_give_frame_numbers_in_natural_order(
    names: list[str], numbers: list[int], note: str, tmp_path: Path
) -> None:
    write_images(tmp_path, *names)
    source = VideoSource(tmp_path)
    assert list(source.numbers or ()) == numbers
    values = [int(image[0, 0, 0]) for _, image in source.frames()]
    assert values == sorted(values) or '1700' in names[0]
    assert [number for number, _ in source.frames()] == numbers
    assert source.first_number == numbers[0]
    assert note in ' '.join(source.notes)
    assert bool(source.notes) == bool(note)


def test_duplicate_frame_numbers_are_rejected(tmp_path: Path) -> None:
    write_images(tmp_path, '1.png', '000001.png')
    with pytest.raises(SourceError, match=r'000001\.png and 1\.png are both frame 1'):
        VideoSource(tmp_path)


def test_unreadable_images_are_skipped_and_listed(folder: Path) -> None:
    (folder / '000001.png').write_bytes(b'no image')
    source = VideoSource(folder)
    assert [number for number, _ in source.frames()] == [1, 3]
    (text,) = source.unreadable
    assert text.startswith(f'the image {folder}/000001.png cannot be read: ')
    for path in folder.glob('*.png'):
        path.write_bytes(b'')
    with pytest.raises(SourceError, match='none of the images in .* can be read'):
        list(VideoSource(folder))


@pytest.mark.parametrize(
    ('name', 'hint'),
    [('walk.bag', 'convert a ROS 1 bag'), ('walk.mcap', 'use fairmot-evaluate for bags')],
)
def test_error_for_a_bag_names_the_right_command(name: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b'#ROSBAG V2.0\n')
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(SourceError, match=hint):
            VideoSource(path)


def test_current_folder_is_a_source(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert VideoSource('.').path.name == folder.name


@pytest.mark.parametrize('kind', ['video', 'folder'])
def test_only_selected_frames_are_read(folder: Path, kind: str) -> None:
    source = VideoSource(folder, frame_rate=10.0)
    if kind == 'video':
        video = VideoFile(folder / 'a.mp4', 10.0)
        for image in source:
            video.write(image)
        video.close()
        source = VideoSource(folder / 'a.mp4')
    (folder / '000001.png').write_bytes(b'damaged')
    assert [number for number, _ in source.frames(Selection(every=2))] == [1, 3]
    assert [number for number, _ in source.frames(Selection(start=0.2))] == [3]
    assert source.unreadable == []


def test_images_above_the_limit_are_not_read(folder: Path) -> None:
    cv2.imwrite(str(folder / '000003.png'), np.zeros((32, 48, 3), np.uint8))
    source = VideoSource(folder, max_pixels=16 * 24)
    assert len(list(source)) == 3
    assert 'the image has 48 x 32 pixels, more than the limit of 384' in source.unreadable[0]


def test_videos_above_the_limit_are_not_opened(tmp_path: Path) -> None:
    video = VideoFile(tmp_path / 'a.mp4', 10.0)
    video.write(np.zeros((32, 48, 3), np.uint8))
    video.close()
    with pytest.raises(SourceError, match=r'a\.mp4 cannot be read: the image has 48 x 32 pixels'):
        VideoSource(tmp_path / 'a.mp4', max_pixels=100)
