"""The values that every room speaks (DESIGN terms): frozen, standard library only.

Those that polls make by the thousand (``@value``) are frozen by the type checker alone.

Times are aware UTC and end in ``_at``; sequences are tuples; text never carries markup unless its
docstring says "safe HTML" (made safe by :mod:`aggregator.wire.clean`).

``sources`` what is declared and learnt · ``documents`` what is asked and answered · ``polls`` from
lease to result · ``items`` what is stored and published · ``stories`` what it is grouped into ·
``wire`` how editors ask for those · ``briefs`` what the desk wrote of it · ``pages`` where its
reports are · ``feeds`` what the operator publishes · ``pictures`` how theirs are shown ·
``editors`` who writes · ``operations`` what operators are told · ``value`` what they share.
"""

from __future__ import annotations

from aggregator.domain.briefs import (
    Alert,
    AlertKind,
    AuditEntry,
    Brief,
    BriefQuery,
    BriefRevision,
    BriefState,
    Citation,
    Claim,
    Correction,
    Edit,
    Filed,
    Wording,
)
from aggregator.domain.documents import (
    Credential,
    Document,
    ParsedFeed,
    ParsedItem,
    Picture,
    Ping,
    Request,
    Sighting,
)
from aggregator.domain.editors import (
    Attempt,
    Editor,
    Role,
    Session,
)
from aggregator.domain.feeds import (
    Archive,
    ArchivedEntry,
    DeclaredFeed,
    EntryKind,
)
from aggregator.domain.items import (
    Edition,
    Item,
    ItemQuery,
    ListedItem,
    Revision,
)
from aggregator.domain.operations import (
    Alarm,
    Incident,
    PollError,
    Queue,
    QueueCounts,
    Size,
    Space,
    Token,
    Trouble,
)
from aggregator.domain.pages import ArticleText, Watch
from aggregator.domain.pictures import (
    HostedPicture,
    PictureState,
    Rendition,
)
from aggregator.domain.polls import (
    Change,
    Decision,
    Due,
    Gap,
    Job,
    KnownItem,
    Marks,
    Notice,
    NoticeKind,
    Outcome,
    PollReport,
    PollResult,
)
from aggregator.domain.sources import (
    Hints,
    HostBudget,
    PollState,
    Republish,
    RobotsFile,
    Source,
    SourceHealth,
    SourceStatus,
    Subscription,
)
from aggregator.domain.stories import (
    Grouped,
    Kept,
    LedgerEntry,
    Link,
    Member,
    Placement,
    Progress,
    Report,
    Resumed,
    Standing,
    State,
    Story,
    StoryQuery,
    StoryState,
)
from aggregator.domain.wire import (
    Look,
    Place,
    WireQuery,
    WireRow,
)

__all__ = [
    "Alarm",
    "Alert",
    "AlertKind",
    "Archive",
    "ArchivedEntry",
    "ArticleText",
    "Attempt",
    "AuditEntry",
    "Brief",
    "BriefQuery",
    "BriefRevision",
    "BriefState",
    "Change",
    "Citation",
    "Claim",
    "Correction",
    "Credential",
    "Decision",
    "DeclaredFeed",
    "Document",
    "Due",
    "Edit",
    "Edition",
    "Editor",
    "EntryKind",
    "Filed",
    "Gap",
    "Grouped",
    "Hints",
    "HostBudget",
    "HostedPicture",
    "Incident",
    "Item",
    "ItemQuery",
    "Job",
    "Kept",
    "KnownItem",
    "LedgerEntry",
    "Link",
    "ListedItem",
    "Look",
    "Marks",
    "Member",
    "Notice",
    "NoticeKind",
    "Outcome",
    "ParsedFeed",
    "ParsedItem",
    "Picture",
    "PictureState",
    "Ping",
    "Place",
    "Placement",
    "PollError",
    "PollReport",
    "PollResult",
    "PollState",
    "Progress",
    "Queue",
    "QueueCounts",
    "Rendition",
    "Report",
    "Republish",
    "Request",
    "Resumed",
    "Revision",
    "RobotsFile",
    "Role",
    "Session",
    "Sighting",
    "Size",
    "Source",
    "SourceHealth",
    "SourceStatus",
    "Space",
    "Standing",
    "State",
    "Story",
    "StoryQuery",
    "StoryState",
    "Subscription",
    "Token",
    "Trouble",
    "Watch",
    "WireQuery",
    "WireRow",
    "Wording",
]
