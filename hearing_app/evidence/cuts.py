"""Other thresholds that a reader tries: one for everybody or for each group, and how an address has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counts import Group
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.selection import Selection

_WHOLE = re.compile(r"-?[0-9]{1,9}")


def opening_cut(manifest: Manifest, selection: Selection) -> int:
    """The threshold that is tried first: the source's next level above the one in use, or the next score."""
    now = selection.threshold if selection.threshold is not None else manifest.score.threshold
    above = sorted(level.threshold for level in manifest.score.levels if level.threshold > now)
    below = sorted(level.threshold for level in manifest.score.levels if level.threshold < now)
    higher = [score for score in manifest.thresholds if score > now]
    lower = [score for score in reversed(manifest.thresholds) if score < now]
    return next(iter([*above, *reversed(below), *higher[:1], *lower]), manifest.score.maximum + 1)


def read_cuts(
    manifest: Manifest, selection: Selection, groups: Sequence[Group], texts: Sequence[str]
) -> tuple[int, ...]:
    """One threshold for each of ``groups``: as the texts say, else the one for everybody.

    One above the highest score singles out nobody. Raises ``Invalid`` with one fault for each text that does
    not fit, saying what is possible.
    """
    everybody, own, faults = opening_cut(manifest, selection), dict[Group, int](), list[Fault]()
    by_name = {group_text(group): group for group in groups if group}
    lowest, highest = manifest.score.minimum, manifest.score.maximum + 1
    possible = {*manifest.thresholds, highest}
    if len(texts) > len(groups) + 1:
        repair = "Give one for everybody, and one for each group at most."
        faults.append(Fault("", "cut", f"“cut” was given {len(texts)} times.", repair))
        texts = ()
    for text in texts:
        name, colon, number = text.rpartition(":")
        if not _WHOLE.fullmatch(number) or int(number) not in possible:
            repair = f"Give a whole number from {lowest} to {highest}."
            if manifest.lattice is not None:
                repair = f"Scores were merged. Possible are: {', '.join(map(str, sorted(possible)))}."
            faults.append(Fault("", "cut", f"“{text[:60]}” is not a threshold of this score.", repair))
        elif not colon:
            everybody = int(number)
        elif name in by_name:
            own[by_name[name]] = int(number)
        else:
            repair = f"The groups are: {'; '.join(by_name) or 'none'}."
            faults.append(Fault("", "cut", f"“{name[:60]}” is no group of this selection.", repair))
    if faults:
        raise Invalid("The thresholds do not fit the dataset.", faults, kept="")
    return tuple(own.get(group, everybody) for group in groups)


def readable_cuts(
    manifest: Manifest, selection: Selection, groups: Sequence[Group], texts: Sequence[str]
) -> tuple[int, dict[Group, int]]:
    """The threshold for everybody and those of single groups, as far as the texts fit."""
    everybody, own = opening_cut(manifest, selection), dict[Group, int]()
    for text in texts[: len(groups) + 1]:
        try:
            found = read_cuts(manifest, selection, groups, [text])
        except Invalid:
            continue
        if ":" not in text:
            everybody = found[0] if found else everybody
        else:
            at = [group_text(group) for group in groups].index(text.rpartition(":")[0])
            own[groups[at]] = found[at]
    return everybody, own


def unfit_cuts(
    manifest: Manifest, selection: Selection, groups: Sequence[Group], texts: Sequence[str]
) -> tuple[str, ...]:
    """One plain sentence for each text that ``readable_cuts`` leaves out, saying what is possible."""
    try:
        read_cuts(manifest, selection, groups, texts)
    except Invalid as error:
        return tuple(f"{fault.problem} It was left out. {fault.repair}" for fault in error.faults)
    return ()


def cut_texts(everybody: int, own: Mapping[Group, int]) -> tuple[str, ...]:
    """The thresholds as an address has them; a group with everybody's needs no text of its own."""
    return (
        str(everybody),
        *(f"{group_text(group)}:{cut}" for group, cut in own.items() if cut != everybody),
    )


def group_text(group: Group) -> str:
    """A group as an address names it: "race:Caucasian,sex:Female"."""
    return ",".join(f"{name}:{value}" for name, value in group)
