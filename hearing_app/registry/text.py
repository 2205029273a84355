"""What a text in the register may be: fit to publish, or refused with the reason.

These types are used by every model whose fields reach a page. They refuse what an unfinished draft
leaves behind (TODO, TBC), what stands in for an absent fact ("n/a": leave the field out instead, and
the page says that it is not known), and characters that a reader cannot see.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

# Whole words. TODO and UNVERIFIED only in capitals: "todo" is a Spanish word and "unverified" an English one.
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|UNVERIFIED|(?i:TBC|TBD|XXX+|FIXME|lorem ipsum|placeholder))\b|\[[A-Z?]\]|\?\?\?|\{\{|\}\}"
)
_STANDS_FOR_NOTHING = re.compile(
    r"(?i:n/?a|none|null|nil|unknown|not (?:known|stated|applicable|available|found)|[-–—.?]+)\.?"
)
# Control characters (not tab and line feed), surrogates, and marks that reverse, hide or separate text.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e00ff]"
)
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$"
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
PHONE = r"^\+?[0-9 ()/-]{3,}$"
_HONORIFIC = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame|Lord|Lady)\b\.?\s+[A-Z]")
_POSTS = re.compile(
    "administrator|agency|attorney|auditor|authority|board|bureau|captain|chair|chairperson|chief|clerk|"
    "commander|commissioner|committee|constable|controller|coordinator|council|counsel|department|deputy|"
    "director|division|executive|general|head|inspector|judge|lead|leader|lieutenant|magistrate|manager|"
    "marshal|mayor|minister|ministry|office|officer|operator|owner|panel|police|prefect|prefecture|president|"
    "principal|secretary|sergeant|service|services|sheriff|superintendent|supervisor|team|treasurer|unit|"
    "warden",
    re.IGNORECASE,
)


def refuse(problem: str, repair: str) -> PydanticCustomError:
    """An error that a validator raises: what is wrong, and what to write instead.

    pydantic cannot give out a sentence that quotes half a surrogate pair, so that stands as “?” in it.
    """
    problem = problem.encode("utf-8", "replace").decode()
    return PydanticCustomError("registry", "{problem}", {"problem": problem, "repair": repair})


def _fit_to_publish(text: str) -> str:
    if found := INVISIBLE.search(text):
        raise refuse(
            f"It holds a character that readers cannot see (U+{ord(found.group()):04X}).",
            "Type the words again instead of pasting them.",
        )
    if found := _PLACEHOLDER.search(text):
        raise refuse(
            f"It still holds the placeholder “{found.group()}”.",
            "Write what is known, or leave the field out: the page then says that it was not found.",
        )
    if _STANDS_FOR_NOTHING.fullmatch(text):
        raise refuse(
            f"“{text}” stands in for a missing fact.",
            "Leave the field out: the page then says that it was not found.",
        )
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise refuse("It runs over more than one line.", "Write it on one line.")
    return text


def _address(text: str) -> str:
    repair = "Write the whole address of the page, such as https://www.example.org/report."
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise refuse("It is not an address.", repair) from None
    if parts.scheme not in {"http", "https"} or re.search(r"[\s<>\"\\^`{|}]", text):
        raise refuse("It is not an address that begins with https:// or http://.", repair)
    if parts.username is not None or parts.password is not None:
        raise refuse("It carries a user name or password.", repair)
    if _is_number(host) or "." not in host.strip("."):
        raise refuse("It names a machine and not a publisher's site.", repair)
    return text


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _post(text: str) -> str:
    words = re.findall(r"\w+", text)
    is_post = [bool(_POSTS.fullmatch(word)) for word in words]
    # "Commissioner Jane Doe": a post, and then two capitalised words that belong to no post.
    ends_in_name = is_post[-3:] == [True, False, False] and re.search(r"\w [A-Z]\S* [A-Z]\S*$", text)
    if _HONORIFIC.search(text) or not any(is_post) or ends_in_name:
        raise refuse(
            f"“{text}” reads like a person's name.",
            "Write the post that answers for the system, such as “Commissioner of Police”; "
            "join a place with “of”.",
        )
    return text


_Stripped = StringConstraints(strip_whitespace=True, min_length=1)
Line = Annotated[
    str,
    _Stripped,
    StringConstraints(max_length=200),
    AfterValidator(_one_line),
    AfterValidator(_fit_to_publish),
]
"""One line of at most 200 characters: a name, a title, a figure."""
Prose = Annotated[str, _Stripped, StringConstraints(max_length=2000), AfterValidator(_fit_to_publish)]
"""Plain sentences, at most 2,000 characters."""
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=80)]
"""A name for addresses and files: small letters, digits and single hyphens."""
Address = Annotated[str, _Stripped, StringConstraints(max_length=2000), AfterValidator(_address)]
"""The http or https address of a page."""
Post = Annotated[Line, AfterValidator(_post)]
"""A post or body that answers for the system, never a person's name."""
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
"""A language tag such as en, mn or pt-BR."""
