from aftercart.cli.importing.command import import_

__all__ = ["import_"]
