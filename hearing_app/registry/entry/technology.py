"""Group E: how the system works."""

from __future__ import annotations

from pydantic import Field, StrictBool

from hearing_app.registry.entry.stated import Group, Part, SourceIds, stated
from hearing_app.registry.text import Address, Line, Prose
from hearing_app.registry.vocabulary import Term


class Method(Term):
    """A family of methods."""

    RULES = "rules", "Rules written by people"
    SCORE_CARD = "score_card", "Score card: points that are added up"
    STATISTICAL = "statistical", "Statistical model"
    CLASSICAL_ML = "classical_ml", "Machine learning"
    DEEP_LEARNING = "deep_learning", "Deep learning"
    GENERATIVE = "generative", "Generative AI"
    BIOMETRIC_MATCHER = "biometric_matcher", "Comparison of faces or bodies"
    NLP = "nlp", "Processing of language"
    VISION = "vision", "Recognition in pictures"
    GRAPH = "graph", "Analysis of links"
    SEARCH = "search", "Search"
    HYBRID = "hybrid", "Several together"


class Learning(Part):
    """Whether it changes while it is used."""

    in_operation: StrictBool | None = Field(
        None, title="Learns in use", description="Whether it learns from what it sees while it is used."
    )
    retrain_cadence: Line | None = Field(None, title="Trained anew", description="How often, and by whom.")
    note: Prose | None = None
    sources: SourceIds = ()


class Input(Part):
    """Something that the system takes in."""

    name: Line
    note: Prose | None = None


class Output(Part):
    """Something that the system gives out, with the threshold that decides."""

    form: Line
    threshold: Line | None = None
    who_sees: Line | None = None
    note: Prose | None = None


class TechDocs(Part):
    """Where the technical documents are, or why there are none."""

    model_card: Address | None = None
    source_code: Address | None = Field(
        None, description="Where the program's text can be read; a brochure is no source code."
    )
    architecture: Address | None = None
    reason_if_absent: Prose | None = Field(None, title="If not, why")
    sources: SourceIds = ()


class Technology(Part):
    """The fields of group E."""

    method_family: tuple[Method, ...] = stated(
        35,
        Group.E,
        "Method",
        "Every family of methods that it uses.",
        example=["vision", "deep_learning"],
        why="What may go wrong depends on the method.",
        atrs=["2.4.2.6"],
        nl=["methods_and_models"],
        eu=["IV-2(b)"],
        aia=["aboutAlgorithm3", "aboutAlgorithm4", "aboutAlgorithm5", "aboutAlgorithm6"],
        helsinki=["self-learning, rule-based or hybrid"],
        default=(),
    )
    workings: Prose | None = stated(
        None,
        Group.E,
        "How it works, in plain words",
        "From what goes in to what comes out: what is compared, weighed or counted, and what decides.",
        example="It reads the letters in the picture and looks them up in the list. Nothing else is weighed.",
        why="You can follow the logic without being an expert.",
        atrs=["2.4.2.6"],
        nl=["methods_and_models"],
        eu=["IV-2(b)"],
        default=None,
    )
    learning: Learning | None = stated(
        36,
        Group.E,
        "Does it go on learning?",
        "Whether it learns while in use, and how often it is trained anew.",
        example={"in_operation": False, "retrain_cadence": "Once a year, by the supplier"},
        why="What learns in use is not what was tested.",
        atrs=["2.4.1.3"],
        nl=["type†"],
        eu=["IV-2(f)"],
        aia=["aboutAlgorithm8", "aboutAlgorithm8A"],
        helsinki=["algorithm_type"],
        default=None,
    )
    inputs: tuple[Input, ...] = stated(
        37,
        Group.E,
        "What goes in",
        "Everything that it takes in for one result.",
        example=[{"name": "Picture of the car's plate"}],
        why="You can see what is known of you.",
        atrs=["2.4.2.4"],
        nl=["in text"],
        eu=["VIII-A6", "IV-3(d)"],
        aia=["impact20"],
        helsinki=["source_data"],
        default=(),
    )
    outputs: tuple[Output, ...] = stated(
        38,
        Group.E,
        "What comes out",
        "Each result, the threshold from which it counts, and who sees it.",
        example=[
            {"form": "An alert with the picture", "threshold": "0.9", "who_sees": "Officers at the roadside"}
        ],
        why="The threshold decides who is pointed at by mistake.",
        atrs=["2.4.2.5"],
        nl=["in text"],
        eu=["IV-2(b)"],
        aia=["impact21"],
        helsinki=["output data URL"],
        default=(),
    )
    tech_docs: TechDocs | None = stated(
        39,
        Group.E,
        "Technical documents",
        "Model card, source code and architecture; or why they are not public.",
        example={"reason_if_absent": "The supplier claims the source code as a trade secret."},
        why="Experts whom you trust can look for you.",
        atrs=["2.4.1.1"],
        nl=["publiccode"],
        eu=["IV-2(c)"],
        aia=["aboutAlgorithm1", "aboutAlgorithm2", "aboutAlgorithm7"],
        helsinki=["source code URL"],
        default=None,
    )
