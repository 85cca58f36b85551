"""The words by which people call the roles of gates."""

from __future__ import annotations

import re

from graphtutor.errors import InputError, near_misses

SYNONYMS = {
    "distributor": "distributor distribute distributes gradient-distributor distribution splitter passer 분배기 분배 분배자 배분기",
    "adder": "adder adds add sum summer accumulator accumulates gradient-adder gradient-sum 덧셈기 합산기 합 합산 누적기 가산기",
    "router": "router route routes gradient-router switch-track selector gate-keeper 라우터 경로선택기 선택기 전달기",
    "switcher": "switcher switch switches swapper swap swaps multiplier-swap gradient-switcher swap-multiplier 교환기 교환 스위처 스위치",
    "scaler": "scaler scale scales scaling gradient-scaler multiplier 스케일러 배율기 확대기 척도기",
}
"""Per role the words that mean it, in English and Korean."""

_MEANS = {word: role for role, words in SYNONYMS.items() for word in words.split()}


def read_role(text: str) -> str:
    """Return the role that a word means. Raise `InputError` when it means none."""
    word = re.sub(r"\(.*?\)", "", text).strip().strip(".!").casefold()
    word = re.sub(r"^(a|an|the)\s+|\s+gate$|\s*게이트$", "", word)
    word = re.sub(r"[\s_-]+", "-", word.strip())
    role = _MEANS.get(word) or _MEANS.get(word.removeprefix("gradient-"))
    if role is None:
        near = near_misses(word, list(SYNONYMS)) or "; the roles are " + ", ".join(SYNONYMS)
        raise InputError(f"{text.strip()[:40]!r} is not a role{near}")
    return role
