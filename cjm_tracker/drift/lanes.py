"""The lanes of a map as people call them, and what they write in those that they fill in."""

from __future__ import annotations

from collections.abc import Mapping

# English, Russian, Bulgarian; in the order of the map.
LANES: dict[str, tuple[str, str, str]] = {
    "comparison": ("Comparison", "Сравнение", "Сравнение"),
    "flow": ("How far they come", "Как далеко доходят", "Докъде стигат"),
    "actions": ("What customers do", "Что делают клиенты", "Какво правят клиентите"),
    "touchpoints": ("Touchpoints by channel", "Точки контакта по каналам",
                    "Точки на контакт по канали"),
    "emotion": ("How it feels", "Что чувствуют", "Какво чувстват"),
    "voice": ("What customers say", "Что говорят клиенты", "Какво казват клиентите"),
    "pains": ("Pain points", "Болевые точки", "Болезнени точки"),
    "opportunities": ("Worth mending", "Что стоит исправить", "Какво си струва да се поправи"),
    "trouble": ("Waiting and trouble", "Ожидание и трудности", "Чакане и трудности"),
    "kpis": ("Key figures", "Показатели", "Показатели"),
    "flows": ("Ways between touchpoints", "Пути между точками", "Пътища между точките"),
    "next": ("Where they go next", "Куда идут дальше", "Накъде продължават"),
    "owner": ("Owner", "Ответственный", "Отговорник"),
    "kpi": ("KPI", "Показатель (KPI)", "Показател (KPI)"),
    "opportunity": ("Opportunity", "Что улучшить", "Какво да се подобри"),
}  # fmt: skip
# Those that people fill in; all others are measured.
CURATED = ("owner", "kpi", "opportunity")

Written = Mapping[str, Mapping[str, str]]  # by stage, then by lane


def lane_called(name: str) -> str | None:
    """The lane of that name in any language."""
    wanted = name.strip().casefold()
    for lane, names in LANES.items():
        if wanted in (lane, *(each.casefold() for each in names)):
            return lane
    return None
