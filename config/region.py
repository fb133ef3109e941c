"""Regions by code: `CN`, its divisions as `CN-` and the two digits of GB/T 2260, and other countries by ISO 3166-1."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from config.declaration import fault

# code: (Chinese name, English name)
REGIONS: dict[str, tuple[str, str]] = {
    "CN": ("全国", "China"),
    "CN-11": ("北京", "Beijing"),
    "CN-12": ("天津", "Tianjin"),
    "CN-13": ("河北", "Hebei"),
    "CN-14": ("山西", "Shanxi"),
    "CN-15": ("内蒙古", "Inner Mongolia"),
    "CN-21": ("辽宁", "Liaoning"),
    "CN-22": ("吉林", "Jilin"),
    "CN-23": ("黑龙江", "Heilongjiang"),
    "CN-31": ("上海", "Shanghai"),
    "CN-32": ("江苏", "Jiangsu"),
    "CN-33": ("浙江", "Zhejiang"),
    "CN-34": ("安徽", "Anhui"),
    "CN-35": ("福建", "Fujian"),
    "CN-36": ("江西", "Jiangxi"),
    "CN-37": ("山东", "Shandong"),
    "CN-41": ("河南", "Henan"),
    "CN-42": ("湖北", "Hubei"),
    "CN-43": ("湖南", "Hunan"),
    "CN-44": ("广东", "Guangdong"),
    "CN-45": ("广西", "Guangxi"),
    "CN-46": ("海南", "Hainan"),
    "CN-50": ("重庆", "Chongqing"),
    "CN-51": ("四川", "Sichuan"),
    "CN-52": ("贵州", "Guizhou"),
    "CN-53": ("云南", "Yunnan"),
    "CN-54": ("西藏", "Tibet"),
    "CN-61": ("陕西", "Shaanxi"),
    "CN-62": ("甘肃", "Gansu"),
    "CN-63": ("青海", "Qinghai"),
    "CN-64": ("宁夏", "Ningxia"),
    "CN-65": ("新疆", "Xinjiang"),
    "CN-71": ("台湾", "Taiwan"),
    "CN-81": ("香港", "Hong Kong"),
    "CN-82": ("澳门", "Macao"),
    "EU": ("欧盟", "European Union"),
    "US": ("美国", "United States"),
    "GB": ("英国", "United Kingdom"),
    "SG": ("新加坡", "Singapore"),
    "JP": ("日本", "Japan"),
    "KR": ("韩国", "South Korea"),
    "IN": ("印度", "India"),
}


def within(region: str, wider: str) -> bool:
    """Whether `region` is `wider` or lies in it: CN-31 is within CN."""
    return region == wider or region.startswith(f"{wider}-")


def _known(code: str) -> str:
    if code not in REGIONS:
        raise fault(f"{code!r} is no region known here", "write CN, a division such as CN-31, or a country such as SG")
    return code


Region = Annotated[str, AfterValidator(_known)]
