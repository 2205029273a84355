"""What kind of value each field of the model takes, so that texts and lists can be written and read by it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from hearing_app.registry.faults import faults_of


def bare(annotation: Any) -> Any:
    """Return a type without "or nothing" and without its limits."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(annotation.__origin__)
    if origin in {Union, UnionType}:
        return bare(next(one for one in get_args(annotation) if one is not type(None)))
    return annotation


def is_list(kind: Any) -> bool:
    """Return whether it is a list of things of one kind."""
    return get_origin(kind) is tuple


def item_of(kind: Any) -> Any:
    """Return the kind of a list's items, or the kind itself where it is no list."""
    return bare(get_args(kind)[0]) if is_list(kind) else kind


def is_part(kind: Any) -> bool:
    """Return whether it is a group of fields."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


@cache
def parts_of(kind: type[BaseModel]) -> Mapping[str, tuple[str, Any]]:
    """Return the label and the kind of each field of a part, but for the sources that it rests on."""
    return {
        name: (label_of(kind, name), bare(field.annotation))
        for name, field in kind.model_fields.items()
        if name != "sources"
    }


@cache
def label_of(root: type[BaseModel], path: str) -> str:
    """Return the words for a field: its title, or its name."""
    kind, _, name = root, *("", path.rpartition(".")[2])
    for step in path.split(".")[:-1]:
        kind = item_of(bare(kind.model_fields[step].annotation))
    return kind.model_fields[name].title or name.replace("_", " ").capitalize()


@cache
def annotation_of(root: type[BaseModel], path: str) -> Any:
    """Return the type of the field at a dotted path, with its limits."""
    first, _, rest = path.partition(".")
    field = root.model_fields[first]
    whole = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return annotation_of(item_of(bare(whole)), rest) if rest else whole


def kind_of(root: type[BaseModel], path: str) -> Any:
    """Return the kind of the field at a dotted path."""
    return bare(annotation_of(root, path))


@cache
def _adapter(root: type[BaseModel], path: str) -> TypeAdapter[Any]:
    return TypeAdapter(annotation_of(root, path))


def refusal(root: type[BaseModel], path: str, value: object) -> str:
    """Return why the field does not take a value; empty where it does."""
    try:
        _adapter(root, path).validate_python(value)
    except ValidationError as error:
        return faults_of(error)[0].problem
    return ""
