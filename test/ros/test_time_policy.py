import pytest

from fairmot_ros.ros.time_policy import StampPolicy, Verdict

TRACK, SKIP, RESET = Verdict.TRACK, Verdict.SKIP, Verdict.RESET


@pytest.mark.parametrize(
    ('on_jump', 'stamps', 'verdicts'),
    [
        ('reset', [1.0, 1.1, 1.5], [TRACK, TRACK, TRACK]),
        ('reset', [1.0, 1.0, 1.1], [TRACK, SKIP, TRACK]),
        ('reset', [9.0, 1.0, 1.1], [TRACK, RESET, TRACK]),
        ('reset', [1.0, 99.0, 99.1], [TRACK, RESET, TRACK]),
        ('continue', [9.0, 1.0, 8.9, 9.1], [TRACK, SKIP, SKIP, TRACK]),
        ('continue', [1.0, 99.0, 99.1], [TRACK, TRACK, TRACK]),
    ],
)
def test_verdicts(on_jump: str, stamps: list[float], verdicts: list[Verdict]) -> None:
    policy = StampPolicy(on_jump, max_gap=5.0)
    assert [policy.judge(stamp) for stamp in stamps] == verdicts
    assert policy.skipped == verdicts.count(SKIP)


def test_after_forgetting_any_stamp_will_do() -> None:
    policy = StampPolicy()
    policy.judge(100.0)
    policy.forget()
    assert policy.judge(1.0) is TRACK
    assert policy.jumps == 0
