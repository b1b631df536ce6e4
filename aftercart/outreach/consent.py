"""Consent has its home in people, where the pipeline's earlier stages can reach it too."""

from aftercart.connectors.sending import EMAIL
from aftercart.people.consent import refused_of
from aftercart.plumbing.addresses import address_hash

__all__ = ["EMAIL", "address_hash", "refused_of"]
