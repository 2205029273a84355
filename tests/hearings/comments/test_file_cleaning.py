"""What is left of a file, and what is not taken: bombs, two files in one, what acts and what tells."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hearing_app.errors import Invalid
from hearing_app.hearings.comments import file_adding, file_cleaning
from hearing_app.hearings.comments.file_adding import LARGEST, cleaned, shown_name
from hearing_app.hearings.comments.file_cleaning import MOST_OBJECTS
from tests.hearings import strange_files


@pytest.mark.parametrize(("content", "says"), strange_files.REFUSED.values(), ids=strange_files.REFUSED)
def test_what_is_hostile_or_broken_is_refused_with_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        cleaned(content)
    [fault] = refused.value.faults
    assert says in fault.problem
    assert fault.repair


def test_a_file_may_have_ten_megabytes_and_not_a_byte_more() -> None:
    with pytest.raises(Invalid, match="not kept") as refused:
        cleaned(b"a" * (LARGEST + 1))
    assert "larger than 10 MB" in refused.value.faults[0].problem
    assert cleaned(b"a" * LARGEST)[0] == "txt"


@pytest.mark.parametrize(("content", "kind"), [(strange_files.jpeg(), "jpg"), (strange_files.png(), "png")])
def test_of_a_picture_the_pixels_stay_upright_and_nothing_else(content: bytes, kind: str) -> None:
    assert strange_files.CAMERA.encode() in content, "else this proves nothing"
    found, kept = file_cleaning.clean(content)
    assert found == kind
    picture = Image.open(io.BytesIO(kept))
    assert picture.size == (20, 40), "it lay on its side, as its Exif said"
    assert not picture.getexif()
    assert not {"icc_profile", "exif", "xmp", "Author", "comment"} & picture.info.keys()
    for told in (strange_files.CAMERA.encode(), b"PROFILEBYTES", b"NAMEOFAUTHOR", b"Exif", b"eXIf", b"iCCP"):
        assert told not in kept
    # Turned by a quarter clockwise, the left half is the upper one.
    upper, lower = picture.convert("RGB").getpixel((10, 5)), picture.convert("RGB").getpixel((10, 35))
    assert isinstance(upper, tuple)
    assert isinstance(lower, tuple)
    assert upper[2] > 150 > upper[0]
    assert lower[0] > 150 > lower[2]


def test_of_a_document_the_pages_stay_and_nothing_that_acts_or_tells() -> None:
    content = strange_files.pdf()
    assert all(told in content for told in (b"RUNSCRIPT", b"LAUNCHPROGRAM", b"CAMERAMAKER", b"NAMEOFAUTHOR"))
    kind, kept = file_cleaning.clean(content)
    assert kind == "pdf"
    with pikepdf.open(io.BytesIO(kept)) as document:
        [page] = document.pages
        assert b"KEPTWORDS" in page.obj.Contents.read_bytes()
        [link] = page.obj.Annots
        assert str(link.A.URI) == "https://example.org/report"
        assert {str(name) for name in document.Root.keys()} == {"/Type", "/Pages"}  # noqa: SIM118 - no mapping
        assert "/Info" not in document.trailer
        # Object streams are packed: what is in them is looked for where it can be read.
        plain = io.BytesIO()
        document.save(
            plain, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False
        )
    for told in strange_files.HIDDEN_IN_PDF:
        assert told not in plain.getvalue(), told
    assert file_cleaning.clean(kept)[0] == "pdf", "what is kept is taken again"


@pytest.mark.parametrize(
    ("content", "kind", "kept"),
    [
        ("a,b\n1,-2\n+3,4\n".encode("utf-16"), "csv", b"a,b\n1,-2\n+3,4\n"),
        (b"\xef\xbb\xbfplain words", "txt", b"plain words"),
        ("größer; als".encode(), "txt", "größer; als".encode()),
        (b"one,two\nthree\n", "txt", b"one,two\nthree\n"),
    ],
)
def test_text_is_kept_in_one_form(content: bytes, kind: str, kept: bytes) -> None:
    assert file_cleaning.clean(content) == (kind, kept)


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<"), min_size=1)
)
def test_text_without_a_table_comes_back_as_it_was(text: str) -> None:
    words = f"Words. {text}"
    kind, kept = file_cleaning.clean(words.encode())
    assert (kind, kept.decode()) == ("txt", words)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]))
def test_whatever_comes_is_kept_or_refused(content: bytes, head: bytes) -> None:
    try:
        kind, kept = file_cleaning.clean(head + content)
    except file_cleaning.Refused as refused:
        assert str(refused) in file_adding.REFUSALS
    else:
        assert kind in {"csv", "txt"}
        assert kept


def test_a_process_that_takes_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_adding, "SECONDS", 0.001)
    with pytest.raises(Invalid) as refused:
        cleaned(b"words")
    assert "unpacks to more" in refused.value.faults[0].problem


def test_a_document_of_very_many_objects_keeps_nobody_waiting() -> None:
    """Each is looked at: 700,000 of them in five megabytes took twenty seconds."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Many = pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary()) for _ in range(MOST_OBJECTS)])
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pytest.raises(Invalid) as refused:
        cleaned(out.getvalue())
    assert "unpacks to more" in refused.value.faults[0].problem


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\somebody\\photo.jpg", "photo.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\nb\0c", "abc"),
        ("x" * 300, "x" * 120),
        ("", ""),
    ],
)
def test_a_name_is_only_ever_shown(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    "cell",
    ["-2+3+cmd|' /C calc'!A0", '+1+HYPERLINK("http://e")', "\uff1d1+1", "\u200b=1+1", "\ufeff=1+1", "a;=1+1"],
)
def test_a_cell_that_a_spreadsheet_runs_is_refused_however_it_hides(cell: str) -> None:
    quoted = cell.replace('"', '""')
    with pytest.raises(file_cleaning.Refused, match="formula"):
        file_cleaning.clean(f'name,value\nx,"{quoted}"\n'.encode())


@pytest.mark.parametrize("cell", ["-2.5", "+44", "-1.234,5 %", "1e-3", "a-b", "name@example.org"])
def test_a_number_with_a_sign_is_a_number(cell: str) -> None:
    assert file_cleaning.clean(f'name,value\nx,"{cell}"\n'.encode())[0] == "csv"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("fill", [b"", b"\xff\xff"])
def test_a_photograph_in_a_document_loses_what_its_camera_wrote(*, packed: bool, fill: bytes) -> None:
    photograph = strange_files.jpeg()
    photograph = photograph[:2] + fill + photograph[2:]
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(200, 200))
    filters = [pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode] if packed else [pikepdf.Name.DCTDecode]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary())
    image = pikepdf.Stream(
        made, zlib.compress(photograph) if packed else photograph,
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=8, Height=8, BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceRGB,
    )  # fmt: skip
    image.Filter = pikepdf.Array(filters)
    page.Resources.XObject.Im0 = made.make_indirect(image)
    out = io.BytesIO()
    made.save(out)
    assert b"Exif" in photograph
    kind, kept = file_cleaning.clean(out.getvalue())
    assert kind == "pdf"
    assert b"Exif" not in kept
