"""Decides properties: by proof, by campaign, by replay; always as a verdict."""
