"""The live page's own words in each language. Names of touchpoints and stages are the mapping's."""

from __future__ import annotations

from types import SimpleNamespace

from cjm_tracker.mapping import LANGUAGES, Language

# In the order of LANGUAGES: English, Russian, Bulgarian.
_WORDS = {
    "title": ("Customer journeys, live", "Пути клиентов, сейчас", "Клиентски пътувания, на живо"),
    "ok": ("Everything is read", "Всё прочитано", "Всичко е прочетено"),
    "busy": ("Records are being read", "Записи читаются", "Чете се"),
    "degraded": ("Not ready: the sources are being joined, or the warehouse is away",
                 "Ещё не готово: источники подключаются или хранилище недоступно",
                 "Още не е готово: източниците се свързват или хранилището го няма"),
    "stuck": ("A source stands still", "Один из источников стоит", "Един източник е спрял"),
    "away": ("The worker does not answer: it was stopped, or is starting",
             "Обработчик не отвечает: остановлен или запускается",
             "Обработчикът не отговаря: спрян е или стартира"),
    "feeds": ("Feeds", "Источники", "Източници"),
    "source": ("Source", "Источник", "Източник"),
    "last": ("Last record", "Последняя запись", "Последен запис"),
    "ago": ("{time} ago", "{time} назад", "преди {time}"),
    "now": ("just now", "только что", "току-що"),
    "nothing": ("nothing yet", "пока ничего", "още нищо"),
    "lag": ("Waiting", "Ждут", "Чакат"),
    "records": ("Records", "Записей", "Записи"),
    "events": ("Events", "Событий", "Събития"),
    "unmapped": ("Unmapped", "Без правила", "Без правило"),
    "dead_letters": ("Dead letters", "Не разобраны", "Неразбрани"),
    "records_last": ("Last records", "Последние записи", "Последни записи"),
    "when": ("Received (UTC)", "Получено (UTC)", "Получено (UTC)"),
    "name": ("Called by its source", "Имя у источника", "Име у източника"),
    "becomes": ("Becomes", "Становится", "Става"),
    "stage": ("Stage", "Этап", "Етап"),
    "is_unmapped": ("unmapped: no rule names it", "без правила", "без правило"),
    "is_dropped": ("dropped: {reason}", "отброшено: {reason}", "отпада: {reason}"),
    "is_dead": ("dead letter: {reason}", "не разобрано: {reason}", "неразбрано: {reason}"),
    "no_records": ("Nothing was sent yet: cjm send --source website FILE",
                   "Ещё ничего не отправлено: cjm send --source website ФАЙЛ",
                   "Още нищо не е изпратено: cjm send --source website ФАЙЛ"),
    "map": ("Journey map", "Карта пути", "Карта на пътуването"),
    "language": ("Language", "Язык", "Език"),
    "website": ("Website", "Сайт", "Уебсайт"),
    "call_centre": ("Call centre", "Колл-центр", "Кол център"),
    "store": ("Store", "Магазин", "Магазин"),
    "survey": ("Survey", "Опросы", "Анкети"),
    "crm": ("CRM", "CRM", "CRM"),
    "own_name": ("English", "Русский", "Български"),
}  # fmt: skip


def words(language: Language) -> SimpleNamespace:
    """All of them in one language, as attributes."""
    place = LANGUAGES.index(language)
    return SimpleNamespace(**{name: said[place] for name, said in _WORDS.items()})
