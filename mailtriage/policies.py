"""What the settings mean for decisions and promises: the rooms below know no settings, only these values.

The trap is a number that is read in two places: here and only here a setting becomes a bound of a decision.
"""

from datetime import timedelta

from mailtriage.configuration import Configuration
from mailtriage.reply.deadline import Norms, Terms, WorkCalendar
from mailtriage.settings import DeadlineSettings
from mailtriage.triage.policy import Policy


def build_norms(wanted: DeadlineSettings) -> Norms:
    """What promises are made of, out of the settings."""
    days = {("" if name == "other" else str(name)): value for name, value in wanted.days.items()}
    own = {("" if name == "other" else str(name)): value for name, value in wanted.categories.items()}
    return Norms(
        days=days,
        counterparty=wanted.counterparty,
        per_further_request=wanted.per_further_request,
        missing_documents=wanted.missing_documents,
        limit=wanted.limit,
        extended_limit=wanted.extended_limit,
        daily_capacity=wanted.daily_capacity,
        topics={name: Terms(**terms.model_dump()) for name, terms in wanted.topics.items()},
        queues={name: Terms(**terms.model_dump()) for name, terms in wanted.queues.items()},
        categories={name: Terms(**terms.model_dump()) for name, terms in own.items()},
        kept=wanted.kept,
        weeks=wanted.weeks,
    )


def build_policy(configuration: Configuration, calendar: WorkCalendar) -> Policy:
    """What decisions depend on, out of the settings."""
    settings = configuration.settings
    return Policy(
        own_addresses=frozenset(address.casefold() for address in settings.own_addresses),
        norms=build_norms(settings.deadlines),
        calendar=calendar,
        authserv_id=settings.authserv_id,
        reply_address=settings.reply_address,
        folders=settings.folders.model_dump(),
        forwards=dict(settings.forwards),
        replies_per_day=settings.limits.replies_per_day,
        notice_period=timedelta(hours=settings.limits.notice_hours),
        same_matter_within=timedelta(days=settings.limits.same_matter_days),
        time_zone=settings.time_zone,
    )
