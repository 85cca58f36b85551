"""What may stand in an exercise file. The only module that needs pydantic; it is imported when a file is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, field_validator, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=8000, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Number = Annotated[float, Field(strict=False, ge=-1e12, le=1e12)]
Share = Annotated[float, Field(ge=0, le=1)]


class Strict(BaseModel):
    """A table in which every key is known and every number is finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class GraphTable(Strict):
    """`[graph]`."""

    expr: Text


class Uniform(Strict):
    """A number drawn per student: every value of the decimal grid is as likely as any other."""

    uniform: tuple[Number, Number]
    decimals: Annotated[int, Field(ge=0, le=4)] = 1
    avoid: tuple[Number, ...] = ()

    @model_validator(mode="after")
    def _has_room(self) -> Uniform:
        low, high = self.uniform
        steps = (high - low) * 10**self.decimals
        if low > high:
            raise ValueError(f"uniform = [{low}, {high}]: the first number must be the smaller one")
        if steps > 1_000_000:
            raise ValueError("the range is too wide for so many decimals: at most a million values")
        if steps + 1e-9 < 1 + len(self.avoid):
            raise ValueError("nothing is left to draw from: widen the range")
        return self


class Ask(Strict):
    """`[ask]`."""

    items: Literal["all"] | Annotated[tuple[Short, ...], Field(min_length=1, max_length=200)] = "all"
    weights: dict[str, Annotated[float, Field(gt=0, le=100)]] = {}


class Grading(Strict):
    """`[grading]`, where words are graded."""

    attempts: Annotated[tuple[Share, ...], Field(min_length=1, max_length=20)] = (1.0,)


class NumericGrading(Grading):
    """`[grading]`, where numbers are graded."""

    rtol: Annotated[float, Field(gt=0, le=0.1)] = 0.01
    carry_forward: bool = True
    carry_credit: Annotated[float, Field(ge=0.5, le=1)] = 1.0


class Diagnose(Strict):
    """`[diagnose]`: the misconceptions that the numbers must tell apart."""

    targets: tuple[Short, ...] = ()


class HintTable(Strict):
    """`[[hints]]`."""

    text: Text
    when: Annotated[str, StringConstraints(pattern=r"^(request|diagnosed:[a-z0-9_.]+)$")] = "request"
    cost: Annotated[float, Field(ge=0, le=0.5)] = 0.0


class Words(Strict):
    """`[words.ko]`: the same exercise in another language; hints in the same order."""

    title: Short
    prompt: Text
    hints: tuple[Text, ...] = ()


class _Exercise(Strict):
    format: Literal[1]
    id: Id
    version: Annotated[int, Field(ge=1, strict=True)]
    title: Short
    skills: tuple[Short, ...] = ()
    points: Annotated[float, Field(gt=0, le=1000)]
    prompt: Text
    graph: GraphTable
    vars: dict[str, Uniform | Number] = {}
    ask: Ask = Ask()
    hints: Annotated[tuple[HintTable, ...], Field(max_length=20)] = ()
    words: dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Words] = {}

    @field_validator("vars", mode="before")
    @classmethod
    def _plain_numbers(cls, value: Any) -> Any:
        if isinstance(value, dict):
            for name, given in value.items():
                if isinstance(given, bool) or not isinstance(given, int | float | dict):
                    raise ValueError(
                        f"the value of {name} must be a single number, or {{ uniform = [-3.0, 3.0], decimals = 1 }}"
                    )
        return value


class ForwardValues(_Exercise):
    """Fill in the value of every gate."""

    kind: Literal["forward_values"]
    grading: NumericGrading = NumericGrading()


class EdgeGradients(_Exercise):
    """Fill in the gradient on every edge, and the total at every copy gate."""

    kind: Literal["edge_gradients"]
    grading: NumericGrading = NumericGrading()
    diagnose: Diagnose = Diagnose()


class GateRoles(_Exercise):
    """Name the role of every gate."""

    kind: Literal["gate_roles"]
    grading: Grading = Grading()


AnyExercise = ForwardValues | EdgeGradients | GateRoles
KINDS = ("forward_values", "edge_gradients", "gate_roles")

adapter: TypeAdapter[AnyExercise] = TypeAdapter(Annotated[AnyExercise, Field(discriminator="kind")])
