"""Rules on prohibited and restricted uses: data in ``registry/rules``, and what each says about an entry.

A rule's answer is true, false or unknown: what an entry does not say is never taken for a no. The register
flags; it does not certify that a use is lawful.
"""
