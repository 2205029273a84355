"""The page that explains every field of an entry, written from the standard so that the two cannot differ.

``python -m hearing_app.registry.standard_page > docs/standard.md`` renews it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from hearing_app.registry.crosswalk import coverage, numbers
from hearing_app.registry.entry.stated import Group
from hearing_app.registry.in_words import in_words
from hearing_app.registry.standard import StandardField, automatic_fields, example_of, fields

_SHORT = {"atrs": "UK", "nl": "NL", "eu": "EU", "aia": "Canada", "helsinki": "Cities"}


def standard_page() -> str:
    """Return the whole page in Markdown."""
    every = [*fields(), *automatic_fields()]
    beyond = sum(not one.numbers for one in every)
    parts = [
        f"""\
# The standard

This page is written from the definitions in `hearing_app/registry/entry/`; a test keeps the two alike. Renew
it with `python -m hearing_app.registry.standard_page > docs/standard.md`. The same is shown at `/standard`.

An entry has {len(numbers())} numbered fields, which come from a comparison of standards, and {beyond} more
that this register asks beyond them. A field that is empty is shown as a gap; few are needed for a draft.

## Other standards

Of the {len(numbers())} numbered fields, how many each standard knows in some form, and how many have a field
of their own there. Not counted are places in an older version alone (marked †) and what may only stand
somewhere in running text.

| standard | in some form | a field of its own |
|---|---|---|
{_table()}
The places in Helsinki, Amsterdam, those who followed them, and cities of the United States are not counted:
they come from several sources. Canada's places are questions and duties, not parts of a public record.
""",
    ]
    for group in Group:
        parts.append(f"## {group.value}. {group.label}\n")
        parts += [_section(one) for one in every if one.group is group]
    return "\n".join(parts)


def _table() -> str:
    return "".join(f"| {one.title} | {len(one.named)} | {len(one.own)} |\n" for one in coverage())


def _section(one: StandardField) -> str:
    number = f"{' and '.join(map(str, one.numbers))}. " if one.numbers else ""
    places = "".join(f"- {line}\n" for line in _places(one))
    return f"""\
### {number}{one.title}

`{one.name}`. {one.description}

- Why: {one.why}
- {one.needed_if}.
- Example: {in_words(example_of(one.name))}
{places}"""


def _places(one: StandardField) -> Iterator[str]:
    for standard, short in _SHORT.items():
        if len(one.places) < 2:
            if one.standards.get(standard):
                yield f"{short}: {', '.join(one.standards[standard])}"
            continue
        for number, there in one.places.items():
            if there.get(standard):
                yield f"{short} ({number}): {', '.join(there[standard])}"


if __name__ == "__main__":
    sys.stdout.write(standard_page())
