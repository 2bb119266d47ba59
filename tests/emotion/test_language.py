from __future__ import annotations

import pytest

from cjm_tracker.emotion import languages
from cjm_tracker.simulator.phrases import PHRASES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The parcel came late", ("en",)),
        ("Slow delivery", ("en",)),
        ("Посылка пришла поздно, но это мелочь", ("ru",)),
        ("Пратката дойде късно, но това е дреболия", ("bg",)),
        ("съжалявам", ("bg",)),
        ("подъезд", ("ru", "bg")),  # ъ before е stands in both
        ("очень", ("ru",)),
        ("шофьор", ("ru", "bg")),  # and so does ьо
        ("Отлично!", ("ru", "bg")),
        ("Дуже дякую, їжа смачна", ()),  # Ukrainian
        ("Одлично, љубазни људи", ()),  # Serbian
        ("Die Lieferung war nicht gut", ()),
        ("Le livreur est très en retard", ()),
        ("Muy malo", ()),
        ("Η παράδοση άργησε", ()),
        ("配送很慢", ()),
        ("A café with a naïve but kind waiter is what we like", ("en",)),
        ("Поръчах в Amazon и е супер", ("bg",)),
        ("", ()),
        ("12345 !!!", ()),
        ("😡", ()),
    ],
)
def test_language(text: str, found: tuple[str, ...]) -> None:
    assert languages(text) == found


@pytest.mark.parametrize("language", PHRASES)
def test_no_phrase_of_the_simulator_is_taken_for_another_language(language: str) -> None:
    texts = [
        text for tones in PHRASES[language].values() for all_ in tones.values() for text in all_
    ]
    found = [languages(text) for text in texts]
    assert all(language in one for one in found)
    assert sum(one == (language,) for one in found) > len(texts) / 2
