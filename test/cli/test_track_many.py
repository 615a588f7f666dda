# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""fairmot-track with --jobs and --dask, on folders of a few images."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import pytest
import torch
from dask_cluster import NEEDS_DASK, local_cluster

import fairmot_ros
from fairmot_ros.cli import track
from fairmot_ros.evaluation.runs.configuration import Configuration
from fairmot_ros.jobs.remote import execute_remotely
from fairmot_ros.jobs.sending import pack
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.standalone import TrackJob, find_sources
from fairmot_ros.standalone.outputs.choice import OutputChoice
from fairmot_ros.standalone.source_job import SourceJob
from fairmot_ros.standalone.sources import Source

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
OPTIONS = ('--mot', '--json', '--input-size', '224x160', '--deterministic', '--set', 'threads=1')
FILES = ('results.txt', 'tracks.jsonl', 'summary.json')


@pytest.fixture(scope='module', autouse=True)
def one_thread() -> Iterator[None]:
    """Restore the number of threads, which the option sets for the process."""
    before = torch.get_num_threads(), cv2.getNumThreads()
    yield
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sequences `monday/walk` and `tuesday/walk` of five images, and a video that is none."""
    folder = tmp_path_factory.mktemp('track')
    images = list(islice(VideoSource(CLIP), 10))
    for number, day in enumerate(('monday', 'tuesday')):
        sequence = folder / day / 'walk' / 'img1'
        sequence.mkdir(parents=True)
        for index in range(5):
            cv2.imwrite(str(sequence / f'{index + 1:06}.png'), images[5 * number + index])
        (sequence.parent / 'seqinfo.ini').write_text(
            '[Sequence]\nname=walk\nframeRate=7\nseqLength=5\nimWidth=640\nimHeight=480\n'
        )
    (folder / 'broken.mp4').write_text('no video')
    return folder


def sources_of(folder: Path) -> list[str]:
    return [str(folder / day / 'walk' / 'img1') for day in ('monday', 'tuesday')]


@pytest.fixture(scope='module')
def expected(folder: Path) -> dict[str, list[bytes]]:
    """Files of the command without workers, by source."""
    sources = sources_of(folder)
    found = {}
    for number, source in enumerate(sources):
        output = folder / f'expected{number}'
        assert track.main([source, *OPTIONS, '--output', str(output)]) == 0
        found[source] = [(output / 'walk' / name).read_bytes() for name in FILES]
    assert all(found.values())
    assert len(set(map(tuple, found.values()))) == 2
    return found


def files_of(output: Path) -> dict[str, list[bytes]]:
    """Return the files of all sources."""
    manifest = json.loads((output / 'manifest.json').read_text())
    return {
        source['input']: [(output / source['folder'] / name).read_bytes() for name in FILES]
        for source in manifest['inputs']
        if source['status'] == 'finished'
    }


def test_sources_in_two_processes_and_a_second_run(
    folder: Path,
    expected: dict[str, list[bytes]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    sources = [*sources_of(folder), str(folder / 'broken.mp4'), str(folder / 'none.mp4')]
    arguments = [*sources, *OPTIONS, '--jobs', '2', '--output', str(tmp_path)]
    assert track.main(arguments) == 1
    assert files_of(tmp_path) == expected
    captured = capsys.readouterr()
    assert f'note: broken.mp4 is passed over: {folder}/broken.mp4 cannot be' in captured.err
    assert f'there is no {folder}/none.mp4' in captured.err
    assert f'{sources[0]}: ' in captured.out
    assert track.main([*sources[:2], *OPTIONS, '--jobs', '1', '--output', str(tmp_path)]) == 0
    assert '2 of 2 inputs are taken up from a former run' in capsys.readouterr().err
    changed = [*OPTIONS, '--seconds', '0.4', '--jobs', '1', '--output', str(tmp_path)]
    assert track.main([sources[0], *changed]) == 0
    assert 'is computed again: settings changed: reading' in capsys.readouterr().err


def test_dask_cluster(folder: Path, expected: dict[str, list[bytes]], tmp_path: Path) -> None:
    pytest.importorskip('distributed', reason=NEEDS_DASK)
    with local_cluster(tmp_path / 'cluster', workers=1) as cluster:
        output = tmp_path / 'out'
        workers = ['--dask', cluster.scheduler_address, '--output', str(output)]
        assert track.main([*sources_of(folder), *OPTIONS, *workers]) == 0
    assert files_of(output) == expected


def test_sources_that_are_sent_give_the_same_results(
    folder: Path, expected: dict[str, list[bytes]], tmp_path: Path
) -> None:
    text = sources_of(folder)[0]
    (source,) = find_sources([text])
    assert isinstance(source, Source)
    parameters = {
        'input_width': 224,
        'input_height': 160,
        'deterministic': True,
        'threads': 1,
    }
    outputs = OutputChoice(video=False, json_lines=True)
    job = SourceJob.of(
        TrackJob(source, tmp_path, Configuration('options', parameters), outputs=outputs)
    )
    assert job.settings()['reading']['frame_rate'] == 7, 'seqinfo.ini is not sent'
    outcome = execute_remotely(job, 1, {}, {'source': pack(Path(text))})
    assert outcome.results is not None, outcome
    assert outcome.results['results.txt'] == expected[text][0]
    summary, wanted = json.loads(outcome.results['summary.json']), json.loads(expected[text][2])
    assert summary['source'] == wanted['source'] == text
    assert summary['tracks'] == wanted['tracks']


@pytest.mark.parametrize(
    ('arguments', 'reason'),
    [
        (['0', '--jobs', '1'], 'camera 0 is live, but jobs repeat what fails'),
        (['{walk}', '--jobs', '1', '--show'], '--show shows what this process tracks: leave out'),
        (['{walk}', '--threads', '1'], 'give --jobs or --dask'),
        (['{walk}', '--jobs', '1', '--weights', 'none.pth'], 'no weights at none.pth'),
        (['{broken}', '--jobs', '1', '--strict'], 'broken.mp4 cannot be'),
    ],
)
def test_mistakes_are_one_sentence(
    arguments: list[str],
    reason: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {'walk': sources_of(folder)[0], 'broken': folder / 'broken.mp4'}
    assert track.main([a.format(**places) for a in arguments]) == 2
    errors = [e for e in capsys.readouterr().err.splitlines() if e.startswith('fairmot-track: ')]
    assert len(errors) == 1
    assert reason in errors[0]


def test_a_live_source_among_others_is_passed_over(folder: Path, tmp_path: Path) -> None:
    arguments = [sources_of(folder)[0], '0', '--jobs', '1', '--output', str(tmp_path)]
    assert track.main([*arguments, *OPTIONS]) == 1
    assert len(files_of(tmp_path)) == 1
