# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-evaluate offline, on a bag of the clip in the package."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip('rosbags', reason='needs rosbags')
from browser import Figures, open_in_browser

import fairmot_ros
from fairmot_ros.cli import evaluate
from fairmot_ros.evaluation import evaluate_mot, read_mot, write_mot
from fairmot_ros.evaluation.bags import BagWriter
from fairmot_ros.evaluation.bags.boxes import BoxMaker
from fairmot_ros.evaluation.bags.message_types import COMPRESSED_IMAGE
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.runs.configuration import PIPELINE, Configuration, read_configuration
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.pipeline import FairMOT

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
FRAMES, RATE = 8, 7.0
SMALL = {'input_width': 320, 'input_height': 256}


@pytest.fixture(scope='module', autouse=True)
def one_thread() -> Iterator[None]:
    """Limit the threads, because tests run in parallel."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the bag `walk`, configurations and the tracks of the API for the clip.

    The ground truth is these tracks with a gap, so that the expected metrics are known.
    """
    folder = tmp_path_factory.mktemp('evaluate')
    images = list(islice(VideoSource(CLIP), FRAMES))
    pipeline = FairMOT(input_size=(320, 256))
    rows = [
        [i + 1, t.track_id, *t.box_xywh.tolist(), t.score, -1, -1, -1]
        for i, image in enumerate(images)
        for t in pipeline(image, 1 + i / RATE)
    ]
    tracks = np.array(rows)
    write_mot(folder / 'api.txt', tracks)
    truth = tracks.copy()
    truth[:, 6] = 1
    write_mot(folder / 'gt.txt', truth[truth[:, 0] != 4])
    write_sequence(
        folder / 'walk', images, RATE, read_mot(folder / 'gt.txt'), BagLayout(image_format='png')
    )
    (folder / 'small.yaml').write_text('input_width: 320\ninput_height: 256\n')
    (folder / 'strict.yaml').write_text(
        '/**:\n  ros__parameters:\n    input_width: 320\n    input_height: 256\n'
        '    new_track_threshold: 0.8\n    publish_lost: true\n'
    )
    return folder


@pytest.fixture(scope='module')
def evaluated(folder: Path) -> Path:
    """Output folder of an evaluation with all offline options."""
    output = folder / 'out'
    assert (
        evaluate.main(
            [
                str(folder / 'walk'),
                '--config',
                str(folder / 'small.yaml'),
                str(folder / 'strict.yaml'),
                '--interpolate',
                '1',
                '--output',
                str(output),
                '--fail-below',
                'HOTA=0',
            ]
        )
        == 0
    )
    return output


def test_offline_tracks_equal_those_of_the_api(evaluated: Path, folder: Path) -> None:
    got = read_mot(evaluated / 'results' / 'walk.small.offline.txt')
    expected = read_mot(folder / 'api.txt')
    # The stamps of a bag are whole nanoseconds, those of the API were not.
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-4)


def test_the_report_contains_the_metrics_of_the_results(evaluated: Path, folder: Path) -> None:
    data = json.loads((evaluated / 'report.json').read_text())
    assert [(c['configuration'], c['mode'], c['filled_seconds']) for c in data['combined']] == [
        ('small', 'offline', 0),
        ('small', 'offline', 1.0),
        ('strict', 'offline', 0),
        ('strict', 'offline', 1.0),
    ]
    for name in ('small', 'strict'):
        results = evaluated / 'results' / f'walk.{name}.offline.txt'
        expected = evaluate_mot({'walk': (folder / 'gt.txt', results)}, 'MOT15')['walk']
        run = next(r for r in data['runs'] if r['configuration'] == name)
        assert run['metrics'] == pytest.approx(expected, abs=1e-9)
    small = data['combined'][0]['metrics']
    in_fourth = int((read_mot(folder / 'api.txt')[:, 0] == 4).sum())
    assert in_fourth > 0
    assert (small['FP'], small['FN'], small['IDSW']) == (in_fourth, 0, 0)
    assert data['configurations'][1]['parameters']['publish_lost'] is True
    assert data['configurations'][0]['model'].startswith('fairmot_ros_nano:')


def test_equal_input_gives_identical_files(evaluated: Path, folder: Path) -> None:
    again = folder / 'again'
    assert (
        evaluate.main(
            [
                str(folder / 'walk'),
                '--config',
                str(folder / 'small.yaml'),
                str(folder / 'strict.yaml'),
                '--interpolate',
                '1',
                '--output',
                str(again),
                '--fail-below',
                'HOTA=0',
            ]
        )
        == 0
    )
    files = sorted(p.relative_to(evaluated) for p in evaluated.rglob('*') if p.is_file())
    assert len(files) == 6
    for file in files:
        assert (again / file).read_bytes() == (evaluated / file).read_bytes(), file


def test_the_report_in_a_browser(evaluated: Path, tmp_path: Path) -> None:
    shown = Figures(open_in_browser(evaluated / 'report.html', tmp_path / 'profile'))
    combined = json.loads((evaluated / 'report.json').read_text())['combined']
    assert len(shown.rows) == len(combined) == 4
    for row, expected in zip(shown.rows.values(), combined):
        assert row['HOTA'] == f'{100 * expected["metrics"]["HOTA"]:.1f}'
        assert row['IDSW'] == str(expected['metrics']['IDSW'])
        assert row['images'] == str(FRAMES)


def run(folder: Path, output: Path, *arguments: str) -> int:
    return evaluate.main(
        [
            str(folder / 'walk'),
            '--config',
            str(folder / 'small.yaml'),
            '--max-images',
            '3',
            '--output',
            str(output),
            *arguments,
        ]
    )


def test_limits_determine_the_exit_code(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert run(folder, tmp_path, '--fail-below', 'HOTA=0.1', '--fail-above', 'IDSW=0') == 0
    assert run(folder, tmp_path, '--fail-above', 'FN=-1') == 1
    assert 'FAIL FN <= -1: ' in capsys.readouterr().out
    data = json.loads((tmp_path / 'report.json').read_text())
    assert data['limits'][0]['kept'] is False, 'the report is written all the same'


def test_several_bags_with_files_as_ground_truth(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / 'other'
    images = list(islice(VideoSource(CLIP), 3))
    write_sequence(other, images, RATE, layout=BagLayout(storage='sqlite3'))
    truth = str(folder / 'gt.txt')
    assert (
        evaluate.main(
            [
                str(folder / 'walk'),
                str(other),
                '--ground-truth',
                truth,
                truth,
                '--max-images',
                '3',
                '--config',
                str(folder / 'small.yaml'),
                '--output',
                str(tmp_path / 'out'),
            ]
        )
        == 0
    )
    data = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert [r['name'] for r in data['recordings']] == ['walk', 'other']
    assert [r['ground_truth']['source'] for r in data['recordings']] == [truth, truth]
    walk, other_run = data['runs']
    assert walk['metrics'] == other_run['metrics'], 'the same images in both'
    assert data['combined'][0]['images'] == 6


def test_a_truncated_bag_is_evaluated_with_a_note(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    bag = tmp_path / 'walk'
    write_sequence(bag, list(islice(VideoSource(CLIP), FRAMES)), RATE, read_mot(folder / 'gt.txt'))
    file = next(bag.glob('*.mcap'))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert (
        evaluate.main(
            [str(bag), '--config', str(folder / 'small.yaml'), '--output', str(tmp_path / 'out')]
        )
        == 0
    )
    assert 'truncated or damaged' in capsys.readouterr().out
    data = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert 1 < data['recordings'][0]['images'] < FRAMES
    assert data['combined'][0]['metrics']['HOTA'] > 0.5
    assert 'truncated or damaged' in (tmp_path / 'out' / 'report.html').read_text()


def test_finished_bags_are_written_before_a_later_one_fails(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    bad = tmp_path / 'bad'
    with BagWriter(bad) as writer:
        writer.add_topic('/image', COMPRESSED_IMAGE)
        maker = BoxMaker(writer)
        for stamp in (10**9, 2 * 10**9):
            message = writer.make(
                COMPRESSED_IMAGE,
                header=maker.header(stamp, ''),
                format='jpeg',
                data=np.zeros(40, np.uint8),
            )
            writer.write('/image', stamp, message)
    bags = [str(folder / 'walk'), str(bad), '--config', str(folder / 'small.yaml')]
    assert evaluate.main([*bags, '--output', str(tmp_path / 'out')]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f'fairmot-evaluate: {bad}, an image on /image: ')
    assert len(read_mot(tmp_path / 'out/results/walk.small.offline.txt'))


def test_bags_that_cannot_be_opened_are_passed_over(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    bad = tmp_path / 'bad'
    bad.mkdir()
    options = ['--config', str(folder / 'small.yaml'), '--output', str(tmp_path / 'out')]
    bags = [str(bad), str(folder / 'walk')]
    assert evaluate.main([*bags, *options]) == 1
    assert f'fairmot-evaluate: passed over: {bad}' in capsys.readouterr().err
    report = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert [recording['name'] for recording in report['recordings']] == ['walk']
    assert evaluate.main([*bags, *options, '--strict']) == 2
    assert evaluate.main([str(bad), *options]) == 2


def test_a_full_disk_is_reported_in_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, before[1]))
    try:
        code = run(folder, tmp_path / 'out')
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert (
        error == f'fairmot-evaluate: {tmp_path}/out/report.json cannot be written: File too large'
    )
    files = sorted(p.name for p in (tmp_path / 'out').rglob('*') if p.is_file())
    assert files == ['walk.small.offline.txt']


def test_without_ground_truth_there_are_tracks_and_no_metrics(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture
) -> None:
    bag = tmp_path / 'blind'
    write_sequence(bag, list(islice(VideoSource(CLIP), 3)), RATE)
    assert (
        evaluate.main(
            [str(bag), '--config', str(folder / 'small.yaml'), '--output', str(tmp_path / 'out')]
        )
        == 0
    )
    assert 'note: there is no ground truth' in capsys.readouterr().out
    data = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert data['combined'][0]['metrics'] is None
    assert data['runs'][0]['tracks'] > 0


# -- mistakes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        (['none'], 'no bag at none'),
        (
            ['{walk}', '--image-topic', '/eye'],
            r'no topic /eye; it has /ground_truth \(vision_msgs',
        ),
        (['{walk}', '--ground-truth-topic', '/truth'], 'no topic /truth; it has'),
        (['{walk}', '--ground-truth', 'none.txt'], 'none.txt: no such file'),
        (['{walk}', '--ground-truth', 'a', 'b'], 'got 2 ground-truth files for 1 bags'),
        (['{walk}', '--ground-truth', 'a', '--ground-truth-topic', 'b'], 'give either'),
        (['{walk}', '{walk}'], "two bags are called 'walk'"),
        (['{walk}', '--config', 'none.yaml'], 'none.yaml: no such file'),
        (['{walk}', '--weights', 'none.pth'], 'no weights at none.pth'),
        (['{walk}', '--weights', 'a/x.pth', 'b/x.pth'], 'two configurations have the same name'),
        (['{walk}', '--rate', '0'], 'every --rate must be positive'),
        (['{walk}', '--no-offline'], '--no-offline without --rate leaves no run to evaluate'),
        (['{walk}', '--fail-below', 'HOTA'], 'expected NAME=VALUE'),
        (['{walk}', '--fail-above', 'latency_p95_ms=9'], 'needs a live run: give --rate'),
    ],
)
def test_a_mistake_is_reported_in_one_line(
    arguments: list[str],
    reason: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert evaluate.main([a.format(walk=folder / 'walk') for a in arguments]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('fairmot-evaluate: ')
    assert re.search(reason, error), error


def test_a_bag_without_images_is_reported_with_its_topics(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    with BagWriter(tmp_path / 'bag') as writer:
        writer.add_topic('/scan', 'std_msgs/msg/String')
        writer.write('/scan', 1, writer.make('std_msgs/msg/String', data='x'))
    assert evaluate.main([str(tmp_path / 'bag')]) == 2
    assert 'no topic with images' in (error := capsys.readouterr().err)
    assert '/scan (std_msgs/msg/String, 1 messages)' in error


# -- configurations --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('text', 'reason'),
    [
        ('- 1', 'expected a mapping of names to values, got list'),
        ('a: [', 'is not valid YAML'),
        (
            'max_lostt: 3',
            "unknown parameter 'max_lostt'; the parameters that affect the tracks are weights",
        ),
        ('lost_timeout: -1', 'configuration test: lost_timeout must be within 0..3600 seconds'),
        ('[' * 3000, 'test.yaml is not valid YAML'),
        ('1: 2', 'expected a mapping of names to values, got'),
        ('/**:\n  ros__parameters: 5', 'expected a mapping of names to values, got 5'),
        ('weights: 5', 'test.yaml: .* weights must be a string, got 5'),
        ('weights: null', 'weights must be a string, got None'),
        ('device: null', 'device must be a string, got None'),
        ('device: [cpu]', 'device must be a string, got'),
        ('lost_timeout: abc', "lost_timeout must be a finite number, got 'abc'"),
        ('class_thresholds: 5', 'class_thresholds must be a list, got 5'),
        ('association: sort', 'configuration test: association must be one of'),
        ('input_width: 320', 'input_width and input_height must both be given'),
        ('gallery: true\nassociation: byte', 'gallery needs embeddings'),
        ('gallery_size: 0', 'configuration test: gallery_size must be within 1..100000'),
        ('max_input_age: 0.5', 'max_input_age cannot be evaluated'),
        ('cameras: [left]', 'several cameras cannot be evaluated together'),
    ],
)
def test_wrong_configurations(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / 'test.yaml').write_text(text)
    with pytest.raises(ValueError, match=reason) as caught:
        read_configuration(tmp_path / 'test.yaml')
    assert '\n' not in str(caught.value)


def test_the_parameter_file_of_the_node_is_a_configuration() -> None:
    path = Path(fairmot_ros.__file__).parents[1] / 'config' / 'fairmot.yaml'
    configuration = read_configuration(path)
    assert configuration.frames() == Configuration('default').frames()
    assert configuration.detector() == Configuration('default').detector()
    assert configuration.node['publish_embeddings'] is True


def test_weights_may_lie_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / 'own.pth').write_bytes(b'')
    (tmp_path / 'test.yaml').write_text('weights: own.pth')
    found = read_configuration(tmp_path / 'test.yaml').detector().weights
    assert found == str(tmp_path / 'own.pth')


def test_all_evaluated_parameters_exist_in_the_node() -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    from fairmot_ros.ros.parameters import FairmotParameters

    assert set(PIPELINE) >= {
        'weights',
        'association',
        'lost_timeout',
        'detection_threshold',
        'min_box_area',
        'max_gap',
    }
    assert set(PIPELINE) <= set(FairmotParameters.settings())
    assert FairmotParameters().frames() == Configuration('default').frames()
