"""First and last names by language, with the Latin form people use in their e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class FullName:
    first: str
    last: str
    latin: str  # first.last, for the e-mail address


_FIRST = {
    "en": (
        "Alice/alice Amy/amy Charlotte/charlotte Grace/grace Hannah/hannah Ruth/ruth Zoe/zoe",
        "Daniel/daniel George/george Jack/jack Oliver/oliver Peter/peter Samuel/samuel Tom/tom",
    ),
    "ru": (
        "Анна/anna Дарья/darya Елена/elena Ирина/irina Мария/maria Ольга/olga Юлия/yulia",
        "Алексей/alexey Антон/anton Дмитрий/dmitry Игорь/igor Михаил/mikhail Павел/pavel",
    ),
    "bg": (
        "Виктория/viktoria Десислава/desislava Елена/elena Мария/maria Надежда/nadezhda",
        "Борис/boris Георги/georgi Димитър/dimitar Иван/ivan Николай/nikolay Стоян/stoyan",
    ),
}
_LAST = {
    "en": (
        "Baker/baker Clarke/clarke Ellis/ellis Foster/foster Hughes/hughes Mason/mason "
        "Palmer/palmer Reed/reed Shaw/shaw Turner/turner Walsh/walsh Young/young",
    )
    * 2,
    "ru": (
        "Белова/belova Волкова/volkova Зайцева/zaytseva Козлова/kozlova Лебедева/lebedeva "
        "Морозова/morozova Новикова/novikova Павлова/pavlova Соколова/sokolova",
        "Белов/belov Волков/volkov Зайцев/zaytsev Козлов/kozlov Лебедев/lebedev "
        "Морозов/morozov Новиков/novikov Павлов/pavlov Соколов/sokolov",
    ),
    "bg": (
        "Ангелова/angelova Василева/vasileva Георгиева/georgieva Димитрова/dimitrova "
        "Колева/koleva Маринова/marinova Петрова/petrova Стоянова/stoyanova Тодорова/todorova",
        "Ангелов/angelov Василев/vasilev Георгиев/georgiev Димитров/dimitrov "
        "Колев/kolev Маринов/marinov Петров/petrov Стоянов/stoyanov Тодоров/todorov",
    ),
}


def any_name(rng: Random, language: str) -> FullName:
    gender = rng.randrange(2)  # Slavic surnames follow it
    first, first_latin = rng.choice(_FIRST[language][gender].split()).split("/")
    last, last_latin = rng.choice(_LAST[language][gender].split()).split("/")
    return FullName(first, last, f"{first_latin}.{last_latin}")
