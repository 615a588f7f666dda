# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-mot2bag and fairmot-bag2mot: round trip, options and error messages."""

from __future__ import annotations

import re
import resource
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
from fairmot_ros.cli import bag2mot, mot2bag
from fairmot_ros.evaluation import read_mot, read_seqinfo, write_mot

LENGTH = 6
GROUND_TRUTH = np.array([[f, 7, 3.5 * f, 2.25, 10, 20, 1, -1, -1, -1] for f in range(1, 6)])


@pytest.fixture
def sequence(tmp_path: Path) -> Path:
    """Folder of a sequence in the MOTChallenge layout."""
    folder = tmp_path / 'MOT99-01'
    (folder / 'img1').mkdir(parents=True)
    (folder / 'gt').mkdir()
    for i in range(LENGTH):
        image = np.full((30, 40, 3), 40 * i, np.uint8)
        cv2.imwrite(str(folder / 'img1' / f'{i + 1:06}.jpg'), image)
    write_mot(folder / 'gt' / 'gt.txt', GROUND_TRUTH)
    (folder / 'seqinfo.ini').write_text(
        f'[Sequence]\nname=MOT99-01\nimDir=img1\nframeRate=14\nseqLength={LENGTH}\n'
        'imWidth=40\nimHeight=30\nimExt=.jpg\n'
    )
    return folder


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_a_sequence_survives_the_round_trip(
    sequence: Path, storage: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    bag = tmp_path / 'bag'
    assert mot2bag.main([str(sequence), str(bag), '--storage', storage]) == 0
    assert f'{LENGTH} images at 14 Hz, with 5 boxes' in capsys.readouterr().out

    text, copy = tmp_path / 'gt.txt', tmp_path / 'copy'
    assert bag2mot.main([str(bag), str(text), '--images', str(copy)]) == 0
    np.testing.assert_array_equal(read_mot(text), GROUND_TRUTH)
    info = read_seqinfo(copy)
    assert (info.frame_rate, info.length, info.width, info.height) == (14, LENGTH, 40, 30)
    for i in range(LENGTH):
        image = cv2.imread(str(copy / 'img1' / f'{i + 1:06}.jpg'))
        assert abs(float(image.mean()) - 40 * i) < 2


def test_options(sequence: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    bag = tmp_path / 'bag'
    assert (
        mot2bag.main(
            [
                str(sequence / 'img1'),
                str(bag),
                '--ground-truth',
                str(sequence / 'gt' / 'gt.txt'),
                '--frame-rate',
                '5',
                '--image-topic',
                '/eye/image',
                '--ground-truth-topic',
                '/truth',
                '--image-format',
                'jpeg',
                '--compress',
                '--max-images',
                '3',
                '--start',
                '100',
            ]
        )
        == 0
    )
    from fairmot_ros.evaluation.bags import Bag, FrameIndex, ImageStream

    with Bag(bag) as opened:
        assert set(opened.topics) == {'/eye/image/compressed', '/truth'}
        frames = FrameIndex([stamp for stamp, _ in ImageStream(opened).messages()])
    assert (len(frames), frames.span[0]) == (3, pytest.approx(100))
    assert frames.rate == pytest.approx(5)
    assert bag2mot.main([str(bag), str(tmp_path / 'a.txt'), '--topic', 'truth']) == 0
    assert len(read_mot(tmp_path / 'a.txt')) == 3


def test_a_bag_without_images_is_numbered_by_its_messages(sequence: Path, tmp_path: Path) -> None:
    from fairmot_ros.evaluation.bags import BagWriter
    from fairmot_ros.evaluation.bags.boxes import BoxMaker
    from fairmot_ros.evaluation.bags.message_types import DETECTIONS

    with BagWriter(tmp_path / 'bag') as writer:
        writer.add_topic('/tracks', DETECTIONS)
        maker = BoxMaker(writer)
        for i, row in enumerate(GROUND_TRUTH):
            stamp = 10**9 * (4 + 2 * i)
            array = maker.detections(row[None, :7], maker.header(stamp, ''))
            array.detections[0].id = f'front/{i // 3}'
            writer.write('/tracks', stamp, array)
    assert bag2mot.main([str(tmp_path / 'bag'), str(tmp_path / 'a.txt')]) == 0
    rows = read_mot(tmp_path / 'a.txt')
    assert rows[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert rows[:, 1].tolist() == [1, 1, 1, 2, 2], 'names are numbered'


@pytest.mark.parametrize(
    ('numbers', 'form', 'note'),
    [
        (range(1, 13), '{}', ''),
        (range(3, 7), '{:06}', 'frame numbers start at 3'),
        ([1, 2, 5, 6], '{:06}', '2 of the frames 1 to 6 have no image: 3 to 4'),
    ],
    ids=['natural order', 'begins later', 'gap'],
)
def test_ground_truth_is_matched_to_the_frame_number_in_the_file_name(
    numbers: Sequence[int], form: str, note: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    folder = tmp_path / 'images'
    folder.mkdir()
    for number in numbers:
        value = np.full((30, 40, 3), 10 * number, np.uint8)
        cv2.imwrite(str(folder / f'{form.format(number)}.png'), value)
    write_mot(tmp_path / 'gt.txt', [[f, 1, f, 2, 10, 20, 1] for f in range(1, 13)])
    truth = ['--ground-truth', str(tmp_path / 'gt.txt')]
    assert mot2bag.main([str(folder), str(tmp_path / 'bag'), *truth]) == 0
    output = capsys.readouterr().out
    assert note in output
    assert f'{len(numbers)} images at 25 Hz, with {len(numbers)} boxes' in output
    left_out = 12 - len(numbers)
    assert (f'{left_out} boxes belong to frames without an image' in output) == bool(left_out)

    from fairmot_ros.evaluation.bags import Bag, ImageStream
    from fairmot_ros.evaluation.bags.boxes import read_boxes

    with Bag(tmp_path / 'bag') as bag:
        images = list(ImageStream(bag).images())
        table = read_boxes(bag, '/ground_truth')
    assert [image.pixels[0, 0, 0] for image in images] == [10 * number for number in numbers]
    assert table.boxes[:, 0].tolist() == list(numbers), 'the boxes of these frames'
    assert table.stamps.tolist() == [stamp for stamp, _ in images]
    seconds = [(stamp - 10**9) * 1e-9 for stamp, _ in images]
    assert seconds == pytest.approx([(number - 1) / 25 for number in numbers])


def test_an_unreadable_image_leaves_a_gap(
    sequence: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (sequence / 'img1' / '000002.jpg').write_bytes(b'no image')
    assert mot2bag.main([str(sequence), str(tmp_path / 'bag')]) == 0
    output = capsys.readouterr().out
    assert re.search(r'note: .*000002\.jpg cannot be read: .*; skipped\n', output)
    assert f'{LENGTH - 1} images at 14 Hz, with 4 boxes' in output


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        (['none', 'bag'], 'no video at none'),
        (['{sequence}', '{sequence}'], 'already exists'),
        (['{sequence}', 'bag', '--ground-truth', 'none.txt'], 'none.txt: no such file'),
        (['{sequence}', 'bag', '--image-format', 'jpeg', '--jpeg-quality', '0'], 'within 1..100'),
    ],
)
def test_mistakes_of_mot2bag(
    arguments: list[str],
    reason: str,
    sequence: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mot2bag.main([a.format(sequence=sequence) for a in arguments]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('fairmot-mot2bag: ')
    assert reason in error


def test_mistakes_of_bag2mot(
    sequence: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    bag = tmp_path / 'bag'
    assert mot2bag.main([str(sequence), str(bag)]) == 0
    (sequence / 'gt' / 'gt.txt').unlink()
    assert mot2bag.main([str(sequence), str(tmp_path / 'images')]) == 0
    for arguments, reason in {
        ('none',): 'no bag at none',
        (str(tmp_path / 'images'),): 'no topic with boxes .*it has /image',
        (str(bag), '--topic', '/image'): '/image in .* has type sensor_msgs/msg/Image',
    }.items():
        path, *rest = arguments
        assert bag2mot.main([path, str(tmp_path / 'a.txt'), *rest]) == 2
        error = capsys.readouterr().err
        assert re.search(reason, error), error


def test_images_that_cannot_be_written_are_counted(
    sequence: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert mot2bag.main([str(sequence), str(tmp_path / 'bag')]) == 0
    copy = tmp_path / 'copy'
    (copy / 'img1' / '000002.jpg').mkdir(parents=True)
    code = bag2mot.main([str(tmp_path / 'bag'), str(tmp_path / 'a.txt'), '--images', str(copy)])
    assert code == 2
    said = capsys.readouterr()
    assert f'wrote {copy}: {LENGTH - 1} images' in said.out
    assert f'1 of {LENGTH} images were not written, the first: {copy}/img1/000002.jpg' in said.err
    assert len([p for p in (copy / 'img1').iterdir() if p.is_file()]) == LENGTH - 1
    assert (copy / 'seqinfo.ini').is_file()


def test_images_that_cannot_be_decoded_are_counted(
    sequence: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    layout = ['--storage', 'sqlite3', '--image-format', 'jpeg']
    assert mot2bag.main([str(sequence), str(tmp_path / 'bag'), *layout]) == 0
    with sqlite3.connect(tmp_path / 'bag' / 'bag.db3') as connection:
        (data,) = connection.execute('SELECT data FROM messages WHERE id = 3').fetchone()
        connection.execute(
            'UPDATE messages SET data = ? WHERE id = 3', (data[:60] + bytes(len(data) - 60),)
        )
    connection.close()
    copy = tmp_path / 'copy'
    assert (
        bag2mot.main([str(tmp_path / 'bag'), str(tmp_path / 'a.txt'), '--images', str(copy)]) == 0
    )
    said = capsys.readouterr().out
    assert f'wrote {copy}: {LENGTH - 1} images' in said
    assert 'note: 1 images cannot be decoded and were skipped, the first: ' in said


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_a_full_disk_leaves_no_partial_bag(
    sequence: Path, storage: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    output = tmp_path / 'bags'
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8000, before[1]))
    try:
        code = mot2bag.main([str(sequence), str(output / 'bag'), '--storage', storage])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith(f'fairmot-mot2bag: {output}/bag cannot be written: ')
    assert list(output.iterdir()) == []
