# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Ground truth of recordings: matching with images, and notes on what does not match."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
from bag_cases import FRAMES, GROUND_TRUTH, RATE, make_bag, noise_images, storage_file

from fairmot_ros.evaluation import write_mot
from fairmot_ros.evaluation.bags import Bag, BagError, BagWriter, FrameIndex
from fairmot_ros.evaluation.bags.boxes import BoxMaker
from fairmot_ros.evaluation.bags.message_types import DETECTIONS, IMAGE
from fairmot_ros.evaluation.bags.sequence import write_sequence
from fairmot_ros.evaluation.runs.ground_truth import from_file, from_topic
from fairmot_ros.evaluation.runs.recording import TruthSource, open_recording

SECOND = 10**9
STAMPS = [round((1 + i / RATE) * 1e9) for i in range(FRAMES)]


def bag_with_truth(
    path: Path,
    stamps: list[int],
    labels: tuple[str, str] = ('person', 'person'),
    scores: float = 1.0,
) -> Bag:
    """Write a bag with boxes but without images; each message has two people."""
    with BagWriter(path) as writer:
        maker = BoxMaker(writer)
        writer.add_topic('/truth', DETECTIONS)
        for stamp in stamps:
            array = maker.detections(GROUND_TRUTH[:2], maker.header(stamp, ''))
            for detection, label in zip(array.detections, labels):
                detection.results[0].hypothesis.class_id = label
                detection.results[0].hypothesis.score = scores
            writer.write('/truth', stamp, array)
    return Bag(path)


def test_only_images_with_a_message_are_evaluated(tmp_path: Path) -> None:
    # Rounded stamps still match; one message does not belong to an image.
    stamps = [STAMPS[3], STAMPS[7] + 400, STAMPS[7] + 50_000_000]
    with bag_with_truth(tmp_path / 'bag', stamps) as bag:
        truth = from_topic(bag, 'truth', FrameIndex(STAMPS))
    assert np.flatnonzero(truth.annotated).tolist() == [3, 7]
    assert truth.rows[:, 0].tolist() == [4, 4, 8, 8]
    assert truth.notes == (
        '1 of 3 messages on /truth do not have the stamp of an image',
        f'{FRAMES - 2} of {FRAMES} images have no ground truth and are not evaluated',
    )


@pytest.mark.parametrize(
    ('labels', 'kept', 'benchmark', 'note'),
    [
        (('person', 'person'), 2, 'MOT15', ''),
        (('Person', 'car'), 1, 'MOT15', 'other labels than people are ignored: 20 car'),
        (('0', '17'), 2, 'MOT15', ''),
        (('pedestrian', 'car'), 2, 'MOT17', ''),
    ],
)
def test_labels(
    labels: tuple[str, str], kept: int, benchmark: str, note: str, tmp_path: Path
) -> None:
    with bag_with_truth(tmp_path / 'bag', STAMPS, labels, scores=0.7) as bag:
        truth = from_topic(bag, '/truth', FrameIndex(STAMPS))
    assert len(truth.rows) == kept * FRAMES
    assert truth.benchmark == benchmark
    assert set(truth.rows[:, 6]) == {1}, 'a score below 1 is no mark of 0'
    assert note in ' '.join(truth.notes)
    if benchmark == 'MOT17':
        assert truth.rows[:2, 7].tolist() == [1, 3]


def test_ground_truth_of_another_time_raises(tmp_path: Path) -> None:
    with (
        bag_with_truth(tmp_path / 'bag', [s + 100 * SECOND for s in STAMPS]) as bag,
        pytest.raises(BagError, match=r'does not overlap .* in time: it covers 101\.000 to'),
    ):
        from_topic(bag, '/truth', FrameIndex(STAMPS))


def test_ground_truth_with_other_stamps_raises(tmp_path: Path) -> None:
    with (
        bag_with_truth(tmp_path / 'bag', [s + SECOND // 20 for s in STAMPS[:-1]]) as bag,
        pytest.raises(BagError, match='no message on /truth has the stamp of an image'),
    ):
        from_topic(bag, '/truth', FrameIndex(STAMPS))


def test_file_frames_are_numbered_by_image(tmp_path: Path) -> None:
    write_mot(tmp_path / 'gt.txt', GROUND_TRUTH)
    truth = from_file(tmp_path / 'gt.txt', FrameIndex(STAMPS[:12]))
    assert truth.annotated.tolist() == [True] * 12
    assert truth.rows[:, 0].max() == 12
    assert (truth.notes[0].startswith('16 of 38 boxes'), truth.benchmark) == (True, 'MOT15')


def test_file_frames_by_time(tmp_path: Path) -> None:
    write_mot(tmp_path / 'gt.txt', GROUND_TRUTH)
    # The camera lost frames 2 and 5 of the sequence.
    kept = [s for i, s in enumerate(STAMPS, 1) if i not in (2, 5)]
    truth = from_file(tmp_path / 'gt.txt', FrameIndex(kept), rate=RATE)
    assert sorted(set(truth.rows[:, 0])) == [1, *range(3, FRAMES - 1)], '2 is empty frame 3'
    third = truth.rows[truth.rows[:, 0] == 3]
    np.testing.assert_array_equal(third[:, 2:7], GROUND_TRUTH[GROUND_TRUTH[:, 0] == 4][:, 2:])


@pytest.mark.parametrize(('columns', 'benchmark'), [(7, 'MOT15'), (9, 'MOT17'), (10, 'MOT15')])
def test_benchmark_is_derived_from_the_columns(
    columns: int, benchmark: str, tmp_path: Path
) -> None:
    rows = np.hstack((GROUND_TRUTH, np.ones((len(GROUND_TRUTH), 3))))[:, :columns]
    write_mot(tmp_path / 'gt.txt', rows)
    truth = from_file(tmp_path / 'gt.txt', FrameIndex(STAMPS))
    assert truth.benchmark == benchmark
    assert set(truth.rows[:, 7]) == ({1} if benchmark == 'MOT17' else {-1})
    chosen = from_file(tmp_path / 'gt.txt', FrameIndex(STAMPS), benchmark='MOT20')
    assert chosen.benchmark == 'MOT20'


def test_file_with_other_frames_raises(tmp_path: Path) -> None:
    rows = GROUND_TRUTH.copy()
    rows[:, 0] += 1000
    write_mot(tmp_path / 'gt.txt', rows)
    with pytest.raises(
        BagError,
        match=(
            r'does not overlap with the bag: it has frames 1001 to 1020, but '
            r'the 20 images of the bag are frames 1 to 20'
        ),
    ):
        from_file(tmp_path / 'gt.txt', FrameIndex(STAMPS))


# -- the whole recording ------------------------------------------------------------------------


def test_recording_with_default_topics(tmp_path: Path) -> None:
    recording = open_recording(make_bag(tmp_path / 'walk'), None, TruthSource())
    assert (recording.name, recording.image_topic) == ('walk', '/image')
    assert recording.truth is not None
    assert recording.truth.source == '/ground_truth'
    assert recording.stamped
    assert recording.notes == ()
    found = dict(recording.images(frozenset({2, 5})))
    assert sorted(found) == [2, 5]
    assert np.array_equal(found[5].pixels, noise_images()[4])


def test_limit_applies_to_images_and_ground_truth(tmp_path: Path) -> None:
    recording = open_recording(make_bag(tmp_path / 'walk'), None, TruthSource(), limit=6)
    assert len(recording.frames) == 6
    assert recording.truth is not None
    assert recording.truth.rows[:, 0].max() == 6
    assert recording.notes == (), 'what was left out on purpose is no news'
    assert [number for number, _ in recording.images()] == [1, 2, 3, 4, 5, 6]


def test_missing_ground_truth_is_noted(tmp_path: Path) -> None:
    recording = open_recording(make_bag(tmp_path / 'walk', None), None, TruthSource())
    assert recording.truth is None
    assert 'no ground truth, so there are no metrics' in recording.notes[0]


def test_truncated_recording_is_evaluated_up_to_the_damage(tmp_path: Path) -> None:
    path = tmp_path / 'walk'
    large = [np.full((480, 640, 3), i, np.uint8) for i in range(FRAMES)]
    write_sequence(path, large, RATE, GROUND_TRUTH)
    file = storage_file(path)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    recording = open_recording(path, None, TruthSource())
    assert 5 < len(recording.frames) < FRAMES
    assert recording.truth is not None
    assert recording.truth.rows[:, 0].max() <= len(recording.frames)
    assert 'that could be read are used' in recording.notes[0]
    assert len(list(recording.images())) == len(recording.frames)


def test_images_without_stamps_use_the_time_of_recording(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as writer:
        maker = BoxMaker(writer)
        writer.add_topic('/image', IMAGE)
        for i, image in enumerate(noise_images(3), 5):
            writer.write(
                '/image',
                i * SECOND,
                writer.make(
                    IMAGE,
                    header=maker.header(0, ''),
                    height=48,
                    width=64,
                    encoding='bgr8',
                    is_bigendian=0,
                    step=192,
                    data=image.reshape(-1),
                ),
            )
    recording = open_recording(tmp_path / 'bag', None, TruthSource())
    assert not recording.stamped
    assert recording.frames.span == pytest.approx((5, 7))


def test_image_with_a_repeated_stamp_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / 'bag'
    with BagWriter(path) as writer:
        maker = BoxMaker(writer)
        writer.add_topic('/image', IMAGE)
        for i, stamp in enumerate((1, 2, 2, 3)):
            writer.write(
                '/image',
                i,
                writer.make(
                    IMAGE,
                    header=maker.header(stamp * SECOND, ''),
                    height=48,
                    width=64,
                    encoding='bgr8',
                    is_bigendian=0,
                    step=192,
                    data=noise_images(1)[0].reshape(-1),
                ),
            )
    recording = open_recording(path, None, TruthSource())
    assert len(recording.frames) == 3
    assert '1 images repeat the stamp of another' in recording.notes[0]


def bag_with_stamps(path: Path, seconds: list[float]) -> Path:
    """Write a bag with small images that have given stamps and were recorded once per second."""
    with BagWriter(path) as writer:
        maker = BoxMaker(writer)
        writer.add_topic('/image', IMAGE)
        for i, stamp in enumerate(seconds, 5):
            image = writer.make(
                IMAGE,
                header=maker.header(round(stamp * SECOND), ''),
                height=2,
                width=2,
                encoding='mono8',
                is_bigendian=0,
                step=2,
                data=np.zeros(4, np.uint8),
            )
            writer.write('/image', i * SECOND, image)
    return path


def test_repeated_stamps_do_not_shift_a_ground_truth_file(tmp_path: Path) -> None:
    path = bag_with_stamps(tmp_path / 'bag', [1, 2, 2, 3, 4])
    write_mot(tmp_path / 'gt.txt', [[f, 1, 10 * f, 5, 20, 40, 1] for f in range(1, 6)])
    recording = open_recording(path, None, TruthSource(file=tmp_path / 'gt.txt'))
    truth = recording.truth
    assert truth is not None
    assert truth.rows[:, [0, 2]].tolist() == [[1, 10], [2, 20], [3, 40], [4, 50]]
    assert any('1 of 5 boxes' in note for note in recording.notes)
    assert any('1 images repeat the stamp of another' in note for note in recording.notes)


def test_images_with_a_single_stamp_raise(tmp_path: Path) -> None:
    path = bag_with_stamps(tmp_path / 'bag', [7] * 5)
    with pytest.raises(BagError, match='all 5 images on /image in .* have the same stamp'):
        open_recording(path, None, TruthSource())


def test_current_folder_gives_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(bag_with_stamps(tmp_path / 'walk', [1, 2]))
    assert open_recording(Path('.'), None, TruthSource()).name == 'walk'


@pytest.mark.parametrize(
    ('name', 'hint'),
    [
        ('walk.bag', 'rosbags-convert converts its ROS 1 bag'),
        ('000001.jpg', 'fairmot-mot2bag creates a bag from its images'),
        ('img1', 'fairmot-mot2bag creates a bag from its images'),
        ('notes.txt', ''),
    ],
)
def test_folder_that_is_no_bag_raises_with_a_hint(name: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir() if name == 'img1' else (tmp_path / name).write_text('')
    with pytest.raises(BagError, match='is not a bag') as caught:
        open_recording(tmp_path, None, TruthSource())
    assert str(caught.value).endswith(hint or 'no .mcap or .db3 file')
