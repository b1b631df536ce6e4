"""Aftercart: post-purchase operations for direct-to-consumer brands."""
