"""Every URL that is not a Streamlit page: the data interface, the permanent pages, sign-in."""

from __future__ import annotations

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Route

from hearing_app.api import (
    account,
    agencies,
    agenda,
    answers_of_hearings,
    asking,
    briefings,
    calendars,
    cards,
    comments,
    confirm,
    corrections,
    datasets,
    drafts,
    exchange,
    exports,
    feed,
    feeds,
    files,
    hearings,
    impact,
    made_packs,
    moderation,
    openapi,
    packs,
    pages,
    provider,
    record,
    register,
    requests,
    rules,
    sign_in,
    supervision,
    systems,
    voting,
)


class _VersionNumber(Convertor[int]):
    """The number of a version, of a length that can be one: Python refuses to read 5,000 digits."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class _DatasetFile(Convertor[str]):
    """The name of one of the two files that make a dataset."""

    regex = "counts[.]csv|dataset[.]yaml"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("version", _VersionNumber())
register_url_convertor("dataset_file", _DatasetFile())

ROUTES = [
    Route("/healthz", record.health),
    Route("/api/v1/openapi.json", openapi.description_of_the_interface),
    Route("/api/v1/systems", systems.list_systems),
    Route("/api/v1/systems.csv", exchange.systems_table),
    Route("/api/v1/systems.json", exchange.systems_whole),
    Route("/api/v1/catalogue.jsonld", exchange.catalogue),
    Route("/api/v1/systems/{system_id}", systems.system),
    Route("/api/v1/systems/{system_id}/exports", exchange.index),
    Route("/api/v1/systems/{system_id}/exports/{export}", exchange.export),
    Route("/api/v1/systems/{system_id}/feed.atom", feeds.of_system),
    Route("/api/v1/agencies/{agency}/feed.atom", feeds.of_agency),
    Route("/api/v1/functions/{function}/feed.atom", feeds.of_function),
    Route("/api/v1/systems/{system_id}/versions", systems.versions),
    Route("/api/v1/systems/{system_id}/versions", systems.publish, methods=["POST"]),
    Route("/api/v1/systems/{system_id}/versions/{version:version}", systems.version),
    Route("/api/v1/systems/{system_id}/changes", systems.changes),
    Route("/api/v1/systems/{system_id}/impact", impact.level),
    Route("/api/v1/systems/{system_id}/corrections", corrections.of_system),
    Route("/api/v1/systems/{system_id}/requests", asking.send, methods=["POST"]),
    Route("/api/v1/systems/{system_id}/supervision", supervision.of_system),
    Route("/api/v1/supervision", supervision.everything),
    Route("/api/v1/rights", requests.data),
    Route("/api/v1/rules", rules.list_rules),
    Route("/api/v1/agencies", agencies.list_agencies),
    Route("/api/v1/agencies/{agency}/answers", answers_of_hearings.of_agency),
    Route("/api/v1/agencies/{agency}/keys", agencies.keys),
    Route("/api/v1/agencies/{agency}/revocations", agencies.revoke, methods=["POST"]),
    Route("/api/v1/answers", answers_of_hearings.everything),
    Route("/api/v1/answers.csv", answers_of_hearings.everything_as_csv),
    Route("/api/v1/compare", register.compare_data),
    Route("/api/v1/coverage", register.coverage),
    Route("/api/v1/coverage.csv", register.coverage_as_csv),
    Route("/api/v1/datasets", datasets.list_datasets),
    Route("/api/v1/datasets/{dataset_id}", datasets.dataset),
    Route("/api/v1/datasets/{dataset_id}/metrics", datasets.metrics),
    Route("/api/v1/datasets/{dataset_id}/exhibits/{exhibit_id}", datasets.exhibit),
    Route("/api/v1/datasets/{dataset_id}/tables/{table}.csv", datasets.table),
    Route("/api/v1/datasets/{dataset_id}/{name:dataset_file}", datasets.file),
    Route("/api/v1/hearings", hearings.list_hearings),
    Route("/api/v1/hearings/{hearing_id}", hearings.hearing),
    Route("/api/v1/hearings/{hearing_id}/feed.atom", feeds.of_hearing),
    Route("/api/v1/hearings/{hearing_id}/answers", answers_of_hearings.of_hearing),
    Route("/api/v1/hearings/{hearing_id}/answers.csv", answers_of_hearings.of_hearing_as_csv),
    Route("/api/v1/hearings/{hearing_id}/moderation", moderation.data),
    Route("/api/v1/hearings/{hearing_id}/agenda", agenda.agenda),
    Route("/api/v1/hearings/{hearing_id}/lottery", agenda.lottery),
    Route("/api/v1/hearings/{hearing_id}/minutes", agenda.minutes),
    Route("/api/v1/hearings/{hearing_id}/room", agenda.room),
    Route("/api/v1/hearings/{hearing_id}/comments", hearings.published),
    Route("/api/v1/hearings/{hearing_id}/comments", comments.submit_comment, methods=["POST"]),
    Route("/api/v1/hearings/{hearing_id}/files", files.list_files),
    Route("/api/v1/hearings/{hearing_id}/statements", voting.statements),
    Route("/api/v1/hearings/{hearing_id}/votes", voting.vote, methods=["POST"]),
    Route("/api/v1/hearings/{hearing_id}/votes.csv", voting.votes),
    Route("/api/v1/hearings/{hearing_id}/open-data.zip", packs.open_data),
    Route("/api/v1/record", record.ledger_head),
    Route("/api/v1/record/bundle.jsonl", record.bundle),
    Route("/api/v1/record/checkpoint", record.checkpoint),
    Route("/api/v1/record/comments/{comment_id}/proof", record.comment_proof),
    Route("/api/v1/record/consistency", record.consistency),
    Route("/api/v1/record/events", record.ledger_events),
    Route("/api/v1/record/events/{seq:version}/proof", record.inclusion),
    Route("/feed.atom", feed.atom),
    Route("/record", pages.index),
    Route("/record/agencies/{agency}/answers", answers_of_hearings.page_of_agency),
    Route("/record/answers", answers_of_hearings.page),
    Route("/record/compare", register.compare_page),
    Route("/record/corrections", corrections.page),
    Route("/record/coverage", register.coverage_page),
    Route("/record/keys", agencies.page),
    Route("/record/rights", requests.page),
    Route("/record/my-request", asking.mine, methods=["GET", "POST"]),
    Route("/record/score-card", pages.score_card),
    Route("/record/standard", pages.standard),
    Route("/record/prohibited-uses", rules.page),
    Route("/record/supervision", supervision.page),
    Route("/record/audits/{audit_id}", supervision.audit_page),
    Route("/record/style.css", pages.style),
    Route("/record/verifier.py", record.verifier),
    Route("/record/systems/{system_id}", pages.system),
    Route("/record/systems/{system_id}/changes", pages.changes),
    Route("/record/systems/{system_id}/corrections", corrections.page_of_system),
    Route("/record/systems/{system_id}/exports", exchange.page),
    Route("/record/systems/{system_id}/request", asking.ask, methods=["GET", "POST"]),
    Route("/record/systems/{system_id}/impact", impact.page),
    Route("/record/systems/{system_id}/{version:version}", pages.system),
    Route("/record/hearings.ics", calendars.of_all),
    Route("/record/hearings/{hearing_id}.ics", calendars.of_hearing),
    Route("/record/hearings/{hearing_id}", pages.hearing),
    Route("/record/hearings/{hearing_id}/agenda", agenda.agenda_page),
    Route("/record/hearings/{hearing_id}/minutes", agenda.minutes_page),
    Route("/record/hearings/{hearing_id}/moderation", moderation.page),
    Route("/record/hearings/{hearing_id}/card", cards.blank),
    Route("/record/hearings/{hearing_id}/files/{file_id}", files.public),
    Route("/my-comment/files", files.own, methods=["GET", "POST"]),
    Route("/record/hearings/{hearing_id}/answers", answers_of_hearings.page_of_hearing),
    Route("/follow/{token}", answers_of_hearings.follow),
    Route("/record/hearings/{hearing_id}/statements", voting.page),
    Route("/favicon.svg", pages.favicon),
    Route("/favicon.png", pages.favicon),
    Route("/robots.txt", pages.robots),
    Route("/sign-in", sign_in.sign_in, methods=["GET", "POST"]),
    Route("/sign-in/code", sign_in.code, methods=["GET", "POST"]),
    Route("/sign-in/provider", provider.sign_in, methods=["POST"]),
    Route("/sign-in/provider/return", provider.come_back),
    Route("/sign-out", sign_in.sign_out, methods=["GET", "POST"]),
    Route("/invitation/{token}", sign_in.invitation, methods=["GET", "POST"]),
    Route("/invitation/{token}/provider", provider.accept, methods=["POST"]),
    Route("/reset/{token}", sign_in.reset, methods=["GET", "POST"]),
    Route("/account", account.account),
    Route("/account/second-step", account.second_factor, methods=["GET", "POST"]),
    Route("/account/sessions", account.other_sessions, methods=["POST"]),
    Route("/confirm", confirm.confirm, methods=["GET", "POST"]),
    Route("/confirm/provider", provider.confirm, methods=["POST"]),
    Route("/desk/exports/{hearing_id}-moderation.csv", moderation.log),
    Route("/desk/exports/{hearing_id}.{form}", exports.export),
    Route("/desk/packs/{hearing_id}.zip", packs.pack),
    Route("/desk/packs-made/{pack_id}", made_packs.fetch),
    Route("/desk/briefings/{hearing_id}.docx", briefings.word),
    Route("/desk/briefings/{hearing_id}", briefings.page),
    Route("/desk/cards/{hearing_id}", cards.printed, methods=["GET", "POST"]),
    Route("/desk/files/{file_id}", files.for_staff),
    Route("/desk/entries/upload", drafts.upload, methods=["GET", "POST"]),
    Route("/desk/entries/{draft_id}.yaml", drafts.as_yaml_file),
]
