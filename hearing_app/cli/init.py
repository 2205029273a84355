"""`hearing init`: the folders of a register of one's own, without the entries that come with the program."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import yaml
from pydantic import BaseModel

from hearing_app.cli.parts import FOLDER
from hearing_app.errors import Conflict
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.entry import Entry
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.schema import write_schemas
from hearing_app.registry.standard import StandardField, fields
from hearing_app.settings import SHIPPED

_README = """\
# Our register

| Folder or file | What it holds |
|---|---|
| `registry/systems/AGENCY/ID.yaml` | One file for each system. There is none yet. |
| `registry/hearings/` | One file for each hearing that opens at the first start. There is none yet. |
| `registry/rules/` | The rules on prohibited and restricted uses, as they came. Read them; add your own. |
| `registry/schema/` | JSON Schema of these files, for editors. The program writes it. |
| `registry/entry-template.yaml` | Every field of an entry, explained. It is not read: copy it. |
| `datasets/` | A folder for each dataset of published counts. There is none yet. |

## The first entry

1. Make a folder below `registry/systems` with the name of the agency, such as `riverton-police`.
2. Copy `registry/entry-template.yaml` into it under the system's lasting name, such as `plate-readers.yaml`.
   Take the `#` away from the fields that you fill in, and delete the others.
3. Check it, and look at it:

       hearing --registry {registry} --datasets {datasets} --data {data} registry check
       hearing --registry {registry} --datasets {datasets} --data {data} serve

An entry from another register (ATRS, the Dutch one, a model card) can be the start of yours:

       hearing registry import --from nl FILE --out draft.yaml

At each start without any published entry, what lies in these folders is published. From then on, publish what
you change with `hearing registry publish`; every version before it stays readable.
"""
_EMPTY = {
    "registry/systems/README.md": "A folder for each agency, and in it a file for each system.\n",
    "registry/hearings/README.md": "A file for each hearing.\n",
}


@click.command()
@click.argument("folder", type=FOLDER)
def init(folder: Path) -> None:
    """Make an empty register of your own in FOLDER: nothing of ours, and no demonstration."""
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(
            f"{folder} is not empty.",
            next_step="Name a new folder, so that nothing of yours is written over.",
        )
    whole = folder.resolve()
    registry, datasets = whole / "registry", whole / "datasets"
    for made in (registry / "systems", registry / "hearings", datasets):
        made.mkdir(parents=True, exist_ok=True)
    for name, text in _EMPTY.items():
        (whole / name).write_text(text, encoding="utf-8")
    shutil.copytree(SHIPPED / "registry" / "rules", registry / "rules")
    models: dict[str, type[BaseModel]] = {"system": Entry, "hearing": Hearing, "rule": Rule}
    write_schemas(registry / "schema", models)
    (registry / "entry-template.yaml").write_text(template(), encoding="utf-8")
    folders = {"registry": registry, "datasets": datasets, "data": whole / "data"}
    # As a shell takes it, also where a name has a space in it.
    paths = {name: shlex.quote(str(path)) for name, path in folders.items()}
    (whole / "README.md").write_text(_README.format(**paths), encoding="utf-8")
    options = " ".join(f"--{name} {path}" for name, path in paths.items())
    click.echo(f"An empty register is in {whole}. Read {whole / 'README.md'}, then:")
    click.echo(f"  hearing {options} serve")


def template() -> str:
    """Return a file in which every field of an entry stands as a comment, explained and with an example."""
    head = "Every field of an entry. Nothing here is read: copy this file; take the # away where you write.\n"
    return f"# {head}\n" + "\n".join("".join(_explained(one)) for one in fields())


def _explained(one: StandardField) -> Iterator[str]:
    yield f"# {one.title}. {one.need.label}.\n"
    yield f"# {one.description}\n"
    text = yaml.safe_dump({one.name: one.example}, allow_unicode=True, sort_keys=False, width=100)
    yield from (f"#{line}\n" for line in text.splitlines())
