"""Korean particles follow the word as it is read."""

from __future__ import annotations

import pytest

from graphtutor.explain.words.korean import fitted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 을(를)", "3을"),  # 삼
        ("-0.5 을(를)", "-0.5를"),  # 오
        ("0.1966 이(가)", "0.1966이"),  # 육
        ("9 은(는)", "9는"),  # 구
        ("120 을(를)", "120을"),  # 백이십
        ("1e-07 이(가)", "1e-07이"),  # 칠
        ("출력 은(는)", "출력은"),
        ("나나 을(를)", "나나를"),
        ("x 을(를)", "x를"),  # 엑스
        ("n 이(가)", "n이"),  # 엔
        ("add1 을(를)", "add1을"),  # 일
        ("loss 은(는)", "loss는"),  # 로스
        ("a 이(가) b 을(를) 이겼습니다", "a가 b를 이겼습니다"),
    ],
)
def test_the_particle_fits_what_is_before_it(text: str, expected: str) -> None:
    assert fitted(text) == expected


@pytest.mark.parametrize("text", ["[1, 2] 을(를)", "w_out 을(를)", "f(x) 이(가)", "기울기(gradient)", ""])
def test_what_can_be_read_either_way_stays(text: str) -> None:
    assert fitted(text) == text
