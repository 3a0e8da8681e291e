"""What every table shares: how constraints are named, how values are typed, where ids come from; and the one row that
says whose database this is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from fediart.db.types import Json, UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        int: BigInteger,
        str: Text,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def new_key() -> Mapped[int]:
    return mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Instance(Base):
    """One row: which server this database belongs to. Ids are URLs, so the domain is for life."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    base_url: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    generation: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
