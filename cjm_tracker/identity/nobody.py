"""Which values mean nobody: what systems, and people at their forms, write for want of a value."""

from __future__ import annotations

import re
from collections.abc import Collection

MAX_VALUE = 512

# Compared without case, for every kind. One that ends in @ is that mailbox at every domain.
_LITERALS = """
0, -1, #n/a, n/a, n.a., n.a, na, nan, nil, null, none, (null), (none), [null], <null>,
true, false, undefined, unknown, (unknown), unspecified, [object object], object, string,
not set, (not set), not_set, notset, not available, not applicable, not provided, (not provided),
not specified, not found, not_authenticated, unauthenticated, not logged in, missing, empty,
anonymous, anonymous user, anonymous_user, anon, guest, guest user, guest_user, no name,
user, username, user_id, userid, user id, id, uid, uuid, default, dummy, example,
invalid, error, test, test user, test_user, testuser, testing,
email, no email, no_email, no-email, noemail, no mail, no phone, no_phone, no-phone, nophone,
a@a.a, a@a.com, a@b.c, aa@aa.aa, aaa@aaa.aaa, test@test, test@test.com, test@test.test,
test@example.com, user@example.com, email@example.com, name@example.com, none@none, none@none.com,
no@no.com, no@email.com, noemail@noemail.com, null@null, null@null.com,
noreply@, no-reply@, no_reply@, no.reply@, donotreply@, do-not-reply@, mailer-daemon@,
1234567890, 00000000-0000-0000-0000-000000000000, ffffffff-ffff-ffff-ffff-ffffffffffff,
неизвестно, неизвестен, неизвестна, неизвестный, неизвестная, нет, нет данных, нет почты,
не указано, не указан, не указана, отсутствует, пусто, гость, аноним, анонимный, анонимно,
пользователь, няма, няма данни, няма имейл, не е посочено, не е посочен, липсва, празно, гост,
анонимен, анонимна, потребител, тест, тестов, тестовый
"""
BLOCKED = frozenset(re.split(r",\s+", _LITERALS.strip()))

_NOT_FILLED_IN = re.compile(
    r"\{\{.*\}\}|[$%#]\{.*\}|<%.*%>|\*\|.*\|\*"  # a template nobody rendered: {{user_id}}, %{uid}
    r"|\*\*|••"  # masked
    r"|[\ud800-\udfff]",  # half a character, which no system can have meant
    re.DOTALL,
)
# What most values are made of, and no template or mask is.
_ORDINARY = re.compile(r"[a-z0-9@._+ -]*")
_RUNS = ("0123456789" * 3, "1234567890" * 3, "9876543210" * 3)


def means_nobody(value: str, blocked: Collection[str]) -> bool:
    """Whether the value names no one, whatever its kind; `blocked` is in folded case."""
    folded = value.casefold()
    bare = folded.strip("+- ()")  # blank, or "-"
    mailbox, at, _ = folded.partition("@")
    return (
        not bare
        or len(folded) > MAX_VALUE
        or folded in blocked
        or (bool(at) and mailbox + at in blocked)
        or _one_sign(bare)
        or (_ORDINARY.fullmatch(folded) is None and _NOT_FILLED_IN.search(folded) is not None)
    )


def is_made_up(digits: str) -> bool:
    """Whether somebody ran a finger along the keys: 111111, 123456, 9876543210."""
    repeated = len(digits) > 2 and len(set(digits)) == 1
    return repeated or (len(digits) >= 6 and any(run.startswith(digits) for run in _RUNS))


def _one_sign(value: str) -> bool:
    """000, xxxx, 999999; but not 111 or 2222, which may well be somebody's number."""
    if len(value) <= 2 or len(set(value)) > 1:
        return False
    return len(value) >= 6 or value[0] == "0" or not value[0].isdigit()
