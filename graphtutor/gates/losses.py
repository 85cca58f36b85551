"""The losses: means over all elements; softmax cross entropy sums over the last axis and averages over the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong
from graphtutor.gates.probability import _log_softmax, _xlogy

MSE = Gate(
    name="mse",
    role=Role.SCALER,
    symbol="MSE",
    inputs=("prediction", "target"),
    forward=lambda prediction, target: np.mean(np.square(np.subtract(prediction, target))),
    vjp=(
        "g * 2 * (prediction - target) / size(prediction - target)",
        "g * -2 * (prediction - target) / size(prediction - target)",
    ),
    stable="mean(square(prediction - target))",
    expansion="mean((prediction - target)**2)",
    story={
        "en": "multiplies by twice the error, divided by the number of elements, with a minus on the way to the target",
        "ko": "오차의 두 배를 원소의 수로 나누어 곱하고, 정답 쪽으로는 부호를 뒤집습니다",
    },
    wrong=(
        Wrong(
            "mse.no_2",
            (
                "g * (prediction - target) / size(prediction - target)",
                "-g * (prediction - target) / size(prediction - target)",
            ),
            {"en": "forget the factor 2 of the square", "ko": "제곱의 2를 잊은 것"},
        ),
        Wrong(
            "mse.no_count",
            ("g * 2 * (prediction - target)", "g * -2 * (prediction - target)"),
            {"en": "forget to divide by the number of elements", "ko": "원소의 수로 나누는 것을 잊은 것"},
        ),
        Wrong(
            "mse.sign",
            (
                "g * -2 * (prediction - target) / size(prediction - target)",
                "g * 2 * (prediction - target) / size(prediction - target)",
            ),
            {
                "en": "turn the error around: it is prediction minus target",
                "ko": "오차의 부호를 뒤집은 것 (예측 - 정답입니다)",
            },
        ),
    ),
)

BCE = Gate(
    name="bce",
    role=Role.SCALER,
    symbol="BCE",
    inputs=("probability", "target"),
    forward=lambda probability, target: (
        -np.mean(_xlogy(target, probability) + _xlogy(np.subtract(1, target), np.subtract(1, probability)))
    ),
    vjp=(
        "-g * (where(target == 0, 0, target / probability) - where(target == 1, 0, (1 - target) / (1 - probability)))"
        " / size(probability - target)",
        "-g * (log(probability) - log(1 - probability)) / size(probability - target)",
    ),
    expansion="-mean(xlogy(target, probability) + xlogy(1 - target, 1 - probability))",
    domain="(probability > 0) & (probability < 1)",
    story={
        "en": "multiplies by (p - t)/(p*(1-p)) on the way to p and by log((1-p)/p) on the way to the target, divided by the number of elements",
        "ko": "p 쪽으로는 (p - t)/(p*(1-p))를, 정답 쪽으로는 log((1-p)/p)를 원소의 수로 나누어 곱합니다",
    },
    wrong=(
        Wrong(
            "bce.only_error",
            (
                "g * (probability - target) / size(probability - target)",
                "-g * (log(probability) - log(1 - probability)) / size(probability - target)",
            ),
            {
                "en": "stop at p - t; that is the gradient of the logit, not of the probability",
                "ko": "p - t에서 멈춘 것 (그것은 확률이 아니라 로짓의 기울기입니다)",
            },
        ),
    ),
)

BCE_LOGITS = Gate(
    name="bce_logits",
    role=Role.SCALER,
    symbol="BCE logits",
    inputs=("z", "target"),
    forward=lambda z, target: np.mean(np.logaddexp(0.0, z) - np.multiply(z, target)),
    vjp=("g * (sigmoid(z) - target) / size(z - target)", "-g * z / size(z - target)"),
    expansion="mean(softplus(z) - z * target)",
    story={
        "en": "multiplies by the error sigmoid(z) - target on the way to z, however saturated, and by -z on the way to the target, divided by the number of elements",
        "ko": "z 쪽으로는 포화되어도 남는 오차 sigmoid(z) - target을, 정답 쪽으로는 -z를 원소의 수로 나누어 곱합니다",
    },
    wrong=(
        Wrong(
            "bce_logits.extra_slope",
            (
                "g * (sigmoid(z) - target) * sigmoid(z) * (1 - sigmoid(z)) / size(z - target)",
                "-g * z / size(z - target)",
            ),
            {
                "en": "multiply by the sigmoid's slope once more; it has cancelled",
                "ko": "이미 약분된 시그모이드의 기울기를 한 번 더 곱한 것",
            },
        ),
    ),
)


def _softmax_cross_entropy(z: Any, target: Any) -> Any:
    return np.mean(-np.sum(np.where(np.equal(target, 0), 0.0, target * _log_softmax(z)), axis=-1))


SOFTMAX_CROSS_ENTROPY = Gate(
    name="softmax_cross_entropy",
    role=Role.SCALER,
    symbol="softmax CE",
    inputs=("z", "target"),
    forward=_softmax_cross_entropy,
    vjp=(
        "g * (softmax(z) * sum(target, axis=-1, keepdims=True) - target) / rows(z - target)",
        "-g * log_softmax(z) / rows(z - target)",
    ),
    stable="-sum(target * log_softmax(z)) / rows(z - target)",
    expansion="mean(-sum(target * log_softmax(z), axis=-1))",
    story={
        "en": "multiplies by the error softmax(z) - target on the way to z and by -log softmax(z) on the way to the target, divided by the number of examples",
        "ko": "z 쪽으로는 오차 softmax(z) - target을, 정답 쪽으로는 -log softmax(z)를 예제의 수로 나누어 곱합니다",
    },
    wrong=(
        Wrong(
            "softmax_cross_entropy.no_target",
            ("g * softmax(z) / rows(z - target)", "-g * log_softmax(z) / rows(z - target)"),
            {"en": "send back p instead of p - y", "ko": "p - y가 아니라 p를 보낸 것"},
        ),
        Wrong(
            "softmax_cross_entropy.no_count",
            ("g * (softmax(z) * sum(target, axis=-1, keepdims=True) - target)", "-g * log_softmax(z)"),
            {"en": "forget to divide by the number of examples", "ko": "예제의 수로 나누는 것을 잊은 것"},
        ),
    ),
)
