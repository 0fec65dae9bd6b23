"""The only importer of an SMT solver."""
