"""The page's own words in each language. Names of stages and touchpoints are the mapping's."""

from __future__ import annotations

from types import SimpleNamespace

from cjm_tracker.drift import LANES
from cjm_tracker.mapping import LANGUAGES, Language

MONTHS: dict[Language, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
           "сентября", "октября", "ноября", "декабря"),
    "bg": ("януари", "февруари", "март", "април", "май", "юни", "юли", "август",
           "септември", "октомври", "ноември", "декември"),
}  # fmt: skip

# Day, hour, minute, second.
UNITS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("d", "h", "min", "s"),
    "ru": ("д", "ч", "мин", "с"),
    "bg": ("д", "ч", "мин", "с"),
}

# One, few (Russian 2-4), many.
_NOUNS: dict[str, tuple[str, str, str]] = {
    "journeys": ("journey|путь|пътуване", "journeys|пути|пътувания", "journeys|путей|пътувания"),
    "customers": ("customer|клиент|клиент", "customers|клиента|клиенти",
                  "customers|клиентов|клиенти"),
    "answers": ("answer|ответ|отговор", "answers|ответа|отговора", "answers|ответов|отговора"),
    "times": ("time|раз|път", "times|раза|пъти", "times|раз|пъти"),
}  # fmt: skip

# In the order of LANGUAGES: English, Russian, Bulgarian.
_WORDS: dict[str, tuple[str, str, str]] = {
    **LANES,
    "title": ("Customer journey map", "Карта пути клиента", "Карта на клиентското пътуване"),
    "eyebrow": ("Journey map", "Карта пути", "Карта на пътуването"),
    "data_from": ("Data of {period}", "Данные за {period}", "Данни за {period}"),
    "journeys": ("Journeys", "Пути клиентов", "Клиентски пътувания"),
    "customers": ("Customers", "Клиенты", "Клиенти"),
    "per_customer": ("{value} journeys each, on average", "в среднем {value} пути на клиента",
                     "средно {value} пътувания на клиент"),
    "steps_each": ("{value} steps each, on average", "в среднем {value} шага в каждом",
                   "средно {value} стъпки във всяко"),
    "converted": ("Reached a goal", "Дошли до цели", "Стигнали до целта"),
    "of_journeys": ("{count} of {all} journeys", "{count} из {all}", "{count} от {all}"),
    "still_open": ("Still open", "Ещё не завершены", "Още незавършени"),
    "still_open_note": ("{count} journeys: not yet, rather than lost",
                        "{count}: пока не закончены, но и не потеряны",
                        "{count}: още не са завършили, но не са и изгубени"),
    "outcome_bar": ("Where journeys stand now", "Чем закончились пути",
                    "Докъде са пътуванията сега"),
    "outcome_converted": ("reached a goal", "дошли до цели", "стигнаха до целта"),
    "outcome_open": ("not yet, still open", "пока нет, путь открыт", "още не, отворени са"),
    "outcome_ended": ("ended without it", "закончились без цели", "приключиха без цел"),
    "goals": ("Goals: {names}", "Цели: {names}", "Цели: {names}"),
    "standouts": ("What stands out", "Что бросается в глаза", "Какво се откроява"),
    "worst_drop": ("Biggest drop-off", "Самый большой отсев", "Най-голямо отпадане"),
    "worst_drop_note": ("{count} journeys ended here: {share} of those that came",
                        "{count} закончились здесь: {share} зашедших на этап",
                        "{count} свършиха тук: {share} от стигналите до етапа"),
    "worst_emotion": ("Lowest mood", "Самое низкое настроение", "Най-ниско настроение"),
    "worst_emotion_note": ("{value} on a scale from −1 to +1, {answers}",
                           "{value} по шкале от −1 до +1, {answers}",
                           "{value} по скала от −1 до +1, {answers}"),
    "worst_repeat": ("Most repeat contacts", "Больше всего повторных обращений",
                     "Най-много повторни обръщания"),
    "worst_repeat_note": ("{share} of journeys that asked for help had to ask again",
                          "{share} обратившихся за помощью обратились снова",
                          "{share} от потърсилите помощ са я търсили пак"),
    "stages": ("Stages", "Этапы", "Етапи"),
    "stage": ("Stage", "Этап", "Етап"),
    "measured": ("Measured from the logs", "Измерено по журналам", "Измерено от журналите"),
    "curated": ("Filled in by people", "Заполняют люди", "Попълват хора"),
    "not_filled": ("not filled in yet", "ещё не заполнено", "още не е попълнено"),
    "flow_hint": ("journeys that visit the stage, and what became of them",
                  "пути, зашедшие на этап, и что с ними стало",
                  "пътувания, минали през етапа, и какво стана с тях"),
    "share_of_all": ("{share} of all", "{share} от всех", "{share} от всички"),
    "went_on": ("went on", "дальше", "нататък"),
    "not_yet": ("not yet", "пока нет", "още не"),
    "dropped": ("dropped off", "ушли", "отпаднаха"),
    "ended": ("ended here", "конец здесь", "край тук"),
    "nobody": ("no journey came here", "сюда никто не дошёл", "никой не е стигнал дотук"),
    "touchpoints_hint": ("bar and %: share of the stage’s journeys; ×: how often",
                         "полоса и %: доля путей этапа; ×: сколько раз",
                         "лента и %: дял от пътуванията в етапа; ×: колко пъти"),
    "goal": ("goal", "цель", "цел"),
    "more": ("+{count} more", "ещё {count}", "още {count}"),
    "emotion_hint": ("mean of survey answers, −1 to +1, with its 95% interval",
                     "среднее ответов на опросы, от −1 до +1, с 95-процентным интервалом",
                     "средно от отговорите в анкети, −1 до +1, с 95-процентен интервал"),
    "delighted": ("+1 delighted", "+1 в восторге", "+1 възхитени"),
    "neutral": ("0", "0", "0"),
    "angry": ("−1 angry", "−1 в гневе", "−1 ядосани"),
    "no_answers": ("no answers here", "здесь нет ответов", "тук няма отговори"),
    "few_answers": ("few answers", "мало ответов", "малко отговори"),
    "interval": ("{low} to {high}", "от {low} до {high}", "от {low} до {high}"),
    "voice_hint": ("in their own words, worst first", "их слова, сначала худшее",
                   "с техни думи, най-лошото първо"),
    "of_comments": ("{shown} of {all} comments", "{shown} из {all} отзывов",
                    "{shown} от {all} коментара"),
    "no_comments": ("nothing said here", "здесь ничего не сказано", "тук нищо не е казано"),
    "no_score": ("no score", "без оценки", "без оценка"),
    "trouble_hint": ("queues, contacts given up, and what has to be done again",
                     "очереди, брошенные обращения и то, что приходится повторять",
                     "опашки, изоставени контакти и каквото се повтаря"),
    "median_wait": ("median wait", "медиана ожидания", "медиана на чакането"),
    "p90_wait": ("1 in 10 longer than {wait}", "каждый десятый дольше {wait}",
                 "всеки десети над {wait}"),
    "abandoned": ("gave up waiting", "не дождались", "не дочакаха"),
    "of_contacts": ("{count} of {all} contacts", "{count} из {all} обращений",
                    "{count} от {all} контакта"),
    "asked_again": ("had to ask again", "обратились снова", "търсиха помощ пак"),
    "no_queue": ("no waiting measured here", "ожидание здесь не измеряется",
                 "тук не се мери чакане"),
    "comes_again": ("Comes again in the same journey", "Повторяется в том же пути",
                    "Повтаря се в същото пътуване"),
    "next_hint": ("share of moves to another stage; dashed: back to an earlier one",
                  "доля переходов на другой этап; пунктир: назад, на более ранний",
                  "дял от преходите към друг етап; с пунктир: назад, към по-ранен"),
    "onwards": ("onwards", "вперёд", "напред"),
    "back": ("back", "назад", "назад"),
    "by": ("mostly by", "чаще через", "най-често през"),
    "stays": ("nobody goes on from here", "отсюда никто не идёт дальше",
              "оттук никой не продължава"),
    "moves": ("{count} moves", "переходов: {count}", "преходи: {count}"),
    "asked": ("Journeys with: {what}", "Пути, где: {what}", "Пътувания с: {what}"),
    "actions_hint": ("the most frequent ways through the stage, and their share of its journeys",
                     "самые частые маршруты внутри этапа и их доля в его путях",
                     "най-честите маршрути в етапа и делът им от пътуванията му"),
    "no_actions": ("nothing done here", "здесь ничего не делали", "тук нищо не е правено"),
    "pains_hint": ("where customers fare worse than others at the stage, beyond chance (95%)",
                   "где клиентам хуже, чем другим на этапе, и это не случайность (95 %)",
                   "където на клиентите е по-зле от другите в етапа, над случайното (95 %)"),
    "pain_drops": ("drop off", "уходят", "отпадат"),
    "pain_returns": ("give something back", "делают возврат", "връщат нещо"),
    "pain_rates_low": ("rate low", "ставят низкую оценку", "оценяват ниско"),
    "pain_waits": ("wait long", "долго ждут", "чакат дълго"),
    "pain_abandons": ("give up", "не дожидаются", "отказват се"),
    "pain_repeats": ("come again", "приходят снова", "идват пак"),
    "pain_note": ("{rate} {kind}, {other} without it; {customers}",
                  "{rate} {kind}, без этого {other}; {customers}",
                  "{rate} {kind}, без това {other}; {customers}"),
    "no_pains": ("nothing beyond chance", "ничего сверх случайного", "нищо над случайното"),
    "untold": ("too few journeys to tell", "слишком мало путей, чтобы судить",
               "твърде малко пътувания, за да се съди"),
    "opportunities_hint": (
        "customers × how much worse they fare, at its low end × value at stake",
        "клиенты × насколько им хуже, по нижней границе × что стоит на кону",
        "клиенти × колко по-зле им е, по долната граница × какво е заложено"),
    "worth": ("worth {value}", "цена: {value}", "струва {value}"),
    "no_worth": ("nothing to be sure of", "ничего, в чём можно быть уверенным",
                 "нищо, в което може да сме сигурни"),
    "kpis_hint": ("of the journeys that visit the stage; with a pencil: what people want",
                  "по путям, зашедшим на этап; с карандашом: чего хотят люди",
                  "за пътуванията, минали през етапа; с молив: какво искат хората"),
    "kpi_converted": ("reach a goal", "доходят до цели", "стигат до целта"),
    "kpi_onward": ("median time to go on", "медиана времени до следующего этапа",
                   "медиана на времето до следващ етап"),
    "kpi_friction": ("contacts with friction", "контакты с трением", "контакти с трудности"),
    "at_least": ("at least {value}", "не меньше {value}", "поне {value}"),
    "at_most": ("at most {value}", "не больше {value}", "най-много {value}"),
    "met": ("met", "выполнено", "изпълнено"),
    "missed": ("missed", "не выполнено", "неизпълнено"),
    "flows_hint": (
        "boxes and bands are as high as they are frequent; arrows beside: within a stage; "
        "dashed below: back to an earlier one",
        "высота полос и прямоугольников: сколько раз; стрелки сбоку: внутри этапа; пунктир "
        "снизу: назад, на более ранний",
        "височината на лентите и кутиите: колко пъти; стрелки встрани: в етапа; пунктир отдолу: "
        "назад, към по-ранен"),
    "others": ("{count} others", "другие: {count}", "други: {count}"),
    "flows_shown": ("{share} of {all} moves are drawn, the most frequent ones",
                    "показано {share} из {all} переходов, самые частые",
                    "показани са {share} от {all} прехода, най-честите"),
    "against_journeys": ("Compared with {what}", "В сравнении с: {what}", "В сравнение с: {what}"),
    "against_drawn": ("Compared with the drawn map", "В сравнении с нарисованной картой",
                      "В сравнение с начертаната карта"),
    "comparison_hint": ("bold: beyond chance (95%); plain: chance could have made it",
                        "жирно: не случайно (95 %); обычно: может быть случайностью",
                        "удебелено: над случайното (95 %); иначе може да е случайно"),
    "other_journeys": ("the other journeys: {count}", "другие пути: {count}",
                       "другите пътувания: {count}"),
    "reached": ("journeys that come here", "доходят сюда", "стигат дотук"),
    "is_new": ("new", "новое", "ново"),
    "is_gone": ("{name}: no longer met", "{name}: больше не встречается",
                "{name}: вече не се среща"),
    "undrawn": ("not drawn", "не нарисовано", "не е начертано"),
    "unvisited": ("{name}: drawn, never visited", "{name}: нарисовано, но никто не заходит",
                  "{name}: начертано, но никой не минава"),
    "drawn_elsewhere": ("drawn in {stage}", "нарисовано в: {stage}", "начертано в: {stage}"),
    "felt_otherwise": ("{name}: drawn as {drawn}, measured {measured}",
                       "{name}: нарисовано {drawn}, измерено {measured}",
                       "{name}: начертано {drawn}, измерено {measured}"),
    "loop_hidden": ("{name} → {to}: {count}, a way back not drawn",
                    "{name} → {to}: {count}, возврат не нарисован",
                    "{name} → {to}: {count}, връщането не е начертано"),
    "same": ("no difference", "различий нет", "няма разлика"),
    "behind": ("Behind this touchpoint", "Что стоит за точкой", "Какво стои зад точката"),
    "close": ("Close", "Закрыть", "Затвори"),
    "visits": ("Contacts", "Контакты", "Контакти"),
    "again": ("Journeys that come again", "Пути с повтором", "Пътувания с повторение"),
    "mood": ("Mood", "Настроение", "Настроение"),
    "came_before": ("What comes before", "Что бывает перед", "Какво има преди"),
    "comes_after": ("What comes after", "Что бывает после", "Какво има след"),
    "met_most": ("Customers who met it most", "Клиенты, у кого чаще всего",
                 "Клиенти, при които е най-често"),
    "met_hint": ("cjm journey ID shows one", "cjm journey ID покажет путь",
                 "cjm journey ID показва пътуването"),
    "empty": ("No journeys yet", "Путей пока нет", "Още няма пътувания"),
    "empty_note": ("The stages are known, the customers are not: load logs and stitch them, then "
                   "draw the map again.",
                   "Этапы известны, клиенты ещё нет: загрузите журналы, соберите пути и "
                   "нарисуйте карту снова.",
                   "Етапите са известни, клиентите още не: заредете журнали, съберете "
                   "пътуванията и начертайте картата отново."),
    "reading": ("How to read this map", "Как читать карту", "Как се чете картата"),
    "note_open": ("Not yet: the journey is open, data may still bring its next step. Dropped off: "
                  "it is over and never reached a later stage.",
                  "Пока нет: путь открыт, следующий шаг ещё может прийти. Ушли: путь завершён, "
                  "а более поздний этап не достигнут.",
                  "Още не: пътуването е отворено и следващата стъпка може да дойде. Отпаднаха: "
                  "приключило е, без да стигне по-късен етап."),
    "note_emotion": ("CSAT, NPS and CES are put on one scale from −1 to +1. The bar shows where "
                     "the mean lies with 95% confidence; a hatched column has no answers.",
                     "CSAT, NPS и CES приведены к одной шкале от −1 до +1. Отрезок показывает, "
                     "где с вероятностью 95\u00a0% лежит среднее; штриховка: ответов нет.",
                     "CSAT, NPS и CES са приведени към една скала от −1 до +1. Отсечката показва "
                     "къде с 95\u00a0% увереност е средното; защриховано: няма отговори."),
    "note_stages": ("A journey counts once in every stage it visits, so stages do not add up to "
                    "the total.",
                    "Путь считается по разу в каждом этапе, где побывал, поэтому этапы не "
                    "складываются в общее число.",
                    "Пътуването се брои веднъж във всеки етап, през който е минало, затова "
                    "етапите не се събират до общия брой."),
    "note_unstaged": ("{count} of {all} steps belong to no stage and are not drawn.",
                      "{count} из {all} шагов не относятся ни к одному этапу и не показаны.",
                      "{count} от {all} стъпки не са в никой етап и не са показани."),
    "note_times": ("Times are UTC.", "Время указано по UTC.", "Времената са по UTC."),
}  # fmt: skip


def words(language: Language) -> SimpleNamespace:
    """Everything the page says by itself, in one language."""
    place = LANGUAGES.index(language)
    return SimpleNamespace(**{key: texts[place] for key, texts in _WORDS.items()})


def noun(key: str, count: int, language: Language) -> str:
    """The noun in the form its count asks for."""
    return _NOUNS[key][_form(count, language)].split("|")[LANGUAGES.index(language)]


def _form(count: int, language: Language) -> int:
    if language != "ru":
        return 0 if count == 1 else 2
    tens, ones = count % 100, count % 10
    if ones == 1 and tens != 11:
        return 0
    return 1 if 2 <= ones <= 4 and not 12 <= tens <= 14 else 2
