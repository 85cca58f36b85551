"""The worked examples: expressions worth watching, with values and what there is to see."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

_NAME = re.compile(r"[^\W\d]\w*(-\w+)*")
_GIVEN = re.compile(r"[-+.,\d\s\[\]]+")


@dataclass(frozen=True, slots=True)
class Example:
    """An expression worth watching."""

    title: str
    text: str
    """The expression, with its values."""
    about: str
    """What one sees, in a line."""
    name: str
    """By which `graphtutor play` knows it, and the prompt of the home screen."""
    story: str
    """What one sees, in a paragraph."""
    group: str = "alone"
    """Under which heading it is listed: one of `GROUPS`, or `alone` for a gate by itself."""

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """The inputs' names and values as they are written: the statements that only give a number or a list."""
        statements = (statement.split(" = ", 1) for statement in self.text.split("; "))
        return tuple((name, value) for name, value in statements if _GIVEN.fullmatch(value))


GROUPS = ("gates", "neuron", "published", "regression", "networks", "entropy", "losses")
"""The headings of the worked examples, as a course goes; `[groups]` in the words says what they are called."""

EXAMPLES: tuple[Example, ...] = (
    Example(
        "f = (x + y) * z",
        "f = (x + y) * z; x = -2; y = 5; z = -4",
        "add hands on, mul swaps its inputs",
        "add-mul",
        "The add gate hands its upstream gradient -4 on to x and to y alike; the mul gate swaps: z gets the sum, 3, and the sum gets z, -4.",
        "gates",
    ),
    Example(
        "f = x*x",
        "f = x*x; x = 3",
        "x goes two ways; both add up to 2x",
        "x-squared",
        "x is used twice, so a copy gate hands it to both slots. Going back, each slot gets the other one's value, 3, and the copy gate adds them up to 6, which is 2x.",
        "gates",
    ),
    Example(
        "f = 2*(x*y + max(z, w))",
        "f = 2*(x*y + max(z, w)); x = 3; y = -4; z = 2; w = -1",
        "CS231n: add, mul, max; w gets nothing",
        "cs231n-max",
        "From CS231n's notes on backpropagation. The max gate sends its whole gradient, 2, to z, the larger input; w gets 0. The mul gate swaps: x gets 2*y = -8, y gets 2*x = 6.",
        "gates",
    ),
    Example(
        "f = 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        "f = 1/(1 + exp(-(w0*x0 + w1*x1 + w2))); w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3",
        "CS231n: a neuron in primitive gates",
        "cs231n-neuron",
        "CS231n's sigmoid neuron in primitive gates. What arrives at w2 is 0.1966, the slope of the sigmoid at 1; follow how it is made, gate by gate.",
        "neuron",
    ),
    Example(
        "f = sigmoid(w0*x0 + w1*x1 + w2)",
        "f = sigmoid(w0*x0 + w1*x1 + w2); w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3",
        "the same neuron, sigmoid as one gate",
        "cs231n-sigmoid",
        "The same neuron with the sigmoid as one gate: its slope out*(1-out) = 0.7311*0.2689 = 0.1966 does in one step what four primitive gates did.",
        "neuron",
    ),
    Example(
        "e = c * d; c = a + b; d = b + 1",
        "c = a + b; d = b + 1; e = c * d; a = 2; b = 1",
        "Olah: b goes two ways, de/db = 2 + 3",
        "olah",
        "From Christopher Olah's Calculus on Computational Graphs. b reaches e by two paths: de/db = 2 + 3 = 5, the sum over the paths.",
        "published",
    ),
    Example(
        "y = log(x1) + x1*x2 - sin(x2)",
        "y = log(x1) + x1*x2 - sin(x2); x1 = 2; x2 = 5",
        "Baydin et al. 2018: both go two ways",
        "baydin",
        "The running example of Baydin et al., Automatic Differentiation in Machine Learning: a Survey (2018). Both inputs go two ways; dy/dx1 = 1/x1 + x2 = 5.5.",
        "published",
    ),
    Example(
        "h = f/2 + 10/f; f = e**2; ...",
        "c = a + b; d = a*b + b**3; c2 = c + c + 1; c3 = c2 + 1 + c2 + (-a); d2 = d + d*2 + relu(b + a); "
        "d3 = d2 + 3*d2 + relu(b - a); e = c3 - d3; f = e**2; g = f/2.0; h = g + 10.0/f; a = -4; b = 2",
        "micrograd's README: much fan-out",
        "micrograd",
        "The expression in micrograd's README: many of the values on the way go several ways. dh/da = 138.8338 and dh/db = 645.5773, as it says there.",
        "published",
    ),
    Example(
        "prediction = w*x + b; loss = mse(...)",
        "prediction = w*x + b; loss = mse(prediction, y); x = [1, 2, 3, 4, 5]; y = [3, 5, 7, 9, 11]; w = 1; b = 0",
        "linear regression on five points",
        "linear-regression",
        "Five points on the line 2x + 1, and a first guess w = 1, b = 0. w and b are broadcast over the points: that is a copy, so their gradients, -28 and -8, are sums over the points. Both are negative: both must grow.",
        "regression",
    ),
    Example(
        "prediction = X@w + b; loss = mse(...)",
        "prediction = X@w + b; loss = mse(prediction, y); X = [[1, 2], [2, 0], [0, 1], [3, 1], [1, 1]]; y = [9, 5, 4, 10, 6]; w = [1, 1]; b = 0",
        "linear regression with two features",
        "linear-regression-features",
        "Five examples with two features each, made with w = [2, 3] and b = 1. The matrix product is a switcher with a transpose: w gets X.T times the gradient of the predictions.",
        "regression",
    ),
    Example(
        "z = w*x + b; loss = bce_logits(z, y)",
        "z = w*x + b; loss = bce_logits(z, y); x = [-2, -1, 0, 1, 2]; y = [0, 0, 0, 1, 1]; w = 1; b = 0",
        "logistic regression, cross entropy",
        "logistic-regression",
        "Each logit gets back its error, sigmoid(z) - y, divided by the five examples: nothing else, whatever the slope of the sigmoid. At x = 0 the model says 0.5 where the truth is 0, and sends 0.1.",
        "regression",
    ),
    Example(
        "p = sigmoid(v1*h1 + v2*h2 + b); ...",
        "h1 = tanh(w11*x1 + w12*x2 + b1); h2 = tanh(w21*x1 + w22*x2 + b2); p = sigmoid(v1*h1 + v2*h2 + b); "
        "x1 = 1; x2 = -1; w11 = 0.5; w12 = -0.5; b1 = 0.1; w21 = -1; w22 = 0.8; b2 = 0; v1 = 1.5; v2 = -0.7; b = 0.2",
        "a 2-2-1 network: tanh units, sigmoid",
        "mlp-221",
        "A network of two inputs, two tanh units and one sigmoid output, written out in scalars. Each input goes to both units, so its gradient is a sum of two.",
        "networks",
    ),
    Example(
        "H = tanh(X@W + b); z = H@v + c; ...",
        "H = tanh(X@W + b); z = H@v + c; loss = bce_logits(z, y); X = [[0, 0], [0, 1], [1, 0], [1, 1]]; y = [0, 1, 1, 0]; W = [[4, -4], [4, -4]]; b = [-2, 6]; v = [3, 3]; c = -3",
        "a 2-2-1 network that solves XOR",
        "xor",
        "With these weights the two tanh units say `x1 or x2` and `not both`, and together they are XOR: the logits are -2.9, 2.8, 2.8, -2.9. The loss is 0.057, and small gradients say that little is left to learn.",
        "networks",
    ),
    Example(
        "loss = softmax_cross_entropy(z, y)",
        "loss = softmax_cross_entropy(z, y); z = [2, 1, 0.1]; y = [0, 1, 0]",
        "softmax cross entropy: p - y",
        "softmax-cross-entropy",
        "The softmax of the logits is [0.659, 0.2424, 0.0986]. What comes back to them is exactly p - y: each wrong class is pushed down by its probability, the right one up by what it lacks, 0.7576.",
        "entropy",
    ),
    Example(
        "H = entropy(p)",
        "H = entropy(p); p = [0.5, 0.25, 0.25]",
        "entropy: -(log p + 1)",
        "entropy",
        "The entropy is 1.04 nats (1.5 bits, with base=2). The gradient is -(log p + 1): raising a rare outcome's probability raises the entropy more.",
        "entropy",
    ),
    Example(
        "H = cross_entropy(p, q)",
        "H = cross_entropy(p, q); p = [0.5, 0.25, 0.25]; q = [0.25, 0.25, 0.5]",
        "cross entropy: -p/q",
        "cross-entropy",
        "The truth p, described with a code made for the belief q, takes 1.213 nats. The gradient for q is -p/q = [-2, -1, -0.5]: steepest where q expected the truth least.",
        "entropy",
    ),
    Example(
        "D = kl(p, q)",
        "D = kl(p, q); p = [0.5, 0.25, 0.25]; q = [0.25, 0.25, 0.5]",
        "KL divergence: the same -p/q",
        "kl",
        "The divergence is the cross entropy, 1.213, minus the entropy of p, 1.04: 0.1733 nats. For q it has the gradient of the cross entropy, -p/q, since the entropy of p does not depend on q.",
        "entropy",
    ),
    Example(
        "a = sigmoid(w*x + b); C = mse(a, y)",
        "a = sigmoid(w*x + b); C = mse(a, y); x = 1; y = 0; w = 5; b = 1",
        "a saturated neuron under MSE",
        "saturated-mse",
        "The neuron says 0.9975 where the truth is 0, as wrong as can be, and yet w gets only 0.0049: the error is multiplied by the slope of a saturated sigmoid, 0.0025. It learns slowly (Nielsen, Neural Networks and Deep Learning, chapter 3).",
        "losses",
    ),
    Example(
        "z = w*x + b; C = bce_logits(z, y)",
        "z = w*x + b; C = bce_logits(z, y); x = 1; y = 0; w = 5; b = 1",
        "the same neuron, cross entropy",
        "saturated-cross-entropy",
        "The same neuron under cross entropy: the slope of the sigmoid cancels, and w gets the whole error, 0.9975, two hundred times as much as under MSE.",
        "losses",
    ),
)


def example(name: str) -> Example:
    """Return the example of this name, or one that shows a gate alone (`sigmoid`). Raise `InputError` for another."""
    from graphtutor.errors import InputError, near_misses

    found = {known.name: known for known in (*EXAMPLES, *gates_alone())}
    if name not in found:
        near = near_misses(name, found) or "; see: graphtutor play --list"
        raise InputError(f"there is no example {name!r}{near}")
    return found[name]


def named(text: str, given: Container[str] = ()) -> Example | None:
    """Return the example that this text is the name of; `None` for an expression.

    Where its words are `given` values, they are inputs, and the text is an expression. Raise `InputError` for a text that
    is nearly the name of an example, or a part of one (`neuron`): as an expression it would have no gate worth watching.
    """
    from graphtutor.errors import InputError, near_misses

    name = text.strip()
    parts = name.split("-")
    if len(name) < 2 or not _NAME.fullmatch(name) or is_given(parts, given):
        return None
    worked = {known.name: known for known in EXAMPLES}
    if name in worked:
        return worked[name]
    if len(parts) > 1:  # a difference, unless hardly anything is wrong with it
        near = near_misses(name, worked, alike=0.8)
    else:
        gates = {known.name: known for known in gates_alone()}
        if name in gates:
            return gates[name]
        holders = [known for known in worked if name in known.split("-")]
        near = near_misses(name, holders, alike=0) or near_misses(name, gates, alike=0.8) or near_misses(name, worked)
    if near:
        raise InputError(f"there is no worked example {name!r}{near} As an expression, write it so: f = {name}")
    return None


def is_given(words: Iterable[str], given: Container[str]) -> bool:
    """Return whether there is a value for each of the words that can be the name of an input."""
    return all(word in given for word in words if word.isidentifier())


def gates_alone() -> tuple[Example, ...]:
    """Return an example for every gate of numbers: the gate alone, at values that say something."""
    from graphtutor.engine.rules import in_domain
    from graphtutor.gates import Role, all_gates

    made = []
    for gate in all_gates().values():
        if not gate.local or gate.options or gate.role is Role.STOPPER:
            continue
        values = next(values for values in _VALUES if len(values) == len(gate.inputs) and in_domain(gate, values))
        given = "; ".join(f"{name} = {value}" for name, value in zip(gate.inputs, values, strict=True))
        about = f"{gate.role}: it {gate.story['en']}"
        made.append(Example(f"f = {gate.formula}", f"f = {gate.formula}; {given}", about, gate.name, about + "."))
    return tuple(made)


_VALUES = ((0.5,), (2,), (0.5, 2), (1, 2, -3))
"""The first of these that fits a gate is what it is shown at."""
