"""How a collection may move: the one table. Pages, API, worker and tests read it; docs/states.md is drawn from it.

A row: from a state, by an event, done by one of `who`, where the guards hold, to the next state. `stamps` are columns set
to now; `effects` are what happens with it (see moves.py). What is not in the table is impossible.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gradphoto.collection.models.collection import State


class Who(StrEnum):
    """Who may do a thing."""

    STUDENT = "student"
    SUPPORT = "support"
    FINANCE = "finance"
    REVIEWER = "reviewer"
    SCHOOL = "school"
    SYSTEM = "system"


class Event(StrEnum):
    """What can happen to a collection."""

    PAY = "pay"
    REFUND = "refund"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    OPEN = "open"
    RELEASE = "release"
    APPROVE = "approve"
    APPROVE_FIRST = "approve_first"
    REJECT = "reject"
    UNDO = "undo"
    DISPUTE = "dispute"
    CLOSE = "close"
    HAND_OVER = "hand_over"
    REGISTER = "register"
    RETURN = "return"
    PROOF_RIGHT = "proof_right"
    PROOF_WRONG = "proof_wrong"
    ERASE = "erase"


@dataclass(frozen=True)
class Transition:
    """One row of the table."""

    state: State
    event: Event
    next: State
    who: frozenset[Who]
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()


def _row(
    state: State, event: Event, to: State, who: tuple[Who, ...], guards: str = "", effects: str = ""
) -> Transition:
    return Transition(state, event, to, frozenset(who), tuple(guards.split()), tuple(effects.split()))


S, E, W = State, Event, Who
TABLE: tuple[Transition, ...] = (
    #    from             event             to               who                                guards                effects
    _row(S.VERIFIED,      E.PAY,            S.PAID,          (W.SYSTEM,),                       "",                   "stamp_paid notify_paid"),
    _row(S.PAID,          E.REFUND,         S.VERIFIED,      (W.STUDENT, W.SYSTEM, W.FINANCE),  "never_submitted",    "clear_paid"),
    _row(S.PAID,          E.SUBMIT,         S.SUBMITTED,     (W.STUDENT,),                      "before_deadline",    "stamp_submitted"),
    _row(S.REJECTED,      E.SUBMIT,         S.SUBMITTED,     (W.STUDENT,),                      "before_deadline",    "stamp_submitted"),
    _row(S.SUBMITTED,     E.WITHDRAW,       S.PAID,          (W.STUDENT, W.SUPPORT),            "",                   "clear_submitted"),
    _row(S.SUBMITTED,     E.OPEN,           S.IN_REVIEW,     (W.REVIEWER,),                     "",                   ""),
    _row(S.IN_REVIEW,     E.RELEASE,        S.SUBMITTED,     (W.REVIEWER, W.SYSTEM),            "",                   ""),
    _row(S.IN_REVIEW,     E.APPROVE,        S.APPROVED,      (W.REVIEWER,),                     "",                   "stamp_decided notify_approved"),
    _row(S.IN_REVIEW,     E.APPROVE_FIRST,  S.SECOND_LOOK,   (W.REVIEWER,),                     "",                   ""),
    _row(S.IN_REVIEW,     E.REJECT,         S.REJECTED,      (W.REVIEWER,),                     "",                   "stamp_decided notify_rejected"),
    _row(S.SECOND_LOOK,   E.APPROVE,        S.APPROVED,      (W.REVIEWER,),                     "",                   "stamp_decided notify_approved"),
    _row(S.SECOND_LOOK,   E.REJECT,         S.REJECTED,      (W.REVIEWER,),                     "",                   "stamp_decided notify_rejected"),
    _row(S.SECOND_LOOK,   E.UNDO,           S.IN_REVIEW,     (W.REVIEWER,),                     "",                   ""),
    _row(S.APPROVED,      E.UNDO,           S.IN_REVIEW,     (W.REVIEWER,),                     "",                   "clear_decided"),
    _row(S.REJECTED,      E.UNDO,           S.IN_REVIEW,     (W.REVIEWER,),                     "",                   "clear_decided"),
    _row(S.REJECTED,      E.DISPUTE,        S.SUBMITTED,     (W.STUDENT,),                      "",                   "stamp_submitted"),
    _row(S.PAID,          E.CLOSE,          S.CLOSED,        (W.FINANCE,),                      "",                   "notify_closed"),
    _row(S.SUBMITTED,     E.CLOSE,          S.CLOSED,        (W.FINANCE,),                      "",                   "notify_closed"),
    _row(S.REJECTED,      E.CLOSE,          S.CLOSED,        (W.FINANCE,),                      "",                   "notify_closed"),
    _row(S.APPROVED,      E.HAND_OVER,      S.HANDED_OVER,   (W.SCHOOL, W.SYSTEM),              "",                   ""),
    _row(S.HANDED_OVER,   E.REGISTER,       S.REGISTERED,    (W.SYSTEM,),                       "",                   "notify_registered"),
    _row(S.HANDED_OVER,   E.RETURN,         S.REJECTED,      (W.SYSTEM,),                       "",                   "notify_rejected"),
    _row(S.REGISTERED,    E.PROOF_RIGHT,    S.PROOFREAD,     (W.STUDENT, W.SCHOOL, W.SYSTEM),   "",                   ""),
    _row(S.REGISTERED,    E.PROOF_WRONG,    S.PROOF_WRONG,   (W.STUDENT, W.SCHOOL, W.SYSTEM),   "",                   ""),
    _row(S.PROOF_WRONG,   E.PROOF_RIGHT,    S.PROOFREAD,     (W.SCHOOL, W.SYSTEM),              "",                   ""),
    _row(S.VERIFIED,      E.ERASE,          S.ERASED,        (W.STUDENT, W.SUPPORT, W.SYSTEM),  "",                   "erase_data"),
    _row(S.CLOSED,        E.ERASE,          S.ERASED,        (W.STUDENT, W.SUPPORT, W.SYSTEM),  "",                   "erase_data"),
    _row(S.PROOFREAD,     E.ERASE,          S.ERASED,        (W.SUPPORT, W.SYSTEM),             "",                   "erase_data"),
)  # fmt: skip
MOVES: dict[tuple[State, Event], Transition] = {(row.state, row.event): row for row in TABLE}
