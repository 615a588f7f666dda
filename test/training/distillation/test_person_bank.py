# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Person banks and canvases."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fairmot_ros.cli import person_bank as command
from fairmot_ros.training.config import (
    CanvasOptions,
    ConfigError,
    DatasetConfig,
    TrainingConfig,
    parse_config,
)
from fairmot_ros.training.data.cut_outs import CutOut
from fairmot_ros.training.data.dataset_mix import DatasetMix, read_dataset_mix
from fairmot_ros.training.data.labelled_image import make_labelled_image
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers import read_dataset
from fairmot_ros.training.distillation.person_bank.appearance import (
    band,
    change_clothes,
    exchange_lower_body,
)
from fairmot_ros.training.distillation.person_bank.bank import BankEntry, PersonBank, write_entries
from fairmot_ros.training.distillation.person_bank.canvas import (
    BankSampler,
    CanvasComposer,
    degrade,
)
from fairmot_ros.training.distillation.person_bank.random_windows import (
    WindowSampler,
    make_entry,
    write_random_windows,
)
from fairmot_ros.training.distillation.person_bank.tiles import make_tile, occlude
from fairmot_ros.training.distillation.person_bank.track_windows import (
    VARIANTS,
    VideoDataset,
    write_track_windows,
)
from fairmot_ros.training.distillation.person_bank.video_tracks import group_by_video, link_people
from fairmot_ros.training.distillation.person_bank.windows import (
    MARGIN,
    Window,
    crop_person,
    paste_on_background,
)
from fairmot_ros.training.engine.trainer import Trainer
from fairmot_ros.training.streams.canvas_stream import make_canvas_stream

SETS = (
    DatasetConfig('cut_outs', cut_outs=True),
    DatasetConfig('people', identities='each_box'),
    DatasetConfig('backgrounds'),
)
COLOURS = ((250, 20, 20), (20, 250, 20), (20, 20, 250), (240, 240, 20))


def colour_window(colour: tuple[int, int, int]) -> Window:
    """Grey window with a person of one colour."""
    image = np.full((90, 60, 3), 100, np.uint8)
    image[15:75, 20:40] = colour
    return Window(image, np.array([20, 15, 40, 75], np.float32))


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Bank of four people of one colour each, with their colours as embeddings."""
    entries = [
        BankEntry(colour_window(c), np.array([*c, 50], np.float32), f'set{i % 2}')
        for i, c in enumerate(COLOURS)
    ]
    folder = tmp_path / 'bank'
    folder.mkdir()
    write_entries(folder / 'persons_0.npz', entries[:3])
    write_entries(folder / 'persons_1.npz', entries[3:])
    return folder


def config_of(bank: Path) -> TrainingConfig:
    return TrainingConfig(
        'nano',
        'yolox_nano',
        (),
        network={'id_channels': 16},
        reid_dim=16,
        canvas=CanvasOptions(str(bank), 96, 96, (24, 40), (40, 80)),
        freeze=('backbone', 'pyramid', 'head'),
        loss={'embedding': {'kind': 'distillation', 'teacher_dim': 4, 'memory': 32}},
        steps=40,
        batch_size=4,
        learning_rate=1e-2,
        warmup_steps=2,
        ema_decay=0.9,
        max_objects=12,
        workers=0,
    )


def mean_colour(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return the mean colour of the middle of a box, which shows only the person."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    w, h = (right - left) / 6, (bottom - top) / 6
    part = image[round(y - h) : round(y + h) + 1, round(x - w) : round(x + w) + 1]
    return part.reshape(-1, 3).mean(axis=0)


def test_a_band_is_one_inside_and_zero_outside() -> None:
    weights = band(100, 0.2, 0.5)
    assert weights[25:45].min() > 0.95
    assert max(weights[:12].max(), weights[60:].max()) < 0.01
    assert band(100, 0.2, np.inf)[40:].min() > 0.999


def test_changed_clothes_keep_the_head() -> None:
    rng = np.random.default_rng(0)
    person = np.full((100, 40, 3), (40, 60, 200), np.uint8)
    changed = [change_clothes(person, rng).astype(int) for _ in range(20)]
    assert max(np.abs(c[:5] - person[:5]).max() for c in changed) <= 2
    differences = [np.abs(c[20:] - person[20:]).max() for c in changed]
    assert np.median(differences) > 30
    # Sometimes the legs alone, sometimes the upper body alone.
    assert any(np.abs(c[25:38] - person[25:38]).max() <= 2 for c in changed)
    assert any(np.abs(c[70:] - person[70:]).max() <= 2 for c in changed)


def test_the_lower_body_is_exchanged() -> None:
    person, other = np.full((80, 30, 3), 10, np.uint8), np.full((50, 20, 3), 200, np.uint8)
    mixed = exchange_lower_body(person, other, np.random.default_rng(0))
    assert mixed.shape == person.shape
    assert mixed[:28].max() <= 12
    assert mixed[52:].min() >= 198


def test_windows_hold_the_person_and_a_margin() -> None:
    image = np.full((200, 300, 3), 100, np.uint8)
    image[50:150, 100:140] = (200, 30, 30)
    window = crop_person(
        image, np.array([100, 50, 140, 150], np.float32), aspect=1.0, max_height=50
    )
    assert window.box_xyxy[3] - window.box_xyxy[1] == pytest.approx(50, abs=1)
    assert window.box_xyxy[0] == pytest.approx(40 * MARGIN[0] / 2, abs=1)
    assert np.abs(window.person().reshape(-1, 3).mean(axis=0) - (200, 30, 30)).max() < 8
    wide = crop_person(image, np.array([100, 50, 140, 150], np.float32), aspect=1.5, max_height=50)
    assert wide.image.shape[1] == pytest.approx(1.5 * window.image.shape[1], abs=1)


def test_windows_end_at_the_border() -> None:
    image = np.full((100, 100, 3), 100, np.uint8)
    window = crop_person(
        image, np.array([-20, 40, 30, 130], np.float32), aspect=1.0, max_height=256
    )
    assert window.box_xyxy.tolist() == pytest.approx([0, 14, 30, 74], abs=1)
    assert window.image.shape[:2] == (74, 51)


def test_windows_are_mirrored() -> None:
    window = colour_window((250, 0, 0))
    window = Window(window.image, np.array([10, 15, 40, 75], np.float32))
    assert window.flipped().box_xyxy.tolist() == [20, 15, 50, 75]
    assert np.array_equal(window.flipped().flipped().image, window.image)


def test_pasted_people_have_the_background_around_them() -> None:
    rng = np.random.default_rng(1)
    mask = np.full((60, 20), 255, np.uint8)
    person = CutOut(np.full((60, 20, 3), 230, np.uint8), mask, 0)
    window = paste_on_background(person, person, np.full((50, 50, 3), 20, np.uint8), rng)
    assert window.person().mean() > 120
    assert window.image[:3].mean() < 60
    height = window.box_xyxy[3] - window.box_xyxy[1]
    assert 120 <= height <= 256


def test_banks_are_read_back(bank: Path) -> None:
    people = PersonBank(bank)
    assert len(people) == 4
    assert people.sources == ['set0', 'set1', 'set0', 'set1']
    for row, colour in enumerate(COLOURS):
        window = people.window(row)
        assert window.image.shape == (90, 60, 3)
        assert np.abs(mean_colour(window.image, window.box_xyxy) - colour).max() < 12
    assert np.linalg.norm(people.embeddings, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    # What all have in common is taken off: without it, all similarities are positive.
    assert (people.embeddings @ people.embeddings.T).min() < -0.2


def test_a_missing_or_damaged_bank_is_reported(tmp_path: Path, bank: Path) -> None:
    with pytest.raises(DataError, match='fairmot-person-bank'):
        PersonBank(tmp_path)
    (bank / 'persons_1.npz').write_bytes(b'no archive')
    with pytest.raises(DataError, match=r'persons_1\.npz'):
        PersonBank(bank)


def test_windows_are_drawn_from_all_sets(training_data: Path) -> None:
    sampler = WindowSampler(read_dataset_mix(SETS, training_data, 256))
    sources = {sampler(np.random.default_rng(i))[1] for i in range(20)}
    assert sources == {'people', 'cut-outs'}
    assert len(sampler.people) == 4  # the ignored box of 5 pixels is none


def test_datasets_without_people_are_an_error(training_data: Path) -> None:
    with pytest.raises(DataError, match='40 pixels'):
        WindowSampler(read_dataset_mix((DatasetConfig('backgrounds'),), training_data))
    with pytest.raises(DataError, match='40 pixels'):
        WindowSampler(DatasetMix())


def embed_by_colour(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    return np.array([*image.reshape(-1, 3).mean(axis=0), *box], np.float32)


def test_an_interrupted_bank_is_completed(training_data: Path, tmp_path: Path) -> None:
    sampler = WindowSampler(read_dataset_mix(SETS, training_data, 256))
    assert list(write_random_windows(sampler, embed_by_colour, tmp_path / 'a', 5, 2, seed=4)) == [
        2,
        4,
        5,
    ]
    whole = PersonBank(tmp_path / 'a')
    assert len(whole) == 5
    again = make_entry(sampler, embed_by_colour, (4, 3))
    assert np.array_equal(whole.window(3).box_xyxy, again.window.box_xyxy)

    def refuse(image: np.ndarray, box: np.ndarray) -> np.ndarray:
        raise AssertionError('all windows are there')

    assert list(write_random_windows(sampler, refuse, tmp_path / 'a', 5, 2, seed=4)) == [2, 4, 5]


def test_canvases_show_people_at_their_boxes(bank: Path) -> None:
    people = PersonBank(bank)
    options = CanvasOptions(str(bank), 192, 160, (30, 60), (60, 120), box_noise=0.0)
    composer = CanvasComposer(people.window, len(people), options)
    right = shown = 0
    heights = []
    for seed in range(12):
        sample = composer(np.random.default_rng(seed), 30)
        assert sample.image.shape == (160, 192, 3)
        assert len(sample.boxes_xyxy) == len(sample.identities) <= 30
        for box, number in zip(sample.boxes_xyxy, sample.identities):
            colour = mean_colour(sample.image, box)
            nearest = np.abs(np.array(COLOURS) - colour).sum(axis=1).argmin()
            right += nearest == number
            shown += 1
            heights.append(box[3] - box[1])
    assert shown > 60
    assert right > 0.9 * shown  # some are occluded
    assert min(heights) < 40 and max(heights) > 80


def test_canvases_hold_no_more_people_than_asked_for(bank: Path) -> None:
    people = PersonBank(bank)
    composer = CanvasComposer(people.window, 4, CanvasOptions(str(bank), 192, 160))
    assert all(len(composer(np.random.default_rng(i), 3).identities) <= 3 for i in range(5))


def test_tiles_have_the_height_and_fit_the_room() -> None:
    rng = np.random.default_rng(0)
    window = colour_window((250, 0, 0))
    for height in (20, 40, 90):
        part = make_tile(window, height, (500, 500), rng)
        assert part.box_xyxy[3] - part.box_xyxy[1] == pytest.approx(height, rel=0.05)
        assert np.abs(mean_colour(part.image, part.box_xyxy) - (250, 0, 0)).max() < 5
    assert make_tile(window, 90, (10, 30), rng).image.shape == (30, 10, 3)
    # Small windows are not enlarged without limit.
    largest = make_tile(window, 1000, (5000, 5000), rng).box_xyxy
    assert largest[3] - largest[1] == pytest.approx(1.7 * 60, abs=2)


def test_occluders_cover_a_part_of_the_box() -> None:
    for seed in range(20):
        canvas = np.full((100, 100, 3), 50, np.uint8)
        canvas[40:80, 40:60] = 200
        before = canvas.copy()
        occlude(canvas, np.array([40, 40, 60, 80], np.float32), 100, np.random.default_rng(seed))
        changed = (canvas != before).any(axis=2)
        assert changed[40:80, 40:60].mean() < 0.7


def test_degraded_images_keep_their_size() -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    results = [degrade(image, np.random.default_rng(seed)) for seed in range(20)]
    assert all(r.shape == image.shape and r.dtype == np.uint8 for r in results)
    assert any(np.array_equal(r, image) for r in results)
    assert sum(not np.array_equal(r, image) for r in results) > 8


def test_samples_hold_the_teachers_embeddings(bank: Path) -> None:
    mix, stream = make_canvas_stream(config_of(bank))
    assert [(s.folder, s.images) for s in mix.summaries] == [('set0', 2), ('set1', 2)]
    sample = stream.sample_tensors(7)
    ids = sample['ids']
    assert (ids >= 0).any()
    expected = torch.from_numpy(stream.bank.embeddings)[ids.clamp(min=0)] * (ids >= 0)[:, None]
    assert torch.equal(sample['teacher'], expected)
    again = make_canvas_stream(config_of(bank))[1].sample_tensors(7)
    assert all(torch.equal(again[name], value) for name, value in sample.items())


def test_training_on_a_bank_reduces_the_losses(bank: Path, tmp_path: Path) -> None:
    config = config_of(bank)
    trainer = Trainer(config, tmp_path, tmp_path / 'run')
    trainer.run()
    header = (tmp_path / 'run/log.csv').read_text().splitlines()[0].split(',')
    assert header[-3:] == ['teacher', 'relation', 'similarity']
    rows = [line.split(',') for line in (tmp_path / 'run/log.csv').read_text().splitlines()[1:]]
    assert float(rows[-1][-3]) < float(rows[0][-3])
    assert float(rows[-1][-1]) < float(rows[0][-1])
    assert 'canvases of people' in (tmp_path / 'run/model_card.md').read_text()
    resumed = Trainer(config, tmp_path, tmp_path / 'run')
    assert resumed.step == 40
    memory = resumed.loss.state_dict()['embedding.teacher_memory']
    assert torch.equal(memory, trainer.loss.state_dict()['embedding.teacher_memory'])
    assert memory.any()


def test_canvas_options_are_read(bank: Path) -> None:
    content = {'name': 'a', 'architecture': 'yolox_nano', 'canvas': {'bank': 'b', 'width': 64}}
    assert parse_config(content, 'file').canvas == CanvasOptions('b', width=64)
    with pytest.raises(ConfigError, match='multiples of 32'):
        parse_config({**content, 'canvas': {'bank': 'b', 'width': 70}}, 'file')


def test_unambiguous_people_are_linked() -> None:
    red, green, blue = np.eye(3, dtype=np.float32)
    no_people = np.zeros((0, 3), np.float32)
    frames = [
        np.stack((red, green)),
        np.stack((green, red)),
        no_people,
        np.stack((blue, red, green)),
        np.stack((green, green, red)),  # two alike: neither is certain
        np.stack((red,)),
    ]
    members = sorted(track.members for track in link_people(frames))
    assert members == [[(0, 0), (1, 1), (3, 1), (4, 2), (5, 0)], [(0, 1), (1, 0), (3, 2)]]


def test_tracks_end_after_a_gap() -> None:
    red = np.array([[1.0, 0.0]], np.float32)
    no_people = np.zeros((0, 2), np.float32)
    assert len(link_people([red] * 3 + [no_people] * 8 + [red] * 3)) == 2
    assert len(link_people([red] * 3 + [no_people] * 7 + [red] * 3)) == 1
    assert link_people([red] * 2) == []


def test_frames_are_grouped_by_video() -> None:
    names = ('a_2.jpg', 'a_10.jpg', 'b_1.jpg', 'walk7-3.png', 'other.jpg')
    images = [make_labelled_image(Path('set/images') / name, [], []) for name in names]
    found = group_by_video(images, r'([ab])_(\d+)\.|walk(\d)-(\d+)')
    shown = {video: [p.path.name for p in frames] for video, frames in found.items()}
    assert shown == {'a': ['a_2.jpg', 'a_10.jpg'], 'b': ['b_1.jpg'], '7': ['walk7-3.png']}
    with pytest.raises(DataError, match='regular expression'):
        group_by_video(images, '(a')
    with pytest.raises(DataError, match='group'):
        group_by_video(images, 'a')


def test_people_of_videos_have_several_windows_in_the_bank(
    training_data: Path, tmp_path: Path
) -> None:
    images = read_dataset(training_data, SETS[1], Problems())

    def one_person(image: np.ndarray, box: np.ndarray) -> np.ndarray:
        return np.array([1.0, image.mean() / 1000], np.float32)

    video = VideoDataset('people', images, r'(\d+)\.jpg')
    folder = tmp_path / 'bank'
    assert list(write_track_windows(video, one_person, folder, seed=3)) == [1]
    people = PersonBank(folder)
    assert len(people) == 4 * VARIANTS  # one person in four images
    assert [len(rows) for rows in people.tracks] == [4] * VARIANTS
    assert set(people.sources) == {'people'}
    draw = BankSampler(len(people), people.tracks, CanvasOptions('', track_share=1.0))
    rng = np.random.default_rng(0)
    track_of = {int(row): i for i, rows in enumerate(people.tracks) for row in rows}
    drawn = [draw(rng) for _ in range(40)]
    assert len(drawn) > len(set(drawn)) or len({track_of[d] for d in drawn}) < len(drawn)


def test_windows_are_drawn_twice_at_most() -> None:
    options = CanvasOptions('', repeat_share=0.5)
    draw = BankSampler(10**9, (), options)
    rng = np.random.default_rng(0)
    counts = np.unique([draw(rng) for _ in range(400)], return_counts=True)[1]
    assert counts.max() == 2
    assert 80 < (counts == 2).sum() < 220


class ColourTeacher:
    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise DataError(f'no network at {path}')

    def __call__(self, image: np.ndarray, box: list[float]) -> np.ndarray:
        return embed_by_colour(image, np.array(box))


def test_the_command_creates_a_bank(
    training_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(command, 'ReidTeacher', ColourTeacher)
    file = tmp_path / 'training.yaml'
    text = 'name: n\narchitecture: yolox_nano\nsets: [{folder: people}]\n'
    file.write_text(text)
    arguments = [str(file), '--data', str(training_data), '--teacher', str(file), '--count', '3']
    assert command.main(arguments) == 2
    assert 'no section `canvas`' in capsys.readouterr().err
    file.write_text(text + f'canvas: {{bank: {tmp_path / "bank"}}}\n')
    assert command.main(arguments) == 0
    assert len(PersonBank(tmp_path / 'bank')) == 3
    missing = [*arguments[:4], str(tmp_path / 'none.xml')]
    assert command.main(missing) == 2
    assert 'none.xml' in capsys.readouterr().err


def test_training_without_a_bank_reports_the_command_to_create_it(tmp_path: Path) -> None:
    config = replace(config_of(tmp_path / 'nothing'))
    with pytest.raises(DataError, match='fairmot-person-bank'):
        Trainer(config, tmp_path, tmp_path / 'run')
