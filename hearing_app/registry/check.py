"""Checking a whole register: every file, every fault, in one run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from hearing_app.errors import Fault
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_all
from hearing_app.registry.look_alikes import mixed_word, skeleton
from hearing_app.registry.rules.hindrances import hindrances
from hearing_app.registry.rules.reading import read_rules


def check_entries(registry: Path, dataset_ids: Collection[str]) -> list[Fault]:
    """All faults of the entries below ``registry/systems`` and of the rules; empty means fit to publish.

    ``dataset_ids`` are the datasets that exist; an entry may link no other. Where a file does not fit
    the model, its name, its place and its links are checked all the same. A body's own entry has a fault for
    everything that the rules on prohibited uses hold against it.
    """
    found, faults = read_all(registry, "systems", Entry)
    rules, wrong_rules = read_rules(registry)
    faults += wrong_rules
    ids: dict[str, str] = {}
    agencies: dict[str, tuple[str, dict[str, object]]] = {}
    for one in found:
        file, data = one.file, one.data
        faults += one.faults
        faults += hindrances(one.document, rules, file=file) if one.document is not None else []
        if isinstance(data, Mapping):
            faults += _place(data, file)
            faults += _links(data, file, dataset_ids)
            faults += _same_id(data, file, ids)
            faults += _own_name(data, file, agencies)
            faults += _same_agency(data, file, agencies)
    return faults


def check_entry(data: object, published: Iterable[Entry], dataset_ids: Collection[str]) -> list[Fault]:
    """All faults of one entry that show beside others: links to no dataset, an agency by another's name.

    ``published`` are the present entries, with which the new one will stand. What the model itself refuses is
    not named again.
    """
    others = ((one.id, one.model_dump(mode="json", include={"deployer"})) for one in published)
    return check_beside(data, others, dataset_ids)


def check_beside(
    data: object, others: Iterable[tuple[str, Mapping[str, object]]], dataset_ids: Collection[str]
) -> list[Fault]:
    """Do what ``check_entry`` does, where of the ``others`` the id and what is said of the agency is at hand.

    Each is (id, {"deployer": {"agency", "name", "kind", "country"}}), as an entry has it.
    """
    if not isinstance(data, Mapping):
        return []
    agencies: dict[str, tuple[str, dict[str, object]]] = {}
    for id, said in others:
        if id != data.get("id"):
            _same_agency(said, f"the entry “{id}”", agencies)
    return [*_links(data, "", dataset_ids), *_same_agency(data, "", agencies), *_own_name(data, "", agencies)]


def _own_name(
    data: Mapping[str, object], file: str, agencies: Mapping[str, tuple[str, dict[str, object]]]
) -> list[Fault]:
    """Two agencies do not bear one name, nor names that look alike: one would be taken for the other."""
    deployer = _deployer(data)
    agency, name = deployer.get("agency"), deployer.get("name")
    if not isinstance(name, str):
        return []
    faults = []
    if word := mixed_word(name):
        problem = f"“{word}” has letters of more than one alphabet."
        repair = "Type the word again, in one alphabet: some letters only look like others."
        faults.append(Fault(file, "deployer.name", problem, repair))
    looks = skeleton(name)
    for other, (_, known) in agencies.items():
        its = str(known["name"])
        if other == agency or skeleton(its) != looks:
            continue
        same = its.casefold() == name.casefold()
        problem = (
            f"This is the name of “{other}”." if same else f"This looks like “{its}”, the name of “{other}”."
        )
        repair = "Write the agency's own name" + ("." if same else ", with its place if that makes it clear.")
        faults.append(Fault(file, "deployer.name", problem, repair))
    return faults


def _deployer(data: Mapping[str, object]) -> Mapping[str, object]:
    deployer = data.get("deployer")
    return deployer if isinstance(deployer, Mapping) else {}


def _place(data: Mapping[str, object], file: str) -> list[Fault]:
    """The file's name is the id; the folder's name is the agency's."""
    faults, path = [], PurePosixPath(file)
    name, agency = data.get("id"), _deployer(data).get("agency")
    if isinstance(name, str) and name != path.stem:
        problem = f"The file is called “{path.stem}”, the entry “{name}”."
        faults.append(Fault(file, "id", problem, f"Rename the file to {name}.yaml, or correct the id."))
    if isinstance(agency, str) and path.parts[1:-1] != (agency,):
        problem = f"The entry of “{agency}” lies in the folder “{path.parent.as_posix()}”."
        faults.append(
            Fault(
                file, "deployer.agency", problem, f"Move the file to systems/{agency}, or correct the agency."
            )
        )
    return faults


def _links(data: Mapping[str, object], file: str, dataset_ids: Collection[str]) -> list[Fault]:
    linked = data.get("datasets")
    known = ", ".join(sorted(dataset_ids)) or "none yet"
    return [
        Fault(
            file,
            f"datasets.{index}",
            f"There is no dataset “{name}”.",
            f"Link one that exists ({known}), or remove the link.",
        )
        for index, name in enumerate(linked if isinstance(linked, list) else [])
        if isinstance(name, str) and name not in dataset_ids
    ]


def _same_id(data: Mapping[str, object], file: str, ids: dict[str, str]) -> list[Fault]:
    name = data.get("id")
    if not isinstance(name, str):
        return []
    first = ids.setdefault(name, file)
    if first == file:
        return []
    return [
        Fault(file, "id", f"The id “{name}” is already taken by {first}.", "Give one of the two another id.")
    ]


def _same_agency(
    data: Mapping[str, object], file: str, agencies: dict[str, tuple[str, dict[str, object]]]
) -> list[Fault]:
    """One agency bears one name in the whole register: readers filter by it."""
    deployer = _deployer(data)
    agency = deployer.get("agency")
    if not isinstance(agency, str):
        return []
    described = {field: deployer.get(field) for field in ("name", "kind", "country")}
    first, known = agencies.setdefault(agency, (file, described))
    return [
        Fault(
            file,
            f"deployer.{field}",
            f"For “{agency}” this differs from {first}.",
            f"Write “{known[field]}” here, or correct it there.",
        )
        for field in described
        if described[field] != known[field]
    ]
