"""The version of Vedette, as alerts and pages name it."""

from importlib.metadata import version

VERSION = f"vedette/{version('vedette')}"
