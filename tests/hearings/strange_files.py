"""Files that people send, and files that are made to break or deceive whoever opens them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from PIL import Image

PLACE = (51.0, 30.0, 26.0)
CAMERA = "CAMERAMAKER"


def _picture(form: str, **more: object) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, CAMERA
    exif.get_ifd(0x8825)[2] = PLACE
    made = Image.new("RGB", (40, 20), (200, 10, 10))
    made.paste((10, 10, 200), (0, 0, 20, 20))
    made.save(out, form, exif=exif, icc_profile=b"PROFILEBYTES" * 20, **more)
    return out.getvalue()


def jpeg() -> bytes:
    """A photograph taken on its side, with place and device."""
    return _picture("JPEG", quality=95)


def png() -> bytes:
    """A picture with place, device, and a text chunk."""
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "NAMEOFAUTHOR")
    return _picture("PNG", pnginfo=told)


def pdf(*, encrypted: bool = False) -> bytes:
    """A PDF that acts, carries an attachment, starts a program, and says who made it."""
    name, made = pikepdf.Name, pikepdf.new()
    made.add_blank_page()
    page = made.pages[0].obj
    page.Contents = made.make_stream(b"BT (KEPTWORDS) Tj ET")
    made.Root.OpenAction = pikepdf.Dictionary(S=name.JavaScript, JS="app.alert('RUNSCRIPT')")
    made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xfa>RUNFORM</xfa>"), Fields=[])
    page.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=name.JavaScript, JS="RUNONOPEN"))
    page.PieceInfo = pikepdf.Dictionary(Tool=pikepdf.Dictionary(Private="TOOLNOTE"))
    launch = pikepdf.Dictionary(S=name.Launch, F="LAUNCHPROGRAM")
    link: dict[str, Any] = {"Type": name.Annot, "Subtype": name.Link, "Rect": [0, 0, 9, 9]}
    web = pikepdf.Dictionary(S=name.URI, URI="https://example.org/report")
    script = pikepdf.Dictionary(S=name.URI, URI="javascript:RUNLINK()")
    page.Annots = pikepdf.Array([pikepdf.Dictionary(**link, A=one) for one in (launch, web, script)])
    photo = made.make_stream(jpeg())
    photo.Type, photo.Subtype, photo.Filter = name.XObject, name.Image, name.DCTDecode
    photo.Width, photo.Height, photo.ColorSpace, photo.BitsPerComponent = 40, 20, name.DeviceRGB, 8
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
    made.attachments["ATTACHEDNAME.txt"] = b"ATTACHEDBYTES"
    made.docinfo["/Author"] = "NAMEOFAUTHOR"
    with made.open_metadata() as told:
        told["dc:creator"] = ["NAMEOFAUTHOR"]
    out = io.BytesIO()
    lock = pikepdf.Encryption(user="", owner="owner") if encrypted else False
    made.save(out, encryption=lock, compress_streams=False)
    return out.getvalue()


HIDDEN_IN_PDF = (
    *(b"RUNSCRIPT", b"RUNFORM", b"RUNONOPEN", b"TOOLNOTE", b"LAUNCHPROGRAM", b"RUNLINK", b"ATTACHEDNAME"),
    *(b"ATTACHEDBYTES", b"NAMEOFAUTHOR", CAMERA.encode(), b"JavaScript", b"EmbeddedFile"),
)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.exe", "MZ")
    return out.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_bomb(side: int = 30_000) -> bytes:
    """A picture of 900 million pixels in about 100 kB."""
    packing = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    packed = b"".join(packing.compress(row * 1000) for _ in range(side // 1000)) + packing.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def pdf_bomb(*, nested: bool = False) -> bytes:
    """A page whose stream unpacks to 400 MB; nested, one packed twice."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(b"\0" * 10_000_000) for _ in range(40)) + packing.flush()
    made, flate = pikepdf.new(), pikepdf.Name.FlateDecode
    made.add_blank_page()
    stream = made.make_stream(b"")
    content = zlib.compress(packed, 9) if nested else packed
    stream.write(content, filter=pikepdf.Array([flate, flate]) if nested else flate)
    made.pages[0].obj.Contents = stream
    out = io.BytesIO()
    made.save(out, compress_streams=False)
    return out.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "a zip as pdf": (zipped(), "neither PDF, PNG or JPEG"),
    "a picture that is a program": (
        b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>",
        "web page",
    ),
    "a page as a table": (b"a,b\n1,<script>alert(1)</script>\n", "web page"),
    "a photograph with an archive behind it": (jpeg() + zipped(), "Two files"),
    "a photograph with a document behind it": (jpeg() + b"%PDF-1.4 ...", "Two files"),
    "a picture with a page behind it": (png() + b"<html><script>", "Two files"),
    "a document with an archive behind it": (pdf() + zipped(), "Two files"),
    "a locked document": (pdf(encrypted=True), "locked"),
    "half a document": (pdf()[:700], "damaged"),
    "half a picture": (png()[:90], "damaged"),
    "half a photograph": (jpeg()[:300], "damaged"),
    "a document that is none": (b"%PDF-1.7\nnothing", "damaged"),
    "a picture bomb": (png_bomb(), "unpacks to more"),
    "a document bomb": (pdf_bomb(), "unpacks to more"),
    "a document packed twice": (pdf_bomb(nested=True), "unpacks to more"),
    "a text with a NUL": (b"words\0words", "neither PDF"),
    "a text in no known signs": (b"caf\xe9", "neither PDF"),
    "a text that controls a terminal": (b"words \x1b[2J words", "neither PDF"),
    "a program": (b"MZ\x90\x00" + bytes(200), "neither PDF"),
    "a formula": (b"name,value\nx,=HYPERLINK(1)\n", "formulas"),
}
"""What is sent, and what its refusal says."""
