"""Campaigns: random sequences of calls on contract and model alike, everything compared at every call."""

from harness.check.campaign.errors import CampaignError
from harness.check.campaign.options import Options
from harness.check.campaign.result import CampaignResult
from harness.check.campaign.runner import run_campaign

__all__ = ["CampaignError", "CampaignResult", "Options", "run_campaign"]
