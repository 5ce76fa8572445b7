"""What the columns of a roster are, guessed from their headers in Chinese or English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.written import folded

HEADER_WITHIN = 20


class Column(models.TextChoices):
    BUILDING = "building", _("building")
    ENTRANCE = "entrance", _("entrance")
    FLOOR = "floor", _("floor")
    NUMBER = "number", _("room")
    POSITION = "position", _("address in one cell")
    AREA = "area", _("area in m²")
    USE = "use", _("use")
    STATE = "state", _("state of the home")
    NAME = "name", _("name of the person")
    PHONE = "phone", _("phone")
    PHONE_2 = "phone_2", _("second phone, if the first is empty")
    RELATION = "relation", _("relation")
    SHARE = "share", _("share in %")
    FROM = "from_date", _("lives there from")
    TO = "to_date", _("lived there to")
    OWNER_KEY = "owner_key", _("owner's number in this file")
    FLOORS = "floors", _("floors of the building")
    ENTRANCES = "entrances", _("how many entrances")
    PARK = "park", _("car park")
    SPACE = "space", _("parking space")


SENSITIVE = "sensitive"

_HEADERS: dict[Column, str] = {
    Column.BUILDING: "楼栋 楼栋号 楼栋编号 楼栋名称 栋 栋号 幢 幢号 楼号 座 座栋 楼宇 楼幢 building"
    " buildingno buildingnumber block tower address 楼栋地址",
    Column.ENTRANCE: "单元 单元号 单元编号 单元名称 门洞 梯 entrance entranceno stairwell 单元门",
    Column.FLOOR: "楼层 层 所在楼层 房屋楼层 层数 floor floorno level",
    Column.NUMBER: "房号 房间号 室号 门牌号 户号 房屋编号 房屋号 房间 房屋 室 房间编号"
    " room roomno unit unitno unitnumber unitname flat flatno apartment apartmentno roomnumber",
    Column.POSITION: "位置 房屋位置 地址 住址 房屋地址 详细地址 房屋坐落 坐落 物业地址 所属房屋"
    " 房产 location position fulladdress",
    Column.AREA: "面积 建筑面积 房屋面积 产权面积 area builtarea size 建面",
    Column.USE: "房屋类型 房屋用途 用途 房屋性质 使用性质 use usage unittype",
    Column.STATE: "房屋状态 入住状态 居住状态 状态 使用状态 occupancy state status",
    Column.NAME: "姓名 业主姓名 业主名称 业主 户主 户主姓名 住户 住户姓名 名字 客户名称 客户姓名"
    " 产权人 产权人姓名 租户姓名 租客姓名 联系人 name fullname owner ownername"
    " resident residentname",
    Column.PHONE: "电话 手机 手机号 手机号码 联系电话 联系方式 电话号码 业主电话 移动电话 业主手机"
    " 联系手机 phone mobile phonenumber mobilephone tel telephone cell contact",
    Column.PHONE_2: "电话2 第二电话 备用电话 联系电话2 其他电话 固定电话 座机 phone2 otherphone",
    Column.RELATION: "业主类型 与业主关系 与户主关系 关系 住户类型 人员类型 身份 住户身份 成员类型"
    " 客户类型 居住性质 relation relationship role residenttype",
    Column.SHARE: "份额 产权份额 产权比例 占比 共有份额 share sharepercent ownership",
    Column.FROM: "入住时间 入住日期 交房时间 交房日期 收房日期 起租日期 迁入日期 开始日期"
    " from fromdate movein moveindate since",
    Column.TO: "搬离时间 搬离日期 迁出日期 退租日期 租期至 to todate moveout moveoutdate until",
    Column.OWNER_KEY: "业主编号 业主号 客户编号 户主编号 ownerno ownerid ownernumber",
    Column.FLOORS: "总层数 楼层数 总楼层 地上层数 floors totalfloors storeys",
    Column.ENTRANCES: "单元数 单元总数 单元数量 sections entrances",
    Column.PARK: "停车场 停车场编号 停车场名称 车库 carpark parkinglot",
    Column.SPACE: "车位 车位号 车位编号 车位编码 parkingspace parkingno",
}
KNOWN = {word: column for column, words in _HEADERS.items() for word in words.split()}

# Never kept: what identifies a person to the state, and what the law calls sensitive.
_NEVER = re.compile(
    r"身份证|证件|护照|社保|银行|账号|卡号|民族|宗教|信仰|病|健康|残疾|指纹|人脸|照片|生日|出生"
    r"|政治面貌|婚姻|文化程度|idcard|idno|idnumber|passport|bank|religion|ethnic|health|birth|photo"
)
ID_NUMBER = re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{9}[\dXx](?!\d)|(?<!\d)[1-9]\d{14}(?!\d)")


def fold(header: object) -> str:
    """A header without case, width, spaces, or a remark such as (㎡); 电话(2) stays apart."""
    text = folded(str(header if header is not None else ""))
    text = re.sub(r"\((\d)\)", r"\1", text)
    # Without the brackets in the classes, a cell of brackets alone would take minutes.
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)
    return re.sub(r"[\s*:_\-./、]+", "", text)


def guess(header: object) -> Column | str | None:
    """The column that a header names, SENSITIVE, or None for what the roster does not keep."""
    word = fold(header)
    if word in KNOWN:
        return KNOWN[word]
    return SENSITIVE if _NEVER.search(word) else None


def is_sensitive(header: object) -> bool:
    return guess(header) == SENSITIVE


@dataclass(frozen=True)
class Table:
    """One sheet as mapped: which line holds the headers and what each column is."""

    title: str
    header_line: int
    headers: list[str]
    columns: dict[int, str]

    def to_json(self) -> dict[str, Any]:
        columns = {str(index): column for index, column in self.columns.items()}
        return {**vars(self), "columns": columns}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Table:
        columns = {int(index): column for index, column in data["columns"].items()}
        return cls(data["title"], data["header_line"], data["headers"], columns)

    def has(self, *columns: str) -> bool:
        return any(column in self.columns.values() for column in columns)

    @property
    def never_kept(self) -> list[str]:
        return [header for header in self.headers if is_sensitive(header)]

    @property
    def holds(self) -> str:
        """What its rows are: units, parking, people (joined by number), buildings, or nothing."""
        if self.has(Column.SPACE):
            return "parking"
        if self.has(Column.NUMBER, Column.POSITION):
            return "units"
        if self.has(Column.NAME) and self.has(Column.OWNER_KEY):
            return "people"
        if self.has(Column.BUILDING) and self.has(Column.ENTRANCE, Column.FLOORS, Column.ENTRANCES):
            return "buildings"
        return ""


def guess_table(title: str, first_rows: Iterable[tuple[int, Sequence[object]]]) -> Table:
    """Of the first twenty rows the one that names most columns; titles may stand above it."""
    best = Table(title, 0, [], {})
    for line, cells in first_rows:
        columns = _columns(cells)
        if len(columns) > len(best.columns):
            best = Table(title, line, ["" if c is None else str(c).strip() for c in cells], columns)
    return best


def _columns(headers: Sequence[object]) -> dict[int, str]:
    """Each column once; the first header wins."""
    found: dict[int, str] = {}
    for index, header in enumerate(headers):
        column = guess(header)
        if isinstance(column, Column) and column.value not in found.values():
            found[index] = column.value
    return found
