"""The questions that the rules on prohibited and restricted uses ask, beside the other fields.

Each is answered true or false, or left out where it is not known: a rule then says that it cannot tell.
"""

from __future__ import annotations

from pydantic import Field, StrictBool

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.stated import Part, SourceIds
from hearing_app.registry.text import Prose
from hearing_app.registry.vocabulary import Term

Answer = StrictBool | None


class LiveObjective(Term):
    """For what people are recognised as they pass."""

    VICTIM_OR_MISSING = "victim_or_missing", "Finding victims or missing people"
    IMMINENT_THREAT = "imminent_threat", "Preventing an imminent threat to life or a terrorist attack"
    SERIOUS_SUSPECT = "serious_suspect", "Finding suspects of the serious crimes that the law lists"
    OTHER = "other", "Something else"


class FriaPart(Term):
    """The six parts of an assessment of the impact on fundamental rights."""

    PROCESS = "process", "The process in which it is used"
    PERIOD = "period", "How long and how often it is used"
    GROUPS = "groups", "The people and groups affected"
    HARMS = "harms", "The harms that are likely"
    OVERSIGHT = "oversight", "How people oversee it"
    MEASURES = "measures", "What is done if a harm occurs, complaints among it"


def _asked(question: str, title: str) -> Answer:
    answer: Answer = Field(None, title=title, description=question)
    return answer


class Screening(Part):
    """Answers to the questions of the rules. What is left out is not known."""

    manipulates_behaviour: Answer = _asked(
        "Does it try to change what people do by means that they do not notice or cannot resist?",
        "Changes behaviour unnoticed",
    )
    causes_significant_harm: Answer = _asked(
        "Is significant harm to somebody caused by that, or likely?", "Significant harm likely"
    )
    exploits_vulnerability: Answer = _asked(
        "Does it make use of people's age, disability or poverty to change what they do?",
        "Exploits weakness",
    )
    makes_intimate_images: Answer = _asked(
        "Does it generate or alter intimate images of real people, or images of the abuse of children?",
        "Makes intimate images",
    )
    scores_social_behaviour: Answer = _asked(
        "Does it score people over time by their social behaviour or personality?", "Scores social behaviour"
    )
    treats_out_of_context: Answer = _asked(
        "Are people treated worse because of data from a part of life that has nothing to do with it?",
        "Out of context",
    )
    treats_disproportionately: Answer = _asked(
        "Are people treated worse than what they did can justify?", "Out of proportion"
    )
    only_profiling: Answer = _asked(
        "Does it judge the risk that somebody offends from a profile or traits of personality alone?",
        "From a profile alone",
    )
    supports_verified_facts: Answer = _asked(
        "Does it only support a person's own assessment, already based on facts linked to a crime?",
        "Supports verified facts",
    )
    scraped_faces: Answer = _asked(
        "Was a list of faces behind it, also a supplier's, collected from the internet or from cameras "
        "without aim?",
        "Faces collected without aim",
    )
    emotion_at_work: Answer = _asked(
        "Does it infer feelings of staff or trainees?", "Feelings of staff or trainees"
    )
    emotion_for_safety: Answer = _asked(
        "Is that for a medical reason or for safety alone?", "For medicine or safety"
    )
    infers_sensitive_traits: Answer = _asked(
        "Does it infer race, political opinion, union membership, belief or sexuality from a body or face?",
        "Infers sensitive traits",
    )
    labels_lawful_sets: Answer = _asked(
        "Does it only label or filter sets of images that were lawfully acquired?", "Labels lawful sets"
    )
    public_space: Answer = _asked("Is it used on places that the public may enter?", "In public places")
    live_objective: LiveObjective | None = Field(
        None, title="Aim of live recognition", description="For what are people recognised as they pass?"
    )
    confirms_named_person: Answer = _asked(
        "Does it only confirm the identity of somebody whom one looks for by name?", "Named people only"
    )
    limited_in_time_and_place: Answer = _asked(
        "Is each use limited in time, place and people?", "Limited uses"
    )
    authorised_each_use: Answer = _asked(
        "Does a judge or independent authority allow each use before it, or within 24 hours if urgent?",
        "Each use authorised",
    )
    authorities_notified: Answer = _asked(
        "Are the market surveillance and data protection authorities told of each use?",
        "Authorities told",
    )
    eu_database: Answer = _asked("Is it registered in the EU's database?", "In the EU's database")
    linked_to_offence: Answer = _asked(
        "Is every search linked to an offence, proceeding, threat or missing person?", "Linked to a case"
    )
    targets_suspect: Answer = _asked(
        "Is it used to look for one suspect in recorded images, beyond a first identification?",
        "Search for a suspect",
    )
    authorised_within_48_hours: Answer = _asked(
        "Is such a search authorised beforehand or within 48 hours?", "Authorised within 48 hours"
    )
    each_use_on_file: Answer = _asked("Is each use written down in the police file?", "Each use on file")
    yearly_report: Answer = _asked("Is there a report on the uses every year?", "Yearly report")
    uses_logged: Answer = _asked(
        "Does a log keep the time, the reference list, the matched image and who checked it?", "Uses logged"
    )
    authorised_by_law: Answer = _asked(
        "Does a law that protects the people concerned allow decisions by the machine alone?",
        "Allowed by a law",
    )
    profiles_people: Answer = _asked(
        "Does it judge people by automatic processing of personal data about them?", "Profiles people"
    )
    discrimination_found: Answer = _asked(
        "Has evidence been found that its profiling leads to discrimination on special categories of data?",
        "Discrimination found",
    )
    uses_protected_traits: Answer = _asked(
        "Does any protected trait, of people or of places, go into its results, or is one guessed or "
        "predicted?",
        "Uses protected traits",
    )
    special_categories: Answer = _asked(
        "Does it process data on race, opinions, belief, union, genes, body, health or sexuality?",
        "Special categories of data",
    )
    strictly_necessary: Answer = _asked(
        "Is that strictly necessary, with safeguards, and has the body said why?", "Strictly necessary"
    )
    fria_parts: tuple[FriaPart, ...] | None = Field(
        None,
        title="Parts of the rights assessment",
        description="Which parts does the assessment of fundamental rights have? An empty list: none.",
    )
    science_validated: Answer = _asked(
        "Did the council find the science sound, rights protected, and no bias carried on?",
        "Science found sound",
    )
    public_hearing_held: Answer = _asked("Was there a public hearing before it was acquired?", "Hearing held")
    use_policy: Answer = _asked("Is there a public policy on its use?", "Policy on use")
    policy_published_on: PartialDate | None = Field(
        None, title="Policy published on", description="When was the policy on its use published?"
    )
    one_technology: Answer = _asked(
        "Does this entry describe one technology, and not several together?", "One technology"
    )
    signs_in_place: Answer = _asked("Do signs tell people that they are filmed?", "Signs in place")
    purpose_locked: Answer = _asked(
        "Are images from public places used for public security alone?", "For security alone"
    )
    explained_and_refusable: Answer = _asked(
        "Can people ask for an explanation, and refuse a decision by the machine alone?",
        "Explained, and can be refused",
    )
    not_reidentifiable: Answer = _asked(
        "Where data are called anonymous: can they neither be traced to a person nor be restored?",
        "Cannot be traced back",
    )
    peer_review_published: Answer = _asked("Was a review by experts published?", "Expert review published")
    experts_in_review: int | None = Field(
        None, ge=0, strict=True, title="Experts in the review", description="How many experts took part?"
    )
    approved_by_head: Answer = _asked("Did the head of the body approve it?", "Approved by the head")
    approved_above: Answer = _asked("Did an authority above the body approve it?", "Approved above the body")
    note: Prose | None = Field(None, description="What stands behind the answers.")
    sources: SourceIds = ()
