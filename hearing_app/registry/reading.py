"""Reading YAML that anybody may have written: data or a fault, never an exception and no surprises.

No tags, no anchors, no repeated keys, and no values that turn into something else on reading: "no"
stays a word and a date stays text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from hearing_app.errors import Fault
from hearing_app.registry.text import INVISIBLE

LARGEST_FILE = 256 * 1024
"""Bytes. The longest entry written so far has under 30 kB."""
DEEPEST = 20
"""Levels of nesting. An entry needs five; more would only exhaust the stack."""
MOST_VALUES = 10_000
"""Fields, values, lists and groups, together. The longest entry has 750; a file of the largest size that
holds little else took ten seconds."""


class _Refusal(Exception):
    """What is wrong with the text, and the repair."""

    def __init__(self, problem: str, repair: str, mark: yaml.Mark | None = None) -> None:
        super().__init__(problem)
        self.problem = f"Line {mark.line + 1}: {problem}" if mark else problem
        self.repair = repair


class _Reader(yaml.SafeLoader):
    """SafeLoader without the parts of YAML that surprise."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - replaced by the calls below, never changed in place
    depth = 0
    values = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML has no types here
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refusal("an anchor or alias (& or *) is used.", "Write the value out.", mark)
        if getattr(event, "tag", None) is not None:
            raise _Refusal("a tag (!) is used.", "Write the plain value, in quotes if need be.", mark)
        if self.depth == DEEPEST:
            raise _Refusal(f"the nesting is deeper than {DEEPEST} levels.", "Make it flatter.", mark)
        self.values += 1
        if self.values > MOST_VALUES:
            problem = f"there are more than {MOST_VALUES:,} fields and values up to here."
            raise _Refusal(problem, "Shorten it, or split it into two documents.", mark)
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            mark = key.start_mark
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str" or not key.value:
                raise _Refusal("a field's name must be a word.", "Put it in quotes, or rename it.", mark)
            if key.value in seen:
                raise _Refusal(f"the field “{key.value}” stands here twice.", "Keep one of the two.", mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        text = super().construct_scalar(node)
        if isinstance(text, str) and (found := INVISIBLE.search(text)):
            raise _Refusal(
                f"there is a character that readers cannot see (U+{ord(found.group()):04X}).",
                "Type the words again instead of pasting them.",
                node.start_mark,
            )
        return text


# Only these plain words mean something else than themselves. Fifteen digits keep numbers exact.
_Reader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Reader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Reader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789")
)
_Reader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}$"), list("-0123456789")
)


def parse(text: bytes, file: str = "") -> tuple[object, list[Fault]]:
    """The data in a YAML text, or ``None`` and the fault that prevents reading it."""
    try:
        return _data(text), []
    except _Refusal as refusal:
        return None, [Fault(file, "", refusal.problem, refusal.repair)]


def _data(text: bytes) -> object:
    if len(text) > LARGEST_FILE:
        raise _Refusal(
            f"The file has more than {LARGEST_FILE // 1024} KiB.",
            "Shorten it, or split it into two documents.",
        )
    try:
        reader = _Reader(text.decode("utf-8-sig"))
        data: object = reader.get_single_data()
    except UnicodeDecodeError:
        raise _Refusal("This is not a text in UTF-8.", "Save it as UTF-8 text.") from None
    except yaml.MarkedYAMLError as error:
        raise _Refusal(
            f"this is not valid YAML ({error.problem or error.context or 'unreadable'}).",
            "Check the indentation, the colons and the quotes there.",
            error.problem_mark or error.context_mark,
        ) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML lets a ValueError through for an escape beyond the last character of Unicode.
        raise _Refusal("This is not valid YAML.", "Remove the characters that are not text.") from None
    if data is None:
        raise _Refusal("The file is empty.", "Write the document, or delete the file.")
    return data
