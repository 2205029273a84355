"""Reading YAML that anybody may have written: data or a fault, never an exception and no surprises.

No tags, no anchors, no repeated keys, and no values that turn into something else on reading: "no"
stays a word and a date stays text.

A text is cut into its parts by libyaml where PyYAML was built with it: five times as fast. What it refuses,
or might take otherwise than PyYAML's own scanner, is read again by that one, which alone decides what is
refused and in which words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

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

    def __init__(self, problem: str, repair: str, mark: Any = None) -> None:
        super().__init__(problem)
        self.problem = f"Line {mark.line + 1}: {problem}" if mark else problem
        self.repair = repair


class _Otherwise(Exception):
    """The two scanners may take this text in different ways."""


class _Strict(Composer, SafeConstructor, Resolver):
    """What makes data of the parts of a text, without those that surprise; a scanner is added below."""

    peek_event: Callable[[], yaml.Event]
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - replaced by the calls below, never changed in place
    depth = 0
    values = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
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


class _Reader(_Strict, yaml.SafeLoader):
    """With PyYAML's own scanner, whose refusals name the line."""


# Only these plain words mean something else than themselves. Fifteen digits keep numbers exact.
_Strict.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Strict.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Strict.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789")
)
_Strict.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}$"), list("-0123456789")
)


if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _Quick(_Strict, CParser):
        """With libyaml's scanner. Between brackets it takes a question mark that PyYAML refuses."""

        is_between_brackets = False

        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)

        def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
            event = self.peek_event()
            before = self.is_between_brackets
            if before and "?" in getattr(event, "value", ""):
                raise _Otherwise
            self.is_between_brackets = before or bool(getattr(event, "flow_style", False))
            node = super().compose_node(parent, index)
            self.is_between_brackets = before
            return node


# Where libyaml takes what PyYAML refuses: tabs, marks of a byte order, a remark right behind | or >.
_TAKEN_OTHERWISE = re.compile("[\t\ufeff]|[|>][-+0-9]*#")


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
        data = _read(text.decode("utf-8-sig"))
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


def _read(text: str) -> object:
    """Return the data in a text, the quick way where both give the same; raise what ``_Reader`` raises."""
    if yaml.__with_libyaml__ and not _TAKEN_OTHERWISE.search(text):
        with suppress(_Refusal, _Otherwise, yaml.YAMLError, ValueError, OverflowError):
            return _Quick(text).get_single_data()
    return _Reader(text).get_single_data()
