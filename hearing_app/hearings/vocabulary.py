"""The words of a comment: every choice on the form, with the text that a person reads."""

from __future__ import annotations

from hearing_app.registry.vocabulary import Term


class Target(Term):
    """What a comment is about."""

    WHOLE_SYSTEM = "whole_system", "The system as a whole"
    PURPOSE = "purpose", "What it is used for"
    DATA = "data", "The data it uses"
    METRIC = "metric", "A figure in the evidence"
    CLAIM = "claim", "Something that is claimed about it"
    DEPLOYMENT = "deployment", "Where or when it is used"
    OVERSIGHT = "oversight", "Who supervises it"
    CONTRACT = "contract", "The contract or its cost"
    OTHER = "other", "Something else"


class CommentType(Term):
    """What kind of comment it is."""

    CONCERN = "concern", "A concern"
    SUPPORT = "support", "Support"
    QUESTION = "question", "A question for the force"
    EVIDENCE = "evidence", "Evidence"
    EXPERIENCE = "experience", "Something that happened to me"
    CONDITION = "condition", "A condition for its use"


class Stance(Term):
    """What the author thinks of the system's use. Public only as counts of ten or more."""

    OPPOSE = "oppose", "Against its use"
    CONDITIONS = "support_with_conditions", "For its use, with conditions"
    SUPPORT = "support", "For its use"
    NO_VIEW = "no_view", "No view, or rather not say"


class Standing(Term):
    """How the author stands to the system. Public only as counts of ten or more."""

    LIVES = "lives_in_area", "I live in the area"
    WORKS = "works_in_area", "I work in the area"
    AFFECTED = "affected", "I was stopped or identified by it"
    FAMILY = "family", "I am family of someone it affected"
    ORGANISATION = "organisation", "I write for an organisation"
    RESEARCHER = "researcher", "I do research"
    OFFICER = "officer_or_staff", "I work for the police"
    UNSAID = "prefer_not_to_say", "I would rather not say"


class Consent(Term):
    """What may be published. The author decides, and a facilitator cannot widen it."""

    TEXT_AND_NAME = "text_and_name", "Publish my words with the name I give"
    TEXT_ONLY = "text_only", "Publish my words without a name"
    FACILITATORS_ONLY = "facilitators_only", "Only the facilitators may read it"
    PANEL_ONLY = "panel_only", "Only the facilitators and the hearing's panel may read it"

    @property
    def is_public(self) -> bool:
        """Whether the words may be published."""
        return self in {Consent.TEXT_AND_NAME, Consent.TEXT_ONLY}


class IdentityBasis(Term):
    """What the service knows of who wrote a comment: how it came, or what facilitators saw, never who it was.

    Nobody has to show anything. No e-mail address is ever asked for, so none can be confirmed.
    """

    NONE = "none", "Nobody was asked who wrote it"
    PAPER_CARD = "paper_card", "It came on paper, and staff typed it"
    IN_PERSON = "in_person", "Its author was there in person, confirmed by the facilitators"
    ORGANISATION = "organisation_confirmed", "An organisation, confirmed by the facilitators"


class Speaking(Term):
    """Whether the author wishes to be heard in the hearing itself, and how."""

    NO = "no", "No"
    IN_PERSON = "in_person", "Yes, in the room"
    PHONE_OR_VIDEO = "phone_or_video", "Yes, by telephone or video"
    READ_OUT = "read_out", "No, but please read my words out"

    @property
    def is_wish(self) -> bool:
        """Whether it asks for a place in the hearing."""
        return self is not Speaking.NO


class State(Term):
    """Where a comment stands. The label completes the sentence "Your comment …"."""

    SUBMITTED = "submitted", "is waiting to be read by a facilitator"
    PUBLISHED = "published", "is published"
    HELD = "held", "is held back for now"
    REJECTED = "rejected", "was not published"
    WITHDRAWN = "withdrawn", "was withdrawn by its author"


TAKEN_OUT = "was taken out with the rehearsal by the operator"
"""In the place of the label of ``WITHDRAWN``, where the operator did it and not the author."""


class Reason(Term):
    """Why a comment is held or not published. Disagreement, rudeness to the police, language and the
    origin of a text are not reasons.

    ``is_given`` says that a facilitator may give it; the author's wish and a restore speak for themselves.
    """

    OFF_TOPIC = "R1", "It is not about this system or this hearing"
    PERSONAL_DATA = "R2", "It holds personal data of another person"
    THREAT = "R3", "It threatens someone or calls for violence"
    ABUSE = "R4", "It abuses a person"
    ADVERTISING = "R5", "It is advertising"
    REPEATED = "R6", "The same person sent the same words before"
    LEGAL = "R7", "A court order or another legal duty forbids it"
    ILLEGIBLE = "R8", "It cannot be read"
    AUTHORS_WISH = "R9", "Its author wished that it is not published"
    RESTORED = "R10", "The record was restored from a backup, and it was not public any more"

    @property
    def is_given(self) -> bool:
        """Whether a facilitator may give it as a reason."""
        return self not in {Reason.AUTHORS_WISH, Reason.RESTORED}


class Stand(Term):
    """Where a comment stands for moderation: its state, and what was done before that decides what may be.

    The label completes the sentence "A comment that …".
    """

    SUBMITTED = "submitted", "waits to be read"
    KEPT = "kept", "its author did not want published"
    HELD = "held", "is held back and was never public"
    HELD_AGAIN = "held_again", "is held back after it was public"
    REMOVAL = "removal", "is held back until a second person has decided on its removal"
    PUBLISHED = "published", "is published"
    RETURNED = "returned", "is public again because its time on hold was over"
    REJECTED = "rejected", "was not published"
    REFUSED = "refused", "was refused, and its author did not want it published"
    EMPTY = "empty", "has no words any more"
    WITHDRAWN = "withdrawn", "was withdrawn by its author"


class Step(Term):
    """What can be done to a comment. The label completes the sentence "… was tried"."""

    PUBLISH = "publish", "publishing it"
    HOLD = "hold", "holding it back"
    REJECT = "reject", "refusing to publish it"
    REDACT = "redact", "taking words out of it"
    LIFT = "lift", "putting words back that were taken out"
    PROPOSE_REMOVAL = "propose_removal", "proposing its removal"
    CONFIRM_REMOVAL = "confirm_removal", "confirming its removal"
    REFUSE_REMOVAL = "refuse_removal", "refusing its removal"
    APPEAL = "appeal", "an appeal"
    UPHOLD = "uphold", "letting the decision stand"
    OVERTURN = "overturn", "overturning the decision"
    WITHDRAW = "withdraw", "withdrawing it"
    SCREEN = "screen", "holding it back on arrival"
    LAPSE = "lapse", "publishing it because its time on hold was over"


class Who(Term):
    """Who may take a step."""

    AUTHOR = "author", "its author, with the receipt"
    FACILITATOR = "facilitator", "a facilitator"
    SECOND = "second", "a facilitator other than the one who acted before"
    RULE = "rule", "a rule, by itself"


class Redacted(Term):
    """What was taken out of a comment's words; readers see “[name removed]”."""

    NAME = "name", "name"
    EMAIL = "email", "e-mail address"
    PHONE = "phone", "telephone number"
    ADDRESS = "address", "address"
    PLATE = "plate", "number plate"
    CASE = "case", "case number"
    OTHER = "other", "words"


RULE_VERSION = "2026-11"

# Languages that a person can choose on the form; any other well-formed tag is accepted from the API.
LANGUAGES = {
    "": "Find out from my words",
    "en": "English",
    "cy": "Cymraeg (Welsh)",
    "ar": "العربية (Arabic)",
    "bn": "বাংলা (Bengali)",
    "de": "Deutsch (German)",
    "es": "Español (Spanish)",
    "fr": "Français (French)",
    "gu": "ગુજરાતી (Gujarati)",
    "it": "Italiano (Italian)",
    "mn": "Монгол (Mongolian)",
    "nl": "Nederlands (Dutch)",
    "pa": "ਪੰਜਾਬੀ (Punjabi)",
    "pl": "Polski (Polish)",
    "pt": "Português (Portuguese)",
    "ro": "Română (Romanian)",
    "so": "Soomaali (Somali)",
    "sv": "Svenska (Swedish)",
    "tr": "Türkçe (Turkish)",
    "uk": "Українська (Ukrainian)",
    "ur": "اردو (Urdu)",
    "zh": "中文 (Chinese)",
}
