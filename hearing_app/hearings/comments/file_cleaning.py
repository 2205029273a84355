"""Making a stranger's file into one that carries only what it shows: run as a process of its own.

Started as ``python -I file_cleaning.py`` with the bytes on its standard input; the answer on its standard
output is one line of JSON, and after it the bytes to keep. A file decides by its content alone what it is.
Pictures are decoded and written anew, so that nothing but pixels is left; PDF keeps what stands on its pages,
and loses what acts, what is attached and what says who made it; text is decoded strictly. What a file of
another kind is hidden in is refused. The process has little memory and little time: what needs more is killed
by the system, and that is all that happens.

Only the standard library, Pillow and pikepdf are used here: nothing of the record can be reached.
"""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import sys
import unicodedata
import zipfile
import zlib

import pikepdf
from PIL import Image, ImageOps

MEMORY_BYTES = 1536 * 1024 * 1024
PROCESSOR_SECONDS = 10
MOST_PIXELS = 64_000_000
"""A telephone of 2024 takes pictures of 50 million pixels."""
LARGEST_KEPT = 15 * 1024 * 1024
MOST_UNPACKED = 300_000_000
"""Bytes, of all streams of a PDF together."""
MOST_PAGES = 500
MOST_OBJECTS = 50_000
"""A scanned page has five, a typeset one some fifty; each one is looked at, while others wait."""

_PNG, _JPEG, _PDF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"
# How other formats begin: behind a picture or a PDF they make a second file of it.
_FOREIGN = (
    *(b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"GIF8", b"%PDF-", b"\x7fELF", b"MZ\x90"),
    *(b"<html", b"<!doctype", b"<script", b"<svg", b"<?php", b"\xd0\xcf\x11\xe0"),
)
_MARKUP = re.compile(r"<\s*(?:!doctype|html|script|svg|iframe|object|embed|\?xml|\?php)", re.IGNORECASE)
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Cells that a spreadsheet would run: what begins like a formula. A whole cell that is a number is none.
_FORMULA = re.compile(r"\s*[=@|%+\-]")
_SIGNED_NUMBER = re.compile(r"\s*[+\-]\s*[\d.,\s]*\d(?:[eE][+\-]?\d+)?\s*%?\s*")


class Refused(Exception):
    """The file is not kept; the message is one of the reasons that ``file_adding`` has words for."""


def clean(content: bytes) -> tuple[str, bytes]:
    """Return the kind of a file and the bytes to keep; raise ``Refused``."""
    if not content:
        raise Refused("empty")
    if content.startswith(_PNG):
        kept = "png", _picture(content, "PNG", content[_end_of_png(content) :])
    elif content.startswith(_JPEG):
        kept = "jpg", _picture(content, "JPEG", content[_end_of_jpeg(content) :])
    elif content.startswith(_PDF):
        kept = "pdf", _pdf(content)
    else:
        kept = _text(content)
    if len(kept[1]) > LARGEST_KEPT:
        raise Refused("grew")
    return kept


def _end_of_png(content: bytes) -> int:
    place = len(_PNG)
    while place + 12 <= len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        place += 12 + size
        if kind == b"IEND":
            return place
    raise Refused("broken")


def _end_of_jpeg(content: bytes) -> int:
    """Return where the picture ends; thumbnails inside its segments have ends of their own."""
    place = 2
    while found := _MARKER.search(content, place):
        kind = content[found.start() + 1]
        place = found.end()
        if kind == 0xD9:
            return place
        if kind not in (0xD8, 0x01):
            place += int.from_bytes(content[place : place + 2], "big")
    raise Refused("broken")


def _picture(content: bytes, form: str, behind: bytes) -> bytes:
    if _has_second(behind) or zipfile.is_zipfile(io.BytesIO(content)) or _PDF in content[:1024]:
        raise Refused("both")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=[form]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused("large")
            if form == "PNG" and getattr(opened, "n_frames", 1) > 1:
                raise Refused("moving")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            if upright is None:  # Only when it is told to work in place.
                upright = opened
            upright = upright.convert(_mode(upright.mode, "transparency" in opened.info, form))
            # Made from the pixels alone: whatever else the file said is not carried over.
            bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("large") from error
    except (OSError, ValueError, SyntaxError, KeyError, EOFError, zlib.error) as error:
        raise Refused("broken") from error
    out = io.BytesIO()
    if form == "PNG":
        bare.save(out, "PNG")
    else:
        bare.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


def _mode(mode: str, has_transparency: bool, form: str) -> str:
    if form == "JPEG":
        return "L" if mode in ("L", "1") else "RGB"
    if has_transparency or mode in ("RGBA", "LA", "PA"):
        return "RGBA"
    return "L" if mode in ("L", "1", "I;16", "I") else "RGB"


def _has_second(behind: bytes) -> bool:
    beginning = behind.lower()
    return any(sign.lower() in beginning for sign in _FOREIGN)


def _pdf(content: bytes) -> bytes:
    behind = content[content.rfind(b"%%EOF") + 5 :] if b"%%EOF" in content else b""
    if zipfile.is_zipfile(io.BytesIO(content)) or _has_second(behind):
        raise Refused("both")
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise Refused("encrypted")
            if len(pdf.objects) > MOST_OBJECTS:
                raise Refused("large")
            if not 1 <= len(pdf.pages) <= MOST_PAGES:
                raise Refused("pages" if len(pdf.pages) else "broken")
            _check_streams(pdf)
            # What was filled in or written onto a page becomes part of the page, before its fields go.
            pdf.generate_appearance_streams()
            pdf.flatten_annotations("screen")
            _strip(pdf)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True, linearize=False, fix_metadata_version=False)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except Refused:
        raise
    except (
        pikepdf.PdfError,
        zlib.error,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise Refused("broken") from error
    return out.getvalue()


def _check_streams(pdf: pikepdf.Pdf) -> None:
    """Refuse what unpacks to far more than it is: it would stop the program of whoever opens it."""
    left = MOST_UNPACKED
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        filters = thing.get("/Filter")
        named = filters if isinstance(filters, pikepdf.Array) else [] if filters is None else [filters]
        names = [str(one) for one in named]
        packed = [one for one in names if one in ("/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/Fl")]
        if len(packed) > 1:
            raise Refused("large")
        if names and names[0] in ("/FlateDecode", "/Fl"):
            left -= _unpacked(thing.read_raw_bytes(), left)
        elif packed:
            left -= len(thing.read_bytes())
        if left < 0:
            raise Refused("large")


def _unpacked(raw: bytes, most: int) -> int:
    unpacking, rest, size = zlib.decompressobj(), raw, 0
    try:
        while rest and not unpacking.eof and size <= most:
            size += len(unpacking.decompress(rest, 1 << 20))
            rest = unpacking.unconsumed_tail
    except zlib.error as error:
        raise Refused("broken") from error
    return size


_OF_ROOT = frozenset({"/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/Version"})
_OF_PAGE = frozenset(
    {
        *("/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"),
        *("/Rotate", "/Contents", "/Annots", "/StructParents", "/Group", "/UserUnit", "/Tabs"),
    }
)
_NOWHERE = (
    *("/AA", "/OpenAction", "/JS", "/JavaScript", "/AF", "/EF", "/EmbeddedFiles", "/Metadata", "/PieceInfo"),
    *("/LastModified", "/XFA", "/RichMediaContent", "/Measure", "/Thumb", "/PMD", "/OPI"),
    *("/PTEX.FileName", "/PTEX.InfoDict", "/PTEX.PageNumber", "/Author", "/Creator", "/Producer"),
    *("/CreationDate", "/ModDate"),
)


def _strip(pdf: pikepdf.Pdf) -> None:
    """Leave of a PDF its pages, their structure for screen readers, and links to web pages."""
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for name in map(str, set(pdf.Root.keys())):
        if name not in _OF_ROOT:
            del pdf.Root[name]
    for page in pdf.pages:
        for name in map(str, set(page.obj.keys())):
            if name not in _OF_PAGE:
                del page.obj[name]
        if "/Annots" in page.obj:
            links = [made for one in page.obj.Annots if (made := _web_link(one)) is not None]
            if links:
                page.obj.Annots = pikepdf.Array(links)
            else:
                del page.obj["/Annots"]
    for thing in list(pdf.objects):
        _scrub(thing)


def _web_link(one: object) -> object | None:
    """Return a link anew, if it leads to a web page; every other annotation acts, hides or tells a name."""
    if not isinstance(one, pikepdf.Dictionary) or one.get("/Subtype") != pikepdf.Name.Link:
        return None
    action = one.get("/A")
    if not isinstance(action, pikepdf.Dictionary) or action.get("/S") != pikepdf.Name.URI:
        return None
    address = str(action.get("/URI", ""))
    if not re.fullmatch(r"https?://[^\s\x00-\x20]{1,2000}", address):
        return None
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=one.Rect,
        Border=pikepdf.Array([0, 0, 0]),
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address)),
    )


def _scrub(thing: object, depth: int = 0) -> None:
    """Take from an object, and from what lies directly in it, whatever acts or says who made it."""
    if isinstance(thing, pikepdf.Array) and depth < 50:
        for one in thing:
            if isinstance(one, pikepdf.Object) and not one.is_indirect:
                _scrub(one, depth + 1)
        return
    if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)) or depth >= 50:
        return
    for name in _NOWHERE:
        if name in thing:
            del thing[name]
    if isinstance(thing, pikepdf.Stream):
        _bare_photograph(thing)
    for name in map(str, set(thing.keys())):
        value = thing[name]
        if isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect:
            _scrub(value, depth + 1)


def _bare_photograph(stream: pikepdf.Stream) -> None:
    """Take from a photograph of a PDF what its camera wrote, whatever it is packed in besides."""
    filters = stream.get("/Filter")
    named = list(filters) if isinstance(filters, pikepdf.Array) else [] if filters is None else [filters]
    names = [str(one) for one in named]
    if "/JPXDecode" in names:
        # Boxes of JPEG 2000 can hold anything, and no program here looks into them.
        raise Refused("broken")
    if not {"/DCTDecode", "/DCT"} & set(names):
        return
    if names[-1] not in ("/DCTDecode", "/DCT"):
        raise Refused("broken")
    raw = stream.read_raw_bytes()
    if len(names) == 2 and names[0] in ("/FlateDecode", "/Fl"):
        # How much it unpacks to was counted before.
        raw = zlib.decompress(raw)
    elif len(names) > 1:
        raise Refused("broken")
    told = stream.get("/DecodeParms")
    of_picture = told[len(names) - 1] if isinstance(told, pikepdf.Array) else told
    parms = of_picture if isinstance(of_picture, pikepdf.Dictionary) else None
    stream.write(_bare_jpeg(raw), filter=pikepdf.Name.DCTDecode, decode_parms=parms)


def _bare_jpeg(raw: bytes) -> bytes:
    """Return a photograph of a PDF without what its camera wrote: place, time, device, comments."""
    if raw[:2] != b"\xff\xd8":
        raise Refused("broken")
    kept, place = bytearray(raw[:2]), 2
    while place + 4 <= len(raw):
        if raw[place] != 0xFF:
            raise Refused("broken")
        if raw[place + 1] == 0xFF:
            # Any number of these may stand before a segment.
            place += 1
            continue
        if raw[place + 1] == 0xDA:
            break
        kind, size = raw[place + 1], int.from_bytes(raw[place + 2 : place + 4], "big")
        # APP1 holds Exif and XMP, APP13 captions; APP0 and APP14 say how the colours are to be read.
        if not (0xE1 <= kind <= 0xED or kind in (0xEF, 0xFE)):
            kept += raw[place : place + 2 + size]
        place += 2 + size
    return bytes(kept) + raw[place:]


def _text(content: bytes) -> tuple[str, bytes]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("kind")
    form = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(form)
    except UnicodeDecodeError as error:
        raise Refused("kind") from error
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r\f" for sign in set(text)):
        raise Refused("kind")
    if not text.strip():
        raise Refused("empty")
    if "%PDF-" in text[:1024]:
        raise Refused("both")
    if _MARKUP.search(text):
        raise Refused("markup")
    rows = _rows(text)
    # A spreadsheet of another country splits at another sign than the one that makes this a table.
    cells = (cell for row in rows for value in row for cell in (value, *re.split(r"[,;\t\n]", value)))
    if any(map(_acts, cells)):
        raise Refused("formula")
    return ("csv" if rows else "txt"), text.encode()


def _acts(cell: str) -> bool:
    """Return whether a spreadsheet would run a cell; signs that nobody sees do not hide its beginning."""
    seen = "".join(
        sign for sign in unicodedata.normalize("NFKC", cell) if unicodedata.category(sign) != "Cf"
    ).replace("\u2212", "-")
    return bool(_FORMULA.match(seen)) and not _SIGNED_NUMBER.fullmatch(seen)


def _rows(text: str) -> list[list[str]]:
    """Return the rows of a table: two or more, all of one width of two or more; else none."""
    for delimiter in (",", ";", "\t"):
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            rows = [row for row in reader if row]
        except csv.Error:
            continue
        if len(rows) >= 2 and len(rows[0]) >= 2 and len({len(row) for row in rows}) == 1:
            return rows
    return []


def _bound() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_CORE, 0),
        # It writes to its standard output alone, which is no file.
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Clean what comes in, and say what became of it."""
    _bound()
    try:
        kind, kept = clean(sys.stdin.buffer.read())
        said = {"kind": kind}
    except Refused as refused:
        said, kept = {"refused": str(refused)}, b""
    except (MemoryError, RecursionError):
        said, kept = {"refused": "large"}, b""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + kept)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
