"""A source that corrects itself says so in some words of its own; other corrections are news."""

from __future__ import annotations

import pytest

from aggregator.wire.correction import corrects_itself

STORY = "Le tunnel ouvre\nIl a coûté 2,3 milliards."


@pytest.mark.parametrize(
    "said",
    [
        "Correction: the tunnel cost 3.1 billion euros.",
        "It is open.\nCorrection, June 23, 2025: an earlier text had the wrong figure.",
        "[RECTIFICATIF] Le tunnel ouvre",
        "Tunnel opens (corrected)\nIt cost 3.1 billion.",
        "Rectificatif : le tunnel a coûté 3,1 milliards.",
        "Il ouvre lundi. Rectificatif : il ouvre mardi.",
        "Une version précédente de cet article donnait un autre chiffre.",
        "Correctie: de tunnel kostte 3,1 miljard.",
        "Rectificatie - de tunnel kostte 3,1 miljard.",
        "In een eerdere versie van dit artikel stond een ander bedrag.",
        "An earlier version of this article misstated the cost.",
        "This article was amended on 23 June 2025.",
        "Korrektur: Der Tunnel kostete 3,1 Milliarden.",
        "In einer früheren Version dieses Artikels stand eine andere Zahl.",
        "Fe de errores: el túnel costó 3.100 millones.",
        "Errata corrige: il tunnel è costato 3,1 miliardi.",
    ],
)
def test_it_says_so(said: str) -> None:
    assert corrects_itself(STORY, f"{STORY}\n{said}")
    assert not corrects_itself(f"{STORY}\n{said}", f"{STORY}\n{said}\nMore."), "not newly"


@pytest.mark.parametrize(
    "said",
    [
        "Markets fear a correction: shares fell by a tenth.",
        "The correction of the exams begins on Monday.",
        "Correction officers go on strike",
        "Il fut envoyé en maison de correction.",
        "La correction des copies : un casse-tête",
        "De correctie op de beurs zet door.",
        "The minister was corrected by her aide.",
        "Une version antérieure du logiciel avait ce défaut.",
        "",
    ],
)
def test_it_speaks_of_something_else(said: str) -> None:
    assert not corrects_itself(STORY, f"{STORY}\n{said}")


def test_a_second_correction() -> None:
    once = f"{STORY}\nCorrection: it cost 3.1 billion."
    assert corrects_itself(once, f"{once}\nCorrection: it opens on Tuesday.")
