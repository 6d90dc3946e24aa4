"""Every error once: a stable code and what becomes of the operation. The sentences are in messages/."""

from __future__ import annotations

from enum import Enum
from typing import Dict, Union


class Retry(Enum):
    """What becomes of an operation that failed."""

    LATER = "later"  # it may heal by itself: the panel repeats it
    PERSON = "person"  # repeating is pointless until a person has acted: manual, with a task
    LOOK = "look"  # the request may have been carried out: the next run looks before it acts


LATER, PERSON, LOOK = Retry.LATER, Retry.PERSON, Retry.LOOK

CODES: Dict[str, Retry] = {
    # -- the call itself -------------------------------------------------------------------------------------
    "bad_call": PERSON,
    "bad_input": PERSON,
    "internal": LATER,
    "no_rights": PERSON,
    "no_question": PERSON,
    "why_missing": PERSON,
    "choose_one": PERSON,
    "answer_kept": PERSON,
    "answer_first": PERSON,
    "nothing_to_start": PERSON,
    "operation_gone": PERSON,
    "do_nothing": PERSON,
    # -- the panel -------------------------------------------------------------------------------------------
    "panel_unreachable": LATER,
    "panel_refused": LATER,
    "panel_database": LATER,
    "panel_data": PERSON,
    "panel_key": PERSON,
    # -- the way to the upstream -----------------------------------------------------------------------------
    "url_bad": PERSON,
    "upstream_unreachable": LATER,
    "upstream_certificate": PERSON,
    "upstream_redirect": PERSON,
    "upstream_answer": LATER,
    "upstream_trouble": LATER,
    "not_billmanager": PERSON,
    "other_dialect": PERSON,
    "invalid_login_or_passwd": PERSON,
    "account_paused": PERSON,
    "address_closed": PERSON,
    "login_blocked": LATER,
    "two_factor": PERSON,
    "captcha": PERSON,
    "upstream_wall": LATER,
    "rights_missing": PERSON,
    "account_not_found": PERSON,
    "account_currency": PERSON,
    # -- what is bought --------------------------------------------------------------------------------------
    "name_bad": PERSON,
    "ns_bad": PERSON,
    "contact_bad": PERSON,
    "tariff_not_found": PERSON,
    "period_not_found": PERSON,
    "low_balance": PERSON,
    "unpaid_order": PERSON,
    "tariff_unlinked": PERSON,
    "tariff_gone": PERSON,
    "tariff_closed": PERSON,
    "addon_bad": PERSON,
    "choice_bad": PERSON,
    "upstream_stuck": PERSON,
    "suspended_by_provider": PERSON,
    "suspended_there": PERSON,
    "two_alike": PERSON,
    "upstream_refused": PERSON,
    "min_order": PERSON,
    "too_soon": PERSON,
    "not_ours": PERSON,
    "name_taken": PERSON,
    "name_busy": PERSON,
    "tariff_unknown": PERSON,
    "no_remote": PERSON,
    "remote_gone": PERSON,
    "remote_unseen": PERSON,
    "auto_renewal_on": PERSON,
    "auto_renewal_unseen": PERSON,
    "date_earlier": PERSON,
    "date_bad": LATER,
    "upstream_slow": PERSON,
    "pending": LATER,
    # -- what must not happen twice --------------------------------------------------------------------------
    "lost_answer": LOOK,
    "in_doubt_bought": PERSON,
    "in_doubt_same_renewal": PERSON,
    "in_doubt_same_item": PERSON,
    "panel_restored": PERSON,
    "ended_together": PERSON,
    "other_account": PERSON,
    "item_deleted": PERSON,
    "too_early": PERSON,
    "held_by_other": PERSON,
    "upstream_busy": LATER,
    "item_busy": LATER,
    "account_busy": LATER,
    "not_an_operation": PERSON,
    "other_purchase": PERSON,
    "copied_panel": PERSON,
    "state_unusable": PERSON,
    "state_newer": PERSON,
    "bought_since": PERSON,
    "switched_off": PERSON,
    "try_later": LATER,
}


class Phrase(str):
    """A word or a part of a sentence for people, by its code in messages/phrases.py: `Phrase("empty")`.

    params fill its text; a param may be a phrase. As a str it is what the log shows: `not_in_zone(zone=.ru)`.
    """

    __slots__ = ("code", "params")
    code: str
    params: Dict[str, str]

    def __new__(cls, code: str, /, **params: object) -> Phrase:
        said = _texts(params)
        shown = ", ".join(f"{name}={value}" for name, value in said.items())
        phrase = super().__new__(cls, f"{code}({shown})" if said else code)
        phrase.code, phrase.params = code, said
        return phrase


class Raw(str):
    """What somebody else said (the provider, the system, SQLite): shown as it is in every language."""

    __slots__ = ()

    def __new__(cls, said: object) -> Raw:
        return super().__new__(cls, said)


Words = Union[Phrase, Raw]


class Failure(Exception):
    """Something did not work.

    code    a key of CODES
    params  fill the sentence: texts as they are, and phrases, which exist in both languages
    detail  for the log only

    messages.text(failure, lang) is the sentence for a person; str(failure) is for the log.
    """

    def __init__(self, code: str, /, *, detail: str = "", **params: object) -> None:
        self.code = code
        self.retry = CODES[code]
        self.params = _texts(params)
        self.detail = detail
        super().__init__(" ".join([f"{code}:", *(f"{name}={value}" for name, value in self.params.items())]))


def _texts(params: Dict[str, object]) -> Dict[str, str]:
    return {name: value if isinstance(value, str) else str(value) for name, value in params.items()}


class NotSent(Failure):
    """Nothing left this machine, or what left cannot have been carried out."""


class Refused(Failure):
    """The upstream read the request and said no: nothing was done."""


class NoAnswer(Failure):
    """The request left this machine and no readable answer came back: it may have been carried out."""
