"""What our own server found about the sender: Authentication-Results (RFC 8601), ours alone.

The trap: anybody can put such a field into a message, so only fields that name our configured authserv-id count, and
of those only the topmost; libraries stumble over fields without an authserv-id, so the reading is tolerant.
"""

import re

from mailtriage.mail.fields import Header
from mailtriage.mail.message import Authentication

_QUOTED = re.compile(r'"[^"]*"')
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dkim|spf|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_DKIM_DOMAIN = re.compile(r"header\.(?:d|i)\s*=\s*\"?@?(?:[^\s;\"@]*@)?([^\s;\"]+)", re.IGNORECASE)
_MAX_NESTED_COMMENTS = 5
_BEST_FIRST = ("pass", "neutral", "none", "policy", "temperror", "permerror", "softfail", "fail")


def authentication(header: Header, authserv_id: str | None, from_domain: str) -> Authentication:
    """The results of our server, or an empty Authentication where it said nothing or none is configured."""
    if not authserv_id:
        return Authentication()
    for value in header.all("authentication-results"):
        text = value.decode("latin-1")
        # The sender's own words stand in quotes and comments: "x; dmarc=pass"@evil.example is no result.
        text = _QUOTED.sub(lambda quoted: re.sub(r"[^\w.@\-\"]", "_", quoted[0]), text)
        for _ in range(_MAX_NESTED_COMMENTS):
            text, found = _COMMENT.subn(" ", text)
            if not found:
                break
        identity, _, results = text.partition(";")
        words = identity.split()
        if words and words[0].strip('"').casefold() == authserv_id.casefold():
            return _results(results, from_domain.lower())
    return Authentication()


def _results(text: str, from_domain: str) -> Authentication:
    found: dict[str, str] = {}
    aligned = False
    for clause in text.split(";"):
        match = _RESULT.match(clause)
        if not match:
            continue
        method, result = match[1].lower(), match[2].lower()
        domains = [domain.lower().rstrip(".") for domain in _DKIM_DOMAIN.findall(clause)]
        if method == "dkim" and result == "pass" and any(_aligned(domain, from_domain) for domain in domains):
            aligned = True
        if method == "dmarc" and result == "pass":
            aligned = True
        if method not in found or _rank(result) < _rank(found[method]):
            found[method] = result
    return Authentication(found.get("dkim"), found.get("spf"), found.get("dmarc"), aligned)


def _aligned(domain: str, from_domain: str) -> bool:
    """Relaxed alignment (RFC 7489 3.1.1), without a public suffix list: one is the other's parent."""
    if not from_domain or "." not in domain:
        return False
    return from_domain == domain or from_domain.endswith(f".{domain}") or domain.endswith(f".{from_domain}")


def _rank(result: str) -> int:
    return _BEST_FIRST.index(result) if result in _BEST_FIRST else len(_BEST_FIRST)
