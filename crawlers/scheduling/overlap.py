"""Compares two listings of a feed: which entries are new, and whether they join on to those known."""

from dataclasses import dataclass

# Pinned entries at the top are believed as long as they are no more than this share of the listing.
_PINNED_AT_MOST = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """The common entries of two listings of one feed."""

    new: tuple[int, ...]  # positions in the later listing
    known: int  # entries of the later listing that were in the earlier one, pinned ones left out
    pinned: int  # entries that stayed at the top while everything below them changed places
    size: int  # different entries of the later listing
    has_kept_all: bool  # nothing of the earlier listing is gone

    @property
    def is_continuous(self) -> bool:
        """Return whether nothing can have come and gone between the two listings."""
        return self.has_kept_all or self.known > 0

    @property
    def known_share(self) -> float:
        """Return the share of known entries, 0 to 1; pinned ones tell nothing and are left out."""
        rest = self.size - self.pinned
        return self.known / rest if rest > 0 else 1.0


def compare(previous: tuple[int, ...], keys: tuple[int, ...]) -> Overlap:
    """Return what the listing `keys` has in common with the one before it.

    In a list with the newest entry first, new entries push the known ones down. Known entries that did not move, with
    only new ones below them, are pinned: they stay however much was missed.
    """
    before = set(previous)
    seen: set[int] = set()
    new = []
    for position, key in enumerate(keys):
        if key not in seen:
            seen.add(key)
            if key not in before:
                new.append(position)
    known = len(seen) - len(new)
    has_kept_all = known == len(before)
    pinned = 0
    if (
        known
        and new
        and not has_kept_all
        and known <= len(seen) * _PINNED_AT_MOST
        and new[0] == known
        and previous[:known] == keys[:known]
    ):
        pinned = known
    return Overlap(new=tuple(new), known=known - pinned, pinned=pinned, size=len(seen), has_kept_all=has_kept_all)
