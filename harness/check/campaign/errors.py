"""What a campaign or a replay cannot do."""

from __future__ import annotations

from harness.errors import PoolproofError


class CampaignError(PoolproofError):
    """The specification lacks what is needed to execute it beside the contract; the message names it."""
