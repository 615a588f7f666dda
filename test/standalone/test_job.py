# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Jobs on the clips of the package: frames, numbers, notes and failures."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from full_disk import full_disk
from streams import Then, camera

import fairmot_ros
from fairmot_ros.evaluation import read_mot
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.files.writing import WriteError
from fairmot_ros.media.selection import Selection
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.standalone import TrackJob, TrackResult, find_sources, track_source
from fairmot_ros.standalone.outputs.base import TrackedFrame
from fairmot_ros.standalone.outputs.choice import OutputChoice
from fairmot_ros.standalone.sources import Source
from fairmot_ros.standalone.streams import ReadOptions

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
RATE = 7.0
SMALL = Configuration('small', {'input_width': 320, 'input_height': 256})
TEXT = OutputChoice(video=False)


@pytest.fixture(scope='module', autouse=True)
def one_thread() -> Iterator[None]:
    """Limit the threads, because tests run in parallel."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def job_of(text: object, folder: Path, selection: Selection, **options: object) -> TrackJob:
    (source,) = find_sources([str(text)])
    assert isinstance(source, Source)
    reading = ReadOptions(selection, image_topic=options.pop('image_topic', None))  # type: ignore
    return TrackJob(source, folder, SMALL, reading, **{'outputs': TEXT, **options})  # type: ignore


def frames_of(result: TrackResult) -> list[int]:
    return sorted(set(read_mot(result.folder / 'results.txt')[:, 0].astype(int).tolist()))


@pytest.fixture(scope='module')
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the first eight frames of the clip."""
    folder = tmp_path_factory.mktemp('job') / 'images'
    folder.mkdir()
    for number, image in enumerate(islice(VideoSource(CLIP), 8), 1):
        cv2.imwrite(str(folder / f'{number:06}.png'), image)
    return folder


def test_results_are_those_of_the_python_interface(tmp_path: Path) -> None:
    result = track_source(job_of(CLIP, tmp_path, Selection(seconds=1.0, every=2)))
    fairmot = FairMOT(input_size=(320, 256))
    expected = [
        [number, track.track_id, *track.box_xywh]
        for number, image in enumerate(islice(VideoSource(CLIP), 7), 1)
        if number % 2
        for track in fairmot(image, (number - 1) / RATE)
    ]
    rows = read_mot(tmp_path / 'results.txt')
    assert np.array_equal(rows[:, :6], np.array(expected))
    assert (result.frames, result.boxes) == (4, len(expected))
    assert result.tracks == len({row[1] for row in expected})


def test_a_job_and_its_result_can_be_sent_to_another_process(tmp_path: Path) -> None:
    job = job_of(CLIP, tmp_path / 'a', Selection(seconds=0.5))
    result = track_source(pickle.loads(pickle.dumps(job)))
    assert pickle.loads(pickle.dumps(result)) == result
    again = track_source(replace(job, folder=tmp_path / 'b'))
    assert again.frames == result.frames
    for name in ('results.txt', 'summary.json'):
        assert (tmp_path / 'a' / name).read_bytes() == (tmp_path / 'b' / name).read_bytes()


def test_video_and_folder_of_its_images_give_the_same_tracks(images: Path, tmp_path: Path) -> None:
    (images / 'seqinfo.ini').write_text(
        f'[Sequence]\nname=x\nframeRate={RATE}\nseqLength=8\nimWidth=768\nimHeight=576\n'
    )
    selection = Selection(start=0.2, seconds=0.7)
    video = track_source(job_of(CLIP, tmp_path / 'video', selection))
    folder = track_source(job_of(images, tmp_path / 'folder', selection))
    assert video.frames == folder.frames == 5
    texts = [(result.folder / 'results.txt').read_text() for result in (video, folder)]
    assert texts[0] == texts[1] != ''


def test_a_bag_gives_the_tracks_and_frame_numbers_of_the_evaluation(
    images: Path, tmp_path: Path
) -> None:
    pytest.importorskip('rosbags', reason='needs rosbags')
    from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
    from fairmot_ros.evaluation.runs.offline import OfflineTracker
    from fairmot_ros.evaluation.runs.recording import TruthSource, open_recording

    pictures = list(VideoSource(images))
    write_sequence(tmp_path / 'walk', pictures, RATE, None, BagLayout(image_format='png'))
    job = job_of(tmp_path / 'walk', tmp_path / 'out', Selection())
    result = track_source(job)
    recording = open_recording(tmp_path / 'walk', None, TruthSource())
    run = OfflineTracker(SMALL).track(recording)
    assert np.array_equal(read_mot(tmp_path / 'out' / 'results.txt'), run.rows)
    assert (result.frames, result.failure, result.notes) == (8, '', ())
    part = track_source(replace(job, reading=ReadOptions(Selection(start=0.5, every=2))))
    assert part.frames == 2
    assert set(frames_of(part)) <= {5, 7}


def test_unreadable_images_are_passed_over_and_told(images: Path, tmp_path: Path) -> None:
    folder = tmp_path / 'images'
    folder.mkdir()
    for path in images.glob('*.png'):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / '000003.png').write_bytes(b'damaged')
    result = track_source(job_of(folder, tmp_path / 'out', Selection()))
    assert (result.frames, result.failure) == (7, '')
    assert result.notes[0].startswith('images that cannot be read: 1, the first: the im')
    strict = track_source(job_of(folder, tmp_path / 'strict', Selection(), strict=True))
    assert strict.frames == 2
    assert '000003.png cannot be read' in strict.failure
    for path in folder.glob('*.png'):
        path.write_bytes(b'damaged')
    with pytest.raises(ValueError, match='none of the images in .* can be read'):
        track_source(job_of(folder, tmp_path / 'none', Selection()))
    assert not (tmp_path / 'none').exists()


def test_a_part_behind_the_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'pedestrians\.mp4 has no frames from 99 s on'):
        track_source(job_of(CLIP, tmp_path, Selection(start=99.0)))


def test_a_video_that_ends_early_is_told(tmp_path: Path) -> None:
    pictures = list(islice(VideoSource(CLIP), 3))
    path = tmp_path / 'cut.avi'
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'MJPG'), 1.0, (768, 576))
    for image in pictures * 4:
        video.write(image)
    video.release()
    os.truncate(path, path.stat().st_size // 2)
    result = track_source(job_of(path, tmp_path / 'out', Selection()))
    assert 3 < result.frames < 10
    assert result.notes == (
        f'{result.frames} of the 12 frames that the video declares can be read: it is damaged or '
        'incomplete',
    )


def test_a_stopped_job_keeps_what_it_has(tmp_path: Path) -> None:
    seen: list[TrackedFrame] = []
    choice = OutputChoice(video=True, mot=True, json_lines=True, crops=True, sheet=True)
    job = job_of(CLIP, tmp_path, Selection(), outputs=choice)
    result = track_source(job, view=seen.append, stopped=lambda: len(seen) == 4)
    assert (result.frames, result.interrupted, result.notes) == (4, True, ())
    assert seen[0].canvas is not None
    assert cv2.VideoCapture(str(tmp_path / 'annotated.mp4')).get(cv2.CAP_PROP_FRAME_COUNT) == 4
    assert len((tmp_path / 'tracks.jsonl').read_text().splitlines()) == 4
    summary = json.loads((tmp_path / 'summary.json').read_text())
    assert summary['complete'] is False
    assert sorted(os.listdir(tmp_path)) == sorted(summary['files'])


def test_a_lost_stream_keeps_what_it_has(tmp_path: Path) -> None:
    pictures = list(islice(VideoSource(CLIP), 3))
    with camera(pictures, then=Then.CLOSE) as address:
        result = track_source(job_of(address, tmp_path, Selection(), outputs=OutputChoice()))
    assert 1 <= result.frames <= 3
    assert result.failure == f'{address} ended after 3 images: check that it is still connected'
    assert {path.name for path in result.files} == {
        'results.txt',
        'annotated.mp4',
        'summary.json',
    }


def test_progress(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    job = job_of(CLIP, tmp_path, Selection(seconds=1.0, every=3))
    track_source(job, lambda done, total: calls.append((done, total)))
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_nothing_is_written_if_nothing_is_asked_for(tmp_path: Path) -> None:
    choice = OutputChoice(video=False, mot=False)
    result = track_source(job_of(CLIP, tmp_path / 'out', Selection(seconds=0.3), outputs=choice))
    assert result.files == ()
    assert not (tmp_path / 'out').exists()


def test_a_full_disk_is_an_error_and_keeps_complete_lines(tmp_path: Path) -> None:
    with full_disk(2000), pytest.raises(WriteError, match='cannot be written: File too large'):
        track_source(job_of(CLIP, tmp_path, Selection()))
    assert os.listdir(tmp_path) == ['results.txt']
    assert len(read_mot(tmp_path / 'results.txt')) > 2
