"""What is wrong with a text that should be an e-mail address."""

import re
import unicodedata

MAX_LENGTH = 254
MAX_BEFORE_AT = 64
_BEFORE_AT = re.compile(r"[^\s@<>()\[\],;:\\\".]+(\.[^\s@<>()\[\],;:\\\".]+)*")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")


def address_problem(text: str) -> str:
    """Say what is wrong with an e-mail address; '' where it may be one.

    Addresses with other letters than a to z, before and after the @, are allowed; quoted names before the @,
    and numbers in the place of a domain, are not: on a list of people they are mistakes.
    """
    hidden = [each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")]
    if hidden:
        return f"holds a character that cannot be seen (U+{ord(hidden[0]):04X}); type the address anew"
    if text[:1] in ("=", "+", "-"):
        return f"begins with '{text[0]}', as no address of a person does"
    if re.search(r"[<>,;]|@.*@", text):
        return "is more than one address, or has a name around it; give the address alone"
    before, at, domain = text.rpartition("@")
    if not at:
        return "is no e-mail address: it has no @"
    if not _BEFORE_AT.fullmatch(before) or len(before) > MAX_BEFORE_AT:
        return "is no e-mail address: look at what stands before the @"
    if not _is_domain(domain) or len(text) > MAX_LENGTH:
        return "is no e-mail address: look at what stands behind the @"
    return ""


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    return len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
