"""The sentences of which made-up comments are put together: by language, theme and view.

Every one was written for this. They name nobody, and what looks like personal data in them is taken from
ranges that are set aside for fiction.
"""

from __future__ import annotations

from typing import NamedTuple


class Theme(NamedTuple):
    """A theme: its name as a facilitator would give it, what a concern about it says, and what is asked."""

    name: str
    against: tuple[str, ...]
    in_favour: tuple[str, ...]
    asks: tuple[str, ...]


THEMES: dict[str, Theme] = {
    "errors": Theme(
        "Wrong matches",
        (
            "A camera that is wrong once in a thousand is wrong every hour in a busy street.",
            "I was stopped because the machine mistook me for another man, and the apology took three weeks.",
            "Nobody could tell me how many people were stopped by mistake last year.",
            "An alert sounds certain, and the officers act as if it were.",
            "The error rates come from a test in a laboratory, not from a wet evening in November.",
        ),
        (
            "People make more mistakes with faces than the cameras do.",
            "The few wrong alerts that I read about were cleared up within minutes.",
        ),
        (
            "Publish every false alert with the threshold that was used.",
            "Tell the panel how many people were stopped by mistake, and for how long.",
        ),
    ),
    "groups": Theme(
        "Differences between groups",
        (
            "It should not be easier to be taken for someone else because your skin is dark.",
            "The figures for women and for young people stand nowhere.",
            "My sons are looked at twice already, and now a machine looks at them as well.",
            "If the test had too few older faces in it, the result says nothing about my mother.",
        ),
        (
            "The newest test found no difference between groups at the setting that is used here.",
            "A fixed threshold treats everybody the same, which an officer in a hurry may not.",
        ),
        (
            "Give the error rates for each group, with the number of people behind each rate.",
            "Have somebody independent test it with the faces of the people who live here.",
        ),
    ),
    "notice": Theme(
        "Signs and notice",
        (
            "The sign stood behind the camera: I read it when my face had been compared already.",
            "I cannot avoid the station square on my way to work, so nobody asked for my consent.",
            "There was no word about it in any language but English.",
        ),
        (
            "The signs were large, and an officer explained everything to me kindly.",
            "They announced it a week before on the notice board of our estate.",
        ),
        (
            "Announce every deployment a week before, and show where one can walk around it.",
            "Put up signs that one can read before the cameras can see.",
        ),
    ),
    "watchlist": Theme(
        "Who is on the list",
        (
            "Ten thousand people on a list is a dragnet and no search for a suspect.",
            "Someone who came to a demonstration should not find their picture on a list.",
            "Children are on the list, and nobody could say why.",
        ),
        (
            "A list of people who are wanted for serious violence is a list that I want to be searched for.",
            "If it finds one missing child, the list was worth it.",
        ),
        (
            "Let a judge approve the list, and publish how many people of which kind are on it.",
            "Keep children and people who are only witnesses off the list.",
        ),
    ),
    "data": Theme(
        "What is kept",
        (
            "They say that faces are deleted at once, and nobody has checked it.",
            "The recordings of the ordinary cameras are kept for a month and can be searched later.",
            "The supplier should learn nothing from our faces.",
        ),
        ("My face is deleted in a second, while my telephone keeps where I was for years.",),
        (
            "Have the deletion checked by an auditor every half year.",
            "Write into the contract that the supplier may keep nothing.",
        ),
    ),
    "oversight": Theme(
        "Law and oversight",
        (
            "There is no statute for this, only a policy that the force wrote for itself.",
            "Whoever decides on its use should not be the one who judges whether it worked.",
            "Our council never voted on it.",
        ),
        ("The court looked at it and said what has to be done, and the force does it.",),
        (
            "Stop it until Parliament has made a law.",
            "Let the oversight board see every deployment record.",
        ),
    ),
    "safety": Theme(
        "Safety in the street",
        (
            "The money and the officers would help more people in the youth centre.",
            "I feel watched in my own street, which is not the same as safe.",
        ),
        (
            "My shop was robbed four times, and since the cameras it was not.",
            "My daughter walks home from the late shift, and I am glad about every wanted man who is found.",
            "They arrested a man in our street who had been sought for two years.",
        ),
        (
            "Show what the same number of officers would have found without it.",
            "Use it where violence happens and not where it is convenient.",
        ),
    ),
    "cost": Theme(
        "What it costs",
        (
            "Nobody could tell me what one arrest costs, with the vans and thirty officers.",
            "The contract was signed without a tender.",
            "What the licence will cost in five years stands nowhere.",
        ),
        ("It costs less than the officers who would have to stand there for days.",),
        (
            "Publish the contract and what each deployment costs.",
            "Compare the costs with those of ordinary searches.",
        ),
    ),
}

CONDITIONAL = (
    "I can live with it if somebody outside the police controls it.",
    "Under strict rules I would accept it for a trial of one year.",
)

# A view, a sentence about the theme, in other languages; longer ones, so that the language can be told.
OTHERS: dict[str, dict[str, tuple[str, ...]]] = {
    "de": {
        "errors": (
            "Ich wurde angehalten, weil die Kamera mich mit einem anderen Mann verwechselt hat.",
            "Ein falscher Treffer ist für die Betroffenen ein langer Nachmittag auf der Wache.",
        ),
        "watchlist": (
            "Wer auf dieser Liste steht, sollte ein Gericht entscheiden und nicht die Polizei allein.",
        ),
        "safety": (
            "Seit es die Kameras gibt, gehe ich abends wieder gern durch die Unterführung am Bahnhof.",
        ),
    },
    "es": {
        "groups": (
            "No puede ser que la máquina se equivoque más con las personas que tienen la piel oscura.",
        ),
        "notice": (
            "El cartel estaba detrás de la cámara, y cuando lo leí ya habían comparado mi cara con la lista.",
        ),
        "oversight": (
            "Pido que un organismo independiente revise cada uso antes de que continúe el programa.",
        ),
    },
    "pl": {
        "errors": (
            "Zatrzymano mnie przez pomyłkę, a nikt nie potrafił mi powiedzieć, jak często to się zdarza.",
        ),
        "data": ("Chciałbym wiedzieć, kto naprawdę sprawdza, czy nagrania z naszymi twarzami są usuwane.",),
        "safety": ("Uważam, że dzięki kamerom na naszej ulicy jest wieczorem spokojniej niż wcześniej.",),
    },
    "zh": {
        "groups": ("我担心系统对亚洲人的面孔识别错误更多, 请公布每个群体的错误率和测试人数。",),
        "notice": ("车站前的告示只有英文, 很多老人根本不知道自己的脸已经被摄像头比对过了。",),
        "oversight": ("在议会立法之前, 应该停止使用这种技术, 并由独立机构检查警方的记录。",),
    },
}

LETTER = (
    "I ask the board to recommend that live facial recognition stops in our borough. It compares the faces "
    "of thousands of people who have done nothing with a list that nobody outside the police has seen. "
    "No law allows it in so many words. The force should first publish its errors for every group, and "
    "let somebody independent check them."
)
OWN_WORDS = (
    "I pass the cameras each morning with my children.",
    "My neighbour was stopped in October and nobody told him why.",
    "As a nurse I come home at night, and I still say no.",
    "I have lived here for forty years.",
    "Please also look at the price.",
)

# What looks like personal data: numbers and names that Ofcom, RFC 2606 and HMRC keep free for such use.
PERSONAL: dict[str, tuple[str, ...]] = {
    "a telephone number": ("You can ring me on 020 7946 0123.", "My number is 0113 496 0999."),
    "an e-mail address": ("Write to resident@example.org and I will tell more.",),
    "a National Insurance number": ("On the form they had my number as QQ 12 34 56 C.",),
    "an IP address": ("The website of the force logged me as 192.0.2.44.",),
}

STATEMENTS = (
    "A judge should approve the list before faces are compared with it.",
    "The cameras make me feel safer in the evening.",
    "The police should announce every deployment a week before.",
    "Nobody under eighteen should be on the list.",
    "A wrong alert is a small price for finding a violent man.",
    "There should be a law before the cameras are used again.",
    "The errors for every group should be published, even if they are small.",
    "The money would do more good if it were spent on youth workers.",
    "An officer who acts on an alert should say so at once.",
    "Only people wanted for serious violence should be on the list.",
    "The council should vote on it every year.",
    "It is fairer than an officer who goes by instinct.",
)
