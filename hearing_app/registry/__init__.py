"""The register: what each system is, who answers for it, what is claimed, and what the sources support."""
