from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.voices.language import FEWEST_LETTERS, UNDETERMINED, Language, detect, effective

SENTENCES = {
    "en": "I would like to know who looks at the pictures and when they are deleted again.",
    "cy": "Hoffwn wybod pwy sy'n edrych ar y lluniau a phryd y cânt eu dileu eto gan yr heddlu.",
    "de": "Ich möchte wissen, wer sich die Bilder ansieht und wann sie wieder gelöscht werden.",
    "es": "Me gustaría saber quién mira las imágenes y cuándo se vuelven a borrar por completo.",
    "fr": "Je voudrais savoir qui regarde les images et quand elles sont de nouveau effacées.",
    "it": "Vorrei sapere chi guarda le immagini e quando vengono cancellate di nuovo dalla polizia.",
    "pl": "Chciałbym wiedzieć, kto ogląda te zdjęcia i kiedy są one ponownie usuwane przez policję.",
    "pt": "Gostaria de saber quem vê as imagens e quando elas são apagadas novamente pela polícia.",
    "ro": "Aș dori să știu cine se uită la imagini și când sunt șterse din nou de către poliție.",
    "so": "Waxaan jeclaan lahaa inaan ogaado cidda eegta sawirrada iyo goorta la tirtiro mar kale.",
    "sv": "Jag skulle vilja veta vem som tittar på bilderna och när de raderas igen av polisen.",
    "tr": "Görüntülere kimin baktığını ve bunların ne zaman yeniden silindiğini bilmek istiyorum.",
    "uk": "Я хотів би знати, хто переглядає знімки і коли поліція їх знову видаляє назавжди.",
    "ru": "Я хотел бы знать, кто смотрит на снимки и когда полиция их снова удаляет навсегда.",
    "bg": "Бих искал да знам кой гледа снимките и кога полицията ги изтрива отново завинаги.",
    "ar": "أود أن أعرف من ينظر إلى الصور ومتى يتم حذفها مرة أخرى من قبل الشرطة في المدينة.",
    "ur": "میں جاننا چاہتا ہوں کہ تصویریں کون دیکھتا ہے اور پولیس انہیں دوبارہ کب حذف کرتی ہے۔",
    "hi": "मैं जानना चाहता हूँ कि तस्वीरें कौन देखता है और पुलिस उन्हें फिर से कब मिटा देती है, यह बताया जाए।",
}
BY_SCRIPT = {
    "zh": ["谁会查看这些照片？", "誰會查看這些照片？", "我认为警方应当说明何时使用 AI 系统。"],
    "ja": [
        "写真は誰が見ますか",
        "東京都警察は顔認証を使う",
        "スーパーコンピューター",
        "ｶﾒﾗﾊﾄﾞｺﾃﾞｽｶ",
        "警察はこのシステムをどこでいつ使っているのか住民に説明すべきだ",
    ],
    "ko": ["사진은 누가 봅니까", "경찰은 AI 시스템을 언제 사용합니까"],
    "el": ["Ποιος βλέπει τις εικόνες;"],
    "he": ["מי מסתכל על התמונות"],
    "th": ["ใครเป็นคนดูรูปภาพ"],
    "bn": ["ছবিগুলো কে দেখে"],
    "pa": ["ਤਸਵੀਰਾਂ ਕੌਣ ਦੇਖਦਾ ਹੈ"],
    "gu": ["છબીઓ કોણ જુએ છે"],
    "ta": ["படங்களை யார் பார்க்கிறார்கள்"],
}


def letters(text: str) -> int:
    return sum(sign.isalpha() for sign in text)


@pytest.mark.parametrize("tag", SENTENCES)
def test_a_sentence_is_recognised(tag: str) -> None:
    assert letters(SENTENCES[tag]) >= FEWEST_LETTERS
    found = detect(SENTENCES[tag])
    assert (found.tag, found.detector) == (tag, "langdetect 1.0.9")
    assert found.confidence is not None
    assert 0.5 < found.confidence <= 1


@pytest.mark.parametrize(("tag", "text"), [(tag, text) for tag, texts in BY_SCRIPT.items() for text in texts])
def test_a_script_of_one_language_decides_however_short(tag: str, text: str) -> None:
    assert detect(text) == Language(tag, "script")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "No",
        "OK",
        "No, thank you, not in my street",
        "同意",
        "찬성",
        "はい",
        "20 000 + 37,5 % = ? 2026-06-01",
        "😀👍🏽" * 40,
        "https://www.example.org/who/looks/at/the/pictures/and/when/are/they/deleted",
        "@thepoliceinmytown #takethecamerasdownfromeverystreet write.to.the.police@board.example",
        "\x00\x01\u200b\ufeff" * 20,
    ],
)
def test_what_is_too_short_to_tell_is_undetermined(text: str) -> None:
    assert detect(text) == Language(UNDETERMINED, "too short")


def test_forty_letters_are_enough_and_thirty_nine_are_not() -> None:
    text = "Who looks at all the pictures and for how long?"
    assert letters(text) == 37
    assert detect(text + " Why").tag == "en"
    assert detect(text + " Ah") == Language(UNDETERMINED, "too short")


def test_addresses_do_not_count_as_words() -> None:
    assert detect("https://beispiel.example/wer-sieht-sich-die-bilder-an " + SENTENCES["en"]).tag == "en"
    assert detect("Ja. https://example.org/" + "who-looks-at-the-pictures-" * 5).detector == "too short"


def test_two_scripts_in_equal_parts_are_undetermined() -> None:
    assert detect("polizei поліція") == Language(UNDETERMINED, "mixed scripts")
    half = "谁会查看这些照片" * 6
    assert detect(half + " " + "abcdefgh" * 6) == Language(UNDETERMINED, "mixed scripts")


@pytest.mark.parametrize(
    "text",
    [
        "Миний бодлоор цагдаа нар энэ системийг хэзээ, хаана ашиглахаа иргэдэд өмнө нь мэдэгдэх үүрэгтэй",
        "Менің ойымша, полиция бұл жүйені қайда және қашан қолданатынын тұрғындарға түсіндіруі керек",
        "Желео бих да знам ко гледа слике, ко ће их чувати и када се поново бришу у полицији",
        "زما په اند پولیس باید خلکو ته روښانه کړي چې دا سیسټم چیرته او کله کارول کیږي",
    ],
)
def test_a_language_that_the_model_does_not_know_is_not_given_another_name(text: str) -> None:
    assert letters(text) >= FEWEST_LETTERS
    assert detect(text).tag == UNDETERMINED


def test_the_form_in_which_letters_are_stored_does_not_matter() -> None:
    import unicodedata

    for text in SENTENCES.values():
        assert detect(unicodedata.normalize("NFD", text)) == detect(text)
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in SENTENCES["en"])
    assert detect(wide).tag == "en"


def test_the_answer_is_the_same_in_ten_runs_and_in_eight_threads() -> None:
    # Texts between two languages, where an unseeded model wavers.
    mixed = [
        SENTENCES[one][:45] + " " + SENTENCES[two][:45] for one in ("en", "de", "sv") for two in ("es", "pl")
    ]
    texts = [*SENTENCES.values(), *mixed]
    first = [detect(text) for text in texts]
    for run in range(10):
        order = list(range(len(texts)))
        random.Random(run).shuffle(order)
        again = {place: detect(texts[place]) for place in order}
        assert [again[place] for place in range(len(texts))] == first
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(detect, texts * 4)) == first * 4


@given(st.one_of(st.text(max_size=300), st.text(alphabet="аөخ你ーカka한é ́@#.0\ud800", max_size=300)))
def test_no_text_raises(text: str) -> None:
    found = detect(text)
    assert found.tag
    assert len(found.detector) <= 40
    assert found == detect(text)


def test_what_the_author_declared_wins() -> None:
    assert effective("cy", "en") == "cy"
    assert effective("", "en") == "en"
    assert effective("", UNDETERMINED) == UNDETERMINED
