"""The words in gates' rules: each is either part of the expression language or explained, in every language."""

from __future__ import annotations

import re
from itertools import product

import pytest

from graphtutor.engine.shapes import STATIC, compounds
from graphtutor.explain.glossary import WORDS, glossary
from graphtutor.explain.words import languages, sentence
from graphtutor.expr import parse
from graphtutor.gates import all_gates, functions
from graphtutor.report import as_table

SHAPES = ((), (3,), (2, 3), (3, 2), (2, 3, 3), (3, 3))


def rule_texts() -> set[str]:
    """Return the rules of all gates, those that depend on shapes for every combination that they take."""
    found: set[str] = set()
    for gate in all_gates().values():
        found |= {text for text in gate.local if text}
        for shapes in product(SHAPES, repeat=max(1, len(gate.inputs))):
            try:
                found |= {text for text in gate.rules(shapes) if text}
            except (IndexError, ValueError, TypeError):
                continue
    return found


def test_every_word_that_is_no_function_of_the_language_is_explained_in_every_language() -> None:
    words = {word for text in rule_texts() for word in re.findall(r"(?<![\w.])([a-z_]+)\(", text)}
    assert {"spread", "winners", "scatter", "dims"} <= words
    spoken = {name for name, choices in functions().items() if all(choice.functions for choice in choices)}
    for word in words - spoken:
        assert word in WORDS, word
        for lang in languages():
            assert sentence(lang, "rule_words", word)
    assert set(WORDS) <= set(STATIC) | set(compounds(dict.fromkeys(all_gates()))) | set(all_gates())  # type: ignore[arg-type]


def test_words_are_explained_once_in_the_order_of_the_rule() -> None:
    said = glossary(["df/dW = spread(df/dm, W, 1) * winners(W, m, 1)", "spread(1, exp(x))", "my_spread(x)"])
    assert [line.partition("(")[0] for line in said] == ["spread", "winners"]
    assert "largest" in said[1] and glossary(["exp(x) * cos(y)"]) == []


@pytest.mark.parametrize(("lang", "words"), [("en", "copied along the axis"), ("ko", "축을 따라 복사")])
def test_explain_ends_with_the_words_it_used(lang: str, words: str) -> None:
    table = list(as_table(parse("W=[[1,5],[3,2]]; f=sum(max(W, axis=1))").run(), lang))
    assert sum(line.startswith("spread(g, x, axis): ") for line in table) == 1
    assert any(words in line for line in table)
    assert not any(line.startswith("spread") for line in as_table(parse("f = x*y; x=1; y=2").run(), lang))
