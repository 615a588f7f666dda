# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-track as a user starts it: in a process of its own, and its options in this one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import pytest
import torch
from browser import open_in_browser
from full_disk import full_disk
from streams import Then, camera

import fairmot_ros
from fairmot_ros.cli import track
from fairmot_ros.cli.command import ExitCode
from fairmot_ros.evaluation import read_mot
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.starting import python_module

DATA = Path(fairmot_ros.__file__).parent / 'data'
CLIP = DATA / 'pedestrians.mp4'
SMALL = ('--input-size', '320x256')


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make an empty folder the current one; limit the threads, as tests run in parallel."""
    monkeypatch.chdir(tmp_path)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield tmp_path
    torch.set_num_threads(before)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python_module('fairmot_ros.cli.track'), *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, 'OMP_NUM_THREADS': '1'},
        timeout=300,
    )


def start_showing(*arguments: object) -> tuple[subprocess.Popen[str], str]:
    """Start the command with ``--show``; return its process and the address of its page."""
    process = subprocess.Popen(
        [*python_module('fairmot_ros.cli.track'), '--show', *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, 'OMP_NUM_THREADS': '1', 'DISPLAY': '', 'WAYLAND_DISPLAY': ''},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.removeprefix('open ').removesuffix(' in a browser\n')


def errors(text: str) -> list[str]:
    """Return the lines of stderr that are not progress bars."""
    lines = re.split(r'[\r\n]', text)
    return [line for line in lines if line.startswith('fairmot-track: ')]


def test_defaults_write_a_video_and_results(folder: Path) -> None:
    done = run(CLIP)
    assert done.returncode == 0, done.stderr
    output = folder / 'out' / 'track' / 'pedestrians'
    assert sorted(os.listdir(output)) == ['annotated.mp4', 'results.txt', 'summary.json']
    video = cv2.VideoCapture(str(output / 'annotated.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 126
    assert video.get(cv2.CAP_PROP_FPS) == 7
    summary = json.loads((output / 'summary.json').read_text())
    rows = read_mot(output / 'results.txt')
    assert (summary['frames'], summary['complete']) == (126, True)
    assert (summary['boxes'], summary['tracks']) == (len(rows), len(set(rows[:, 1])))
    assert f'  tracks   {summary["tracks"]} people in {len(rows)} boxes' in done.stdout
    assert '100%' in done.stderr
    assert 'frame/s' in done.stderr


def test_an_unreadable_source_among_others_is_passed_over(folder: Path) -> None:
    (folder / 'broken.mp4').write_text('no video')
    sources = ('none.mp4', folder / 'broken.mp4', CLIP, 97, 'http://127.0.0.1:9/camera')
    done = run(*sources, '--seconds', 1, '--mot', *SMALL)
    assert done.returncode == ExitCode.CHECK_FAILED, done.stderr
    assert [line.split(': ', 1)[1].split(':')[0] for line in errors(done.stderr)] == [
        'there is no none.mp4',
        f'{folder}/broken.mp4 cannot be opened as a video',
        'camera 97 cannot be opened',
        'http',
    ]
    assert 'Traceback' not in done.stderr
    assert 'VIDEOIO' not in done.stderr  # OpenCV's own messages
    assert 'Connection' not in done.stderr  # those of FFmpeg
    assert len(read_mot(folder / 'out/track/pedestrians/results.txt')) > 0


@pytest.mark.parametrize('stopping', [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_was_tracked(folder: Path, stopping: signal.Signals) -> None:
    images = list(islice(VideoSource(CLIP), 5))
    with camera(images, then=Then.REPEAT) as address:
        process, page = start_showing(address, CLIP, '--video', '--json', *SMALL)
        wait_for_frame(page)
        process.send_signal(stopping)
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == ExitCode.INTERRUPTED, stderr
    assert errors(stderr) == [
        'fairmot-track: stopping; Ctrl-C again ends at once',
        'fairmot-track: interrupted; what was tracked before is kept',
    ]
    (output,) = (folder / 'out' / 'track').iterdir()
    assert sorted(os.listdir(output)) == ['annotated.mp4', 'summary.json', 'tracks.jsonl']
    summary = json.loads((output / 'summary.json').read_text())
    assert summary['complete'] is False
    assert len((output / 'tracks.jsonl').read_text().splitlines()) == summary['frames'] > 0
    assert f'wrote    {output.relative_to(folder) / "annotated.mp4"}' in stdout


def wait_for_frame(page: str) -> None:
    """Wait until a frame was tracked, and fetch it as a browser does."""
    deadline = time.monotonic() + 120
    while 'tracked' not in urllib.request.urlopen(f'{page}status').read().decode():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with urllib.request.urlopen(f'{page}images', timeout=60) as stream:
        start = stream.read(20_000)
    assert start.startswith(b'--frame\r\nContent-Type: image/jpeg\r\n')
    assert b'\xff\xd8\xff' in start


def test_the_page_in_a_browser(folder: Path) -> None:
    images = list(islice(VideoSource(CLIP), 5))
    with camera(images, then=Then.REPEAT) as address:
        process, page = start_showing(address, '--no-files', *SMALL)
        try:
            wait_for_frame(page)
            for _ in range(10):  # the browser may print the page before its first update
                dom = open_in_browser(page, folder / 'profile')
                shown = re.search(r'<p id="status">frame \d+, [\d.]+ s: \d+ tracked</p>', dom)
                if shown:
                    break
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=120)
    assert shown, dom
    assert process.returncode == ExitCode.INTERRUPTED
    assert not (folder / 'out').exists()


def test_sources_of_one_name_do_not_overwrite_each_other(folder: Path) -> None:
    for name, clip in (('a', 'pedestrians.mp4'), ('b', 'indoor.mp4')):
        (folder / name).mkdir()
        (folder / name / 'walk.mp4').symlink_to(DATA / clip)
    videos = [folder / name / 'walk.mp4' for name in 'ab']
    options = ['--output', 'out', '--mot', '--seconds', '0.5', *SMALL]
    assert track.main([*map(str, videos), *options]) == 0
    assert len(os.listdir('out')) == 2
    assert track.main([str(videos[1]), *options]) == 0
    sources = [json.loads(p.read_text())['source'] for p in Path('out').glob('*/summary.json')]
    assert len(set(sources)) == 2


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ([], 'no source: give a video, a folder of images, a bag, the number of a camera or an'),
        (['none*.mp4'], 'nothing matches none*.mp4: give videos, folders of images or bags'),
        ([CLIP, '--image-topic', '/x'], '--image-topic is for bags, and no source is one'),
        ([CLIP, '--port', '8000'], '--port is that of the page of --show: add --show'),
        ([CLIP, '--every', '0'], 'every must be at least 1, got 0'),
        ([CLIP, '--start', '-1'], 'start must be a number of seconds of at least 0, got -1.0'),
        (
            [CLIP, '--frame-rate', '-5'],
            '--frame-rate must be positive and at most 10000 Hz, got -5',
        ),
        ([CLIP, '--frame-rate', '1e300'], 'at most 10000 Hz, got 1e+300'),
        ([''], "there is no '': give a video"),
        ([CLIP, '--max-image-pixels', '0'], 'max_image_pixels must be a positive integer, got 0'),
        ([CLIP, '--max-image-pixels', '999'], 'the image has 768 x 576 pixels, more than the lim'),
        ([CLIP, '--crops', '--crop-interval', '-1'], 'crop_interval must not be negative'),
        ([CLIP, '--no-files'], '--no-files leaves nothing to do: add --show'),
        ([CLIP, '--no-files', '--show', '--mot'], '--no-files contradicts the files asked for'),
        ([CLIP, '--set', 'lost_timeout'], '--set takes NAME=VALUE, such as lost_timeout=5.0, got'),
        ([CLIP, '--set', 'lost_timeout=x'], "lost_timeout must be a finite number, got 'x'"),
        ([CLIP, '--set', 'lost=1'], 'unknown parameters: lost'),
        ([CLIP, '--config', 'none.yaml'], 'none.yaml: no such file'),
        ([CLIP, '--weights', 'none.pth'], 'none.pth'),
        ([CLIP, '--show', '--port', '99999'], 'the page cannot be shown on port 99999'),
        ([CLIP, '--start', '99'], 'pedestrians.mp4 has no frames from 99 s on'),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: list[object], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert track.main([*map(str, arguments), *SMALL]) == ExitCode.USAGE_ERROR
    (line,) = errors(capsys.readouterr().err)
    assert message in line
    assert not list(Path('out').rglob('*/*'))


def test_strict_ends_at_the_first_failure(capsys: pytest.CaptureFixture[str]) -> None:
    Path('broken.mp4').write_text('no video')
    arguments = ['broken.mp4', str(CLIP), '--mot', '--seconds', '0.5', *SMALL]
    assert track.main([*arguments, '--strict']) == ExitCode.USAGE_ERROR
    assert not Path('out/track/pedestrians').exists()
    assert len(errors(capsys.readouterr().err)) == 1
    assert track.main(arguments) == ExitCode.CHECK_FAILED
    assert Path('out/track/pedestrians/results.txt').exists()


def test_parameters_come_from_file_and_options() -> None:
    Path('mine.yaml').write_text(
        'lost_timeout: 5.0\ninput_width: 640\ninput_height: 512\nmax_image_pixels: 500000\n'
    )
    arguments = [str(CLIP), '--config', 'mine.yaml', '--set', 'score_threshold=0.5', *SMALL]
    assert track.main([*arguments, '--mot', '--seconds', '0.5']) == 0
    summary = json.loads(Path('out/track/pedestrians/summary.json').read_text())
    assert summary['parameters'] == {
        'lost_timeout': 5.0,
        'input_width': 320,
        'input_height': 256,
        'score_threshold': 0.5,
    }


def test_a_full_disk_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with full_disk(2000):
        code = track.main([str(CLIP), '--mot', '--output', 'out', *SMALL])
    assert code == ExitCode.USAGE_ERROR
    (line,) = errors(capsys.readouterr().err)
    assert 'results.txt.partial cannot be written: File too large' in line
    assert os.listdir('out/pedestrians') == ['results.txt']


def test_several_topics_of_a_bag_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip('rosbags', reason='needs rosbags')
    from fairmot_ros.evaluation.bags import Bag, BagWriter, ImageStream
    from fairmot_ros.evaluation.bags.sequence import write_sequence

    write_sequence('one', list(islice(VideoSource(CLIP), 3)), 7.0)
    with Bag('one') as bag, BagWriter('two') as writer:
        stream = ImageStream(bag)
        topics = ('/left', '/right')
        for topic in topics:
            writer.add_topic(topic, bag.topics[stream.topic].type)
        for stamp, message in stream.messages():
            for topic in topics:
                writer.write(topic, stamp, bag.decode(message))
    assert track.main(['two', '--mot', *SMALL]) == ExitCode.USAGE_ERROR
    (line,) = errors(capsys.readouterr().err)
    assert 'has several topics with images, /left, /right: choose one' in line
    assert track.main(['two', '--mot', '--image-topic', '/left', *SMALL]) == 0
    assert json.loads(Path('out/track/two/summary.json').read_text())['frames'] == 3
