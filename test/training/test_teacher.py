"""What teachers say reaches the training: people left out by the labels, and looks."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.cli.teach import main
from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.looks import table_of_looks
from fairmot_ros.training.losses import FairMOTLoss
from fairmot_ros.training.mix import read_mix
from fairmot_ros.training.sources import DataError
from fairmot_ros.training.teacher import Teacher, detect, teach_boxes, teach_looks


@pytest.fixture
def sets(training_data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(training_data, tmp_path / 'sets'))


def test_a_set_that_no_teacher_saw_is_named(sets: Path) -> None:
    for part, file in (
        (SetConfig('people', teacher=True), r'people/teacher\.json'),
        (SetConfig('people', looks=True), r'people/teacher_embeddings\.npz'),
        (SetConfig('cut_outs', cut_outs=True, looks=True), r'cut_outs/teacher_embeddings\.npz'),
    ):
        with pytest.raises(DataError, match=f'no .*{file}: make it with fairmot-teach'):
            read_mix((part,), sets, 60)


def test_what_a_teacher_saw_is_added_to_its_picture(sets: Path) -> None:
    (sets / 'people/teacher.json').write_text('{"2.jpg": [[100, 30, 120, 90, 0.9]]}')
    mix = read_mix((SetConfig('people', teacher=True),), sets)
    assert [len(p.boxes_xyxy) for p in mix.photographs] == [1, 1, 2, 1]
    assert mix.photographs[2].identities.tolist() == [2, -1]


def test_looks_belong_to_their_people(sets: Path) -> None:
    rng = np.random.default_rng(0)
    looks = rng.normal(size=(7, 12)).astype(np.float16)
    np.savez(
        sets / 'people/teacher_embeddings.npz',
        annotation=np.arange(4)[::-1],
        embedding=looks[:4][::-1],
    )
    np.savez(
        sets / 'cut_outs/teacher_embeddings.npz', annotation=np.arange(3), embedding=looks[4:]
    )
    parts = (SetConfig('people', looks=True), SetConfig('cut_outs', cut_outs=True, looks=True))
    table = read_mix(parts, sets, 60).looks(7)
    assert table is not None
    centred = looks - looks.astype(np.float32).mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(table @ table.T, centred @ centred.T, atol=1e-3)


def test_without_looks_there_is_no_table(sets: Path) -> None:
    assert read_mix((SetConfig('people'),), sets).looks(4) is None


def test_the_loss_of_looks_sees_known_people_alone() -> None:
    looks = table_of_looks(
        np.array([0, 1, 2]), np.array([[3, 0], [0, 2], [0, 0]], np.float32), 4, 2
    )
    assert np.allclose(np.linalg.norm(looks, axis=1), [1, 1, 0, 0])
    loss = FairMOTLoss(2, 4, looks=torch.from_numpy(looks))
    batch = {'ids': torch.tensor([[0, 1, 2, 3, -1]]), 'mask': torch.ones(1, 5, dtype=torch.bool)}
    embeddings = torch.from_numpy(looks)[[0, 1, 0, 1, 0]][None] * 5
    assert loss.look_loss(embeddings, batch, torch.tensor(4.0)) == pytest.approx(0, abs=1e-6)
    embeddings[0, 1] *= -1
    assert loss.look_loss(embeddings, batch, torch.tensor(4.0)) == pytest.approx(2 / 4)


def test_the_command_says_what_is_missing(sets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip('openvino', reason='teachers need OpenVINO')
    assert main(['--detector', str(sets / 'none.xml'), str(sets / 'people')]) == 2
    assert 'no network at' in capsys.readouterr().err


def test_real_teachers_see_real_people(sets: Path, reference_data: Path) -> None:
    pytest.importorskip('openvino', reason='teachers need OpenVINO')
    folder = reference_data / 'data' / 'teachers'
    detector, looks = (
        Teacher(folder / name / f'{name}.xml')
        for name in ('pedestrian-detection-adas-0002', 'person-reidentification-retail-0277')
    )
    assert detect(detector, np.full((60, 80, 3), 128, np.uint8)).shape[1] == 5
    teach_boxes(detector, sets / 'people')
    assert teach_looks(looks, sets / 'people') == 4
    mix = read_mix((SetConfig('people', teacher=True, looks=True),), sets)
    table = mix.looks(3)
    assert table is not None
    assert np.allclose(np.linalg.norm(table[:4], axis=1), 1, atol=1e-4)
