"""What words of names mean: those of events their stage, those of columns what stands there."""

from __future__ import annotations

import re

# Beginnings of words, in order: a refunded order is service, and a reviewed product advocacy.
# Words of up to three letters are meant in full.
STAGES = {
    "advocacy": "review share sharing refer recommend advoc invite promoter отзив отзыв препор",
    "service": (
        "support help ticket call chat complain return refund cancel deliver shipment shipping "
        "track faq contact agent issue warranty repair csat ces satisf question "
        "обажд звон жалоб реклам връщан возврат достав"
    ),
    "loyalty": "loyal reward point renew subscri member nps repeat bonus лоял",
    "purchase": (
        "cart basket checkout order pay payment paid purchas sale sold buy bought transact "
        "invoice receipt booking поръчк заказ плащ оплат покуп продаж касов"
    ),
    "consideration": (
        "product search list categor compar wish favorit item detail catalog quote price sign "
        "register registr trial demo download store coupon form търсен поиск продукт товар"
    ),
    "awareness": (
        "visit page view screen land ad ads impress campaign click open blog article session "
        "install newsletter email push get scroll посещ визит страниц"
    ),
}
GOALS = "order purchas sale sold bought paid payment transact invoice receipt поръчк заказ покуп"
# What an order can also be, and is no goal then.
NOT_YET = (
    "fail start cancel refund return enter view abandon begin decline update draft void adjust"
)


def words(name: str) -> list[str]:
    """The words of a name, in small letters: `addToCart`, `cart_added` and `Cart added` alike."""
    parted = re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", " ", name)
    return re.findall(r"[^\W_]+", parted.casefold())


def has_any(named: list[str], beginnings: str) -> bool:
    """Whether one of the words begins so; short ones are meant in full."""
    return any(
        word == beginning or (len(beginning) > 3 and word.startswith(beginning))
        for beginning in beginnings.split()
        for word in named
    )


def stage_of(name: str) -> str:
    """The stage that an event's name speaks of; empty where it speaks of none."""
    named = words(name)
    return next((stage for stage, known in STAGES.items() if has_any(named, known)), "")


def is_goal(name: str) -> bool:
    """Whether an event of that name is what a shop wants: an order, a sale, a payment."""
    named = words(name)
    return has_any(named, GOALS) and not has_any(named, NOT_YET)
