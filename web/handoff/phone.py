"""Telephone numbers as people write them, checked with libphonenumber's data."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from safety.replies import CLINIC

#: What a telephone number may be called from here: the US with its territories.
_REGIONS = {"US", "PR", "VI", "GU", "AS", "MP"}
_SHORT = {CLINIC["emergency"], CLINIC["lifeline"]}
#: What libphonenumber cannot even read, where there is more to say than that.
_UNREAD = {
    NumberParseException.INVALID_COUNTRY_CODE: "phone_not_us",
    NumberParseException.TOO_SHORT_AFTER_IDD: "phone_too_short",
    NumberParseException.TOO_SHORT_NSN: "phone_too_short",
    NumberParseException.TOO_LONG: "phone_too_long",
}
#: Digits of a number without its area code.
_LOCAL_DIGITS = 7


class PhoneMistake(ValueError):
    """A number that cannot be called. Its text is the mistake's name in data/handoff.yml."""


def read_phone(written: str) -> str:
    """A US telephone number, with or without extension, in any usual way of writing it.

    Args:
        written: for example "(312) 555-0188 x12".

    Returns:
        the number as RFC 3966 has it, ``tel:+1-312-555-0188;ext=12``.

    Raises:
        PhoneMistake: it cannot be called; its text says why.
    """
    if not written:
        raise PhoneMistake("phone_missing")
    if re.sub(r"\D", "", written) in _SHORT:
        raise PhoneMistake("phone_crisis_line")
    try:
        number = phonenumbers.parse(written, "US")
    except NumberParseException as error:
        raise PhoneMistake(_UNREAD.get(error.error_type, "phone_not_a_number")) from error
    _check_length(number)
    if number.country_code != 1:
        raise PhoneMistake("phone_not_us")
    if not phonenumbers.is_valid_number(number):
        raise PhoneMistake("phone_does_not_exist")
    if phonenumbers.region_code_for_number(number) not in _REGIONS and not _toll_free(number):
        raise PhoneMistake("phone_not_us")
    if number.national_number == _national(CLINIC["clinic_phone"]):
        raise PhoneMistake("phone_clinics_own")
    return phonenumbers.format_number(number, PhoneNumberFormat.RFC3966)


def shown(address: str) -> str:
    """A number that :func:`read_phone` gave, for people: "(312) 555-0188 ext. 12"; anything else as it is."""
    try:
        number = phonenumbers.parse(address, "US")
    except NumberParseException:
        return address
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def _check_length(number: PhoneNumber) -> None:
    """Holds a number to as many digits as numbers of its country have."""
    length = phonenumbers.is_possible_number_with_reason(number)
    if length == ValidationResult.TOO_LONG:
        raise PhoneMistake("phone_too_long")
    if length == ValidationResult.IS_POSSIBLE_LOCAL_ONLY or len(str(number.national_number)) == _LOCAL_DIGITS:
        raise PhoneMistake("phone_no_area_code")
    if length != ValidationResult.IS_POSSIBLE:
        raise PhoneMistake("phone_too_short")


def _toll_free(number: PhoneNumber) -> bool:
    """Whether a number belongs to all countries of its plan."""
    return bool(phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE)


def _national(written: str) -> int | None:
    return phonenumbers.parse(written, "US").national_number
