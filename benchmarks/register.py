"""The register at size: 5,000 entries of 20 versions, 20 readers at once: ``python -m benchmarks.register``.

It makes a record of its own in a temporary folder, starts the service on loopback, reads for a bounded time
and ends both by itself. The readers are in this process, on the same machine: they take part of the time that
they measure. What is asked for is drawn anew each time where there is something to draw, so that an answer is
seldom one that is kept; what has one address (coverage, feed, agencies) is kept by the service while the
ledger stands still. Beside each kind stands the plain answer of ``/healthz`` under the same load.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from benchmarks.load import Client, Crowd, Timed, memory_of, page, served
from hearing_app.record.versions import publish_version
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.technology import Method
from hearing_app.registry.vocabulary import AutomationLevel, LifecycleStage, PolicingFunction
from hearing_app.registry.words import fold
from hearing_app.store.engine import open_engine, writing
from hearing_app.store.migrate import migrate

ENTRIES, VERSIONS, READERS, SECONDS = 5_000, 20, 20, 20.0
PAUSE = 1.0
"""Seconds: nobody reads an answer in less."""
BOUND_MILLISECONDS = 200.0
SPEAKING = fold(
    "camera plate face recognition forecast risk score custody patrol drone image video match list suspect "
    "vehicle officer review threshold error supplier contract data warrant crime district harbour council "
    "audit complaint retention notice appeal search voice message phone record report evidence court station"
).split()
COUNTRIES = (
    "Netherlands",
    "United Kingdom",
    "United States",
    "Canada",
    "France",
    "Germany",
    "Freedonia",
    "China",
)
RULES = ("R-05", "R-20", "R-21", "R-23", "cannot_tell", "none")
WHOLE = ("/api/v1/systems.csv", "/api/v1/systems.json", "/api/v1/catalogue.jsonld")
"""The register to take away: many megabytes, of which the first should come at once."""
TRANSLATED = {
    "zh": ("人脸识别系统", "警察使用人脸识别系统比对图像。"),
    "de": ("Kennzeichenerkennung", "Die Polizei liest Kennzeichen und vergleicht sie mit einer Liste."),
    "ru": ("Распознавание лиц", "Полиция сравнивает лица с базой данных."),
    "ar": ("التعرف على الوجوه", "تستخدم الشرطة نظام التعرف على الوجوه."),
}
REPORT = Path(__file__).parent.parent / "docs" / "benchmarks-register.md"


class Words:
    """Draws words as they occur in texts: some often, most seldom; 20,000 of them."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        syllables = [
            a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "is", "on")
        ]
        made = {"".join(self.draw.choices(syllables, k=self.draw.randint(2, 4))) for _ in range(24_000)}
        self.all = [*SPEAKING, *sorted(made)[:20_000]]
        self.weights = [1 / (rank + 3) for rank in range(len(self.all))]
        # Words are drawn from a stock: weighted drawing from 20,000 would take most of the building.
        self.stock = self.draw.choices(self.all, self.weights, k=400_000)

    def text(self, words: int) -> str:
        """Some words, as one sentence."""
        start = self.draw.randrange(len(self.stock) - words)
        return f"{' '.join(self.stock[start : start + words]).capitalize()}."


def entry(words: Words, number: int) -> dict[str, Any]:
    """One entry as plain data, of about the size of a real one."""
    draw = words.draw
    agency = draw.randrange(400)
    lang, (name, summary) = draw.choice(list(TRANSLATED.items()))
    own = draw.random() < 0.5
    sources = [
        {"id": f"s{n}", "title": words.text(8), "publisher": words.text(3), "kind": "official",
         "date": f"20{draw.randint(18, 25)}", "address": f"https://www.example.org/{number}/{n}"}
        for n in range(3)
    ]  # fmt: skip
    cited = {"sources": [source["id"] for source in sources]}
    return {
        "id": f"system-{number:05}",
        "name": words.text(5)[:-1][:90],
        "aliases": [words.text(2)[:-1]],
        "summary": words.text(30)[:390],
        "lang": "en",
        "translations": [{"lang": lang, "made_by": "human", "name": name, "summary": summary}],
        "compiled": {
            "by": "deployer" if own else "independent_compilation",
            "as_of": "2026-01-15",
            "statement": words.text(12),
        },
        "is_police_system": True,
        "deployer": {
            "agency": f"agency-{agency}", "name": f"Police of {words.all[-1 - agency].capitalize()}",
            "kind": "police", "country": COUNTRIES[agency % len(COUNTRIES)],
        },
        "lifecycle": {
            "stages": [
                {"stage": draw.choice(list(LifecycleStage)).value, "since": "2025-06", "sources": ["s0"]}
            ]
        },
        "functions": [one.value for one in draw.sample(list(PolicingFunction), draw.randint(1, 2))],
        "purpose": words.text(60),
        "previous_process": words.text(25),
        "alternatives_considered": [words.text(15)],
        "method_family": [one.value for one in draw.sample(list(Method), draw.randint(0, 2))],
        "automation_level": draw.choice([None, *(one.value for one in AutomationLevel)]),
        "suppliers": [{"name": f"Supplier {draw.randrange(60)}", **cited}],
        "inputs": [{"name": f"Data of kind {draw.randrange(80)}"} for _ in range(3)],
        "outputs": [{"form": words.text(8)}],
        "risks": [{"title": words.text(5), "note": words.text(30), **cited} for _ in range(2)],
        "people_affected": [{"group": words.text(5), "how": words.text(20)} for _ in range(2)],
        "claims": [
            {"id": f"claim-{n}", "text": words.text(25), "who": words.text(3), "about": words.text(6),
             "verdict": "unknown", "finding": words.text(30), **cited}
            for n in range(2)
        ],
        "measurements": [
            {"text": words.text(25), "by": "A body", "computed": False, "limits": words.text(15), **cited}
            for _ in range(2)
        ],
        "legal_basis": [{"title": words.text(6), "note": words.text(20), **cited} for _ in range(2)],
        "gaps": [words.text(15) for _ in range(3)],
        "next_review": draw.choice([None, "2026-03-01", "2027-03-01"]),
        "sources": sources,
    }  # fmt: skip


def build(url: str, entries: int, versions: int) -> int:
    """Make the record through the domain, many versions in one transaction; return its bytes of text."""
    words, engine, size = Words(5), open_engine(url), 0
    migrate(engine)
    current = [Entry.model_validate(entry(words, n)).model_dump(mode="json") for n in range(entries)]
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    for number in range(versions):
        for start in range(0, entries, 1000):
            with writing(engine) as db:
                for document in current[start : start + 1000]:
                    text = words.text(60)
                    size += len(str(document))
                    publish_version(
                        db,
                        actor="compilation",
                        kind="system",
                        document_id=document["id"],
                        document={**document, "purpose": text},
                        note=text[:80],
                        at=begun + timedelta(days=100 * number),
                    )
    engine.dispose()
    return size


Ask = Callable[[random.Random], str]


def kinds(ids: Sequence[str], words: Words, versions: int = VERSIONS) -> Mapping[str, Ask]:
    """What is asked for: a way to draw an address for each kind."""

    def searched(draw: random.Random) -> str:
        said = draw.choice(
            [
                draw.choice(SPEAKING),
                f"{draw.choice(SPEAKING)} {draw.choice(SPEAKING)}",
                draw.choice(words.all),
                slip(draw, draw.choice(words.all)),
                draw.choice(["人脸识别", "kennzeichen", "erkennung", "распознавание", "الوجوه"]),
            ]
        )
        return f"/api/v1/systems?{urlencode({'q': said, 'limit': 25})}"

    def filtered(draw: random.Random) -> str:
        query: dict[str, str | int] = {"q": draw.choice(SPEAKING), "facets": "true", "limit": 25}
        query |= {"function": draw.choice(list(PolicingFunction)).value, "country": draw.choice(COUNTRIES)}
        return f"/api/v1/systems?{urlencode(query)}"

    def compared(draw: random.Random) -> str:
        return "&".join(f"system={one}" for one in draw.sample(list(ids), 3))

    def older(draw: random.Random) -> str:
        return f"/api/v1/systems/{draw.choice(ids)}/versions/{draw.randint(1, versions)}"

    return {
        "A plain answer (/healthz)": lambda _: "/healthz",
        "Search (JSON)": searched,
        "Search with filters and counts (JSON)": filtered,
        "The list, some page of it (JSON)": lambda draw: f"/api/v1/systems?limit=25&after={draw.choice(ids)}",
        "One entry (JSON)": lambda draw: f"/api/v1/systems/{draw.choice(ids)}",
        "An older version (JSON)": older,
        "One entry (page)": lambda draw: f"/record/systems/{draw.choice(ids)}",
        "Systems side by side (page)": lambda draw: f"/record/compare?{compared(draw)}",
        "Coverage (page)": lambda _: "/record/coverage",
        "Index of the record (page)": lambda draw: f"/record?after={quote(draw.choice(ids))}",
        "Feed": lambda _: "/feed.atom",
        "Agencies (JSON)": lambda _: "/api/v1/agencies",
        "What a rule touches (JSON)": lambda draw: f"/api/v1/systems?rule={draw.choice(RULES)}&limit=25",
        "Prohibited uses (page)": lambda _: "/record/prohibited-uses",
        "Rules with what they touch (JSON)": lambda _: "/api/v1/rules",
        "Supervision (page)": lambda _: "/record/supervision",
    }


def slip(draw: random.Random, word: str) -> str:
    """Exchange two letters of a word, or leave one out."""
    at = draw.randrange(len(word) - 1)
    exchanged = f"{word[at + 1]}{word[at]}" if draw.random() < 0.5 else word[at + 1]
    return f"{word[:at]}{exchanged}{word[at + 2 :]}"


def read(
    address: str, asked: Mapping[str, Ask], readers: int, seconds: float, pause: float = 0.0
) -> dict[str, Timed]:
    """Let readers ask for all kinds in turn for some seconds; return the times by kind."""
    timed = {kind: Timed() for kind in asked}
    end = time.monotonic() + seconds

    def reader(number: int) -> None:
        draw, client = random.Random(number), Client(address)
        order = list(asked.items())
        draw.shuffle(order)
        time.sleep(pause * draw.random())
        while time.monotonic() < end:
            for kind, ask in order:
                client.ask(ask(draw), None, timed[kind])
                time.sleep(pause * draw.uniform(0.5, 1.5))
        client.close()

    with ThreadPoolExecutor(readers) as pool:
        list(pool.map(reader, range(readers)))
    return timed


def cost(address: str, pid: int, asked: Mapping[str, Ask], times: int = 40) -> dict[str, float]:
    """Return the milliseconds of a processor that the service spends on one answer of each kind.

    A busy machine makes answers wait, and changes this little.
    """
    draw, client, found = random.Random(7), Client(address), {}
    for kind, ask in asked.items():
        before = _worked(pid)
        for _ in range(times):
            client.ask(ask(draw))
        found[kind] = 1000 * (_worked(pid) - before) / times
    client.close()
    return found


@dataclass(frozen=True, slots=True)
class Taken:
    """One way to take the whole register: seconds until its first part and its last came, and bytes."""

    first: float
    last: float
    size: int


def take(address: str, path: str) -> Taken:
    """Take the register once, and throw it away."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)
    began = time.perf_counter()
    line.request("GET", path)
    answer = line.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - began
    while part := answer.read(2**20):
        size += len(part)
    line.close()
    return Taken(first, time.perf_counter() - began, size)


def taken_lines(taken: Mapping[str, Sequence[Taken]]) -> Iterator[str]:
    """The table of what was taken, the first time and again."""
    yield "| The whole register | Size | First part | Whole, the first time | Whole, again |"
    yield "|---|--:|--:|--:|--:|"
    for path, (fresh, again) in taken.items():
        yield (
            f"| `{path}` | {fresh.size / 2**20:.0f} MiB | {1000 * fresh.first:.0f} ms, then "
            f"{1000 * again.first:.0f} ms | {fresh.last:.1f} s | {again.last:.1f} s |"
        )


def open_pages(address: str, readers: int, seconds: float) -> Crowd:
    """Keep the register's page open in so many browsers, each doing something once in two seconds."""
    crowd, end = Crowd(), time.monotonic() + seconds
    with ThreadPoolExecutor(readers) as pool:
        for _ in range(readers):
            pool.submit(page, address, "register", end, crowd, pause=2.0)
            # Readers do not open their pages in one moment.
            time.sleep(2.0 / readers)
    return crowd


def settle(pid: int, longest: float) -> float:
    """Wait until the service has nothing to do: at its start it checks the whole record. Return how long."""
    began = time.monotonic()
    while time.monotonic() - began < longest:
        before = _worked(pid)
        time.sleep(3)
        if _worked(pid) - before < 0.3:
            break
    return time.monotonic() - began


def _worked(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def lines(timed: Mapping[str, Timed], costs: Mapping[str, float]) -> Iterator[str]:
    """The table of results."""
    yield "| What was asked for | Answers | Median | 95 of 100 within | Processor, each | Others than 200 |"
    yield "|---|--:|--:|--:|--:|--:|"
    for kind, one in timed.items():
        others = sum(count for status, count in one.statuses.items() if status != 200)
        yield (
            f"| {kind} | {len(one.seconds):,} | {one.percentile(0.5):.0f} ms | "
            f"{one.percentile(0.95):.0f} ms | {costs[kind]:.0f} ms | {others} |"
        )


def main() -> None:
    """Build, read, report."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("entries", ENTRIES), ("versions", VERSIONS), ("readers", READERS)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    asked.add_argument("--pause", type=float, default=PAUSE, help="seconds between two questions of a reader")
    asked.add_argument("--seconds", type=float, default=SECONDS)
    asked.add_argument("--data", type=Path, help="where to build, or to use again what was built")
    asked.add_argument("--report", action="store_true", help="write docs/benchmarks-register.md")
    options = asked.parse_args()
    with TemporaryDirectory() as temporary:
        folder = options.data or Path(temporary)
        data = folder / "data"
        built = 0.0
        if not data.exists():
            data.mkdir(parents=True, mode=0o700)
            began = time.monotonic()
            build(f"sqlite:///{data / 'hearing.sqlite'}", options.entries, options.versions)
            built = time.monotonic() - began
            print(f"built in {built:.0f} s")
        print(run(folder, options, built))


def run(folder: Path, options: argparse.Namespace, built: float) -> str:
    """Start the service on the record that was built, read, and return the report."""
    words = Words(5)
    ids = [f"system-{n:05}" for n in range(options.entries)]
    asked = kinds(ids, words, options.versions)
    began = time.monotonic()
    with served(folder, HEARING_VISITORS="60", HEARING_VISITORS_OF_ONE_NETWORK="60") as (address, pid):
        started = time.monotonic() - began
        waited = settle(pid, 180)
        idle = memory_of(pid)
        read(address, asked, 2, 3)  # What is made once is made now.
        load = os.getloadavg()[0]
        costs = cost(address, pid, asked)
        timed = read(address, asked, options.readers, options.seconds, options.pause)
        crowd = open_pages(address, options.readers, options.seconds)
        taken = {path: (take(address, path), take(address, path)) for path in WHOLE}
        memory = memory_of(pid)
    waits = sorted(crowd.waits)
    app = waits[int(0.95 * (len(waits) - 1))] * 1000 if waits else float("nan")
    half = waits[len(waits) // 2] * 1000 if waits else float("nan")
    slow = [kind for kind, one in timed.items() if one.percentile(0.95) >= BOUND_MILLISECONDS]
    size = (folder / "data" / "hearing.sqlite").stat().st_size
    report = "\n".join(
        [
            "# The register at size",
            "",
            f"{options.entries:,} entries of {options.versions} versions each "
            f"({size / 2**20:,.0f} MiB on disk), {options.readers} readers at once, all kinds in turn, from "
            f"the same machine. Between two questions a reader pauses for {options.pause:.1f} s. "
            "`python -m benchmarks.register --report` makes this page anew.",
            "",
            f"Measured on {datetime.now(UTC):%d %B %Y} with {os.cpu_count()} processors; before it began, "
            f"{load:.1f} processes wanted them. The record was "
            f"{f'built in {built:.0f} s' if built else 'built before'}; the service answered {started:.0f} s "
            f"after its start and had checked the whole record {waited:.0f} s later. It took "
            f"{idle / 2**20:.0f} MiB then, {memory / 2**20:.0f} MiB after the last reader.",
            "",
            *lines(timed, costs),
            "",
            *taken_lines(taken),
            "",
            "The pieces of a version are made when somebody first takes the register in that form, and kept.",
            "",
            "“Processor, each” is what the service spends on one answer, measured with one reader: a busy "
            "machine makes answers wait, and changes this little.",
            "",
            f"The register's page in the app, open in {options.readers} browsers that each do something "
            f"every two seconds: median {half:.0f} ms, 95 of 100 within {app:.0f} ms, {crowd.reruns} times.",
            "",
            f"The bound is {BOUND_MILLISECONDS:.0f} ms for 95 of 100. "
            + (f"Above it: {'; '.join(slow)}." if slow else "Every kind of answer is within it."),
            "",
        ]
    )
    if options.report:
        REPORT.write_text(report, encoding="utf-8")
    return report


with suppress(KeyboardInterrupt):
    if __name__ == "__main__":
        main()
