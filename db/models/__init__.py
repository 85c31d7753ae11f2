"""The tables. Column docstrings say what a value means and in which unit."""

from db.models.alerts import (
    Channel,
    Delivery,
    IndexedRevision,
    MatchRow,
    OutboxEntry,
    Recipient,
    SavedQuery,
    Subscription,
)
from db.models.articles import (
    AddressState,
    Article,
    ArticleAddress,
    ClusterLink,
    FingerprintRow,
    Intake,
    Revision,
    RevisionAttempt,
    SketchHash,
    Suspect,
    UnverifiedRevision,
)
from db.models.base import Base
from db.models.collection import Capture, Feed, HostLease, Page, Sighting
from db.models.coverage import (
    CoverageCell,
    CoverageDirty,
    CoverageFact,
    CoverageMark,
    CoverageSeries,
    CoverageState,
    Outcome,
    Problem,
)
from db.models.exports import ChangeClock, ExportCursor, ExportSchedule
from db.models.sources import CatalogueOutlet, Source, SourceDomain
from db.models.stories import StoryDecision, StoryPair
from db.models.vocabulary import Entity, MentionRow, VocabularyVersion

__all__ = [
    "AddressState",
    "Article",
    "ArticleAddress",
    "Base",
    "Capture",
    "CatalogueOutlet",
    "ChangeClock",
    "Channel",
    "ClusterLink",
    "CoverageCell",
    "CoverageDirty",
    "CoverageFact",
    "CoverageMark",
    "CoverageSeries",
    "CoverageState",
    "Delivery",
    "Entity",
    "ExportCursor",
    "ExportSchedule",
    "Feed",
    "FingerprintRow",
    "HostLease",
    "IndexedRevision",
    "Intake",
    "MatchRow",
    "MentionRow",
    "OutboxEntry",
    "Outcome",
    "Page",
    "Problem",
    "Recipient",
    "Revision",
    "RevisionAttempt",
    "SavedQuery",
    "Sighting",
    "SketchHash",
    "Source",
    "SourceDomain",
    "StoryDecision",
    "StoryPair",
    "Subscription",
    "Suspect",
    "UnverifiedRevision",
    "VocabularyVersion",
]
