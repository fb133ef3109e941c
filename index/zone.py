"""The zone in which the watched publishers date what they publish; stored times are UTC."""

from __future__ import annotations

from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
