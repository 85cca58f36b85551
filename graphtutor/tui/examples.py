"""The worked examples of the home screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """An expression worth watching."""

    title: str
    text: str
    """The expression, with its values."""
    about: str
    """What one sees, in a line."""


EXAMPLES: tuple[Example, ...] = (
    Example(
        "f = (x + y) * z",
        "f = (x + y) * z; x = -2; y = 5; z = -4",
        "add hands on, mul swaps its inputs",
    ),
    Example(
        "f = x*x",
        "f = x*x; x = 3",
        "x goes two ways; both add up to 2x",
    ),
    Example(
        "f = 2*(x*y + max(z, w))",
        "f = 2*(x*y + max(z, w)); x = 3; y = -4; z = 2; w = -1",
        "CS231n: add, mul, max; w gets nothing",
    ),
    Example(
        "f = 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        "f = 1/(1 + exp(-(w0*x0 + w1*x1 + w2))); w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3",
        "CS231n: a neuron in primitive gates",
    ),
    Example(
        "f = sigmoid(w0*x0 + w1*x1 + w2)",
        "f = sigmoid(w0*x0 + w1*x1 + w2); w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3",
        "the same neuron, sigmoid as one gate",
    ),
    Example(
        "y = log(x1) + x1*x2 - sin(x2)",
        "y = log(x1) + x1*x2 - sin(x2); x1 = 2; x2 = 5",
        "Baydin et al. 2018: both go two ways",
    ),
    Example(
        "e = c * d; c = a + b; d = b + 1",
        "c = a + b; d = b + 1; e = c * d; a = 2; b = 1",
        "Olah: b goes two ways, de/db = 2 + 3",
    ),
    Example(
        "h = f/2 + 10/f; f = e**2; ...",
        "c = a + b; d = a*b + b**3; c2 = c + c + 1; c3 = c2 + 1 + c2 + (-a); d2 = d + d*2 + relu(b + a); "
        "d3 = d2 + 3*d2 + relu(b - a); e = c3 - d3; f = e**2; g = f/2.0; h = g + 10.0/f; a = -4; b = 2",
        "micrograd's README: fan-out everywhere",
    ),
    Example(
        "p = sigmoid(v1*h1 + v2*h2 + b); ...",
        "h1 = tanh(w11*x1 + w12*x2 + b1); h2 = tanh(w21*x1 + w22*x2 + b2); p = sigmoid(v1*h1 + v2*h2 + b); "
        "x1 = 1; x2 = -1; w11 = 0.5; w12 = -0.5; b1 = 0.1; w21 = -1; w22 = 0.8; b2 = 0; v1 = 1.5; v2 = -0.7; b = 0.2",
        "a 2-2-1 network: tanh units, sigmoid",
    ),
)
