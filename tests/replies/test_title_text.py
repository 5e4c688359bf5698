"""A model's answer becomes a title: what is around it goes, what is inside stays."""

import pytest

from chatapp.replies.title_text import MAX_TITLE, clean_title


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ('"Herons in winter."', "Herons in winter"),
        ("**Herons** in `winter`\n\nAnd more", "Herons in `winter`"),
        ("# Herons", "Herons"),
        ("  «Reiher im Winter»  ", "Reiher im Winter"),
        ("„Docker-Build reparieren“", "Docker-Build reparieren"),
        ("「冬のサギ」", "冬のサギ"),
        ("《红楼梦》", "红楼梦"),
        ("『Herons』。", "Herons"),
        ("‚Reiher‘", "Reiher"),
        ("» Reiher «", "Reiher"),
        ("'It''s'", "'It''s'"),
        ("`make run`", "make run"),
        ("*Herons*", "Herons"),
        ("Title: Herons", "Herons"),
        ('**Title:** "Herons"', "Herons"),
        ('"Title: Herons."', "Herons"),
        ("Titel: Reiher", "Reiher"),
        ("Titre : Hérons", "Hérons"),
        ("标题：苍鹭", "苍鹭"),
        ("タイトル：「サギ」", "サギ"),
        ("제목: 왜가리", "왜가리"),
        ("Название: «Цапли»", "Цапли"),
        ("العنوان: البلشون", "البلشون"),
        ("Title pages in LaTeX", "Title pages in LaTeX"),
        ("C# and F* basics", "C# and F* basics"),
        ("The file my_long_name", "The file my_long_name"),
        ("Why “heron” means heron", "Why “heron” means heron"),
        ("“One” and “two”", "“One” and “two”"),
        ("Products like 2*3*4", "Products like 2*3*4"),
        ("Moving to the U.S.", "Moving to the U.S."),
        ("And then...", "And then..."),
        ("Node.js", "Node.js"),
        ("...", ""),
        ("“”", ""),
        ("Title:", ""),
        ("", ""),
        ("word " * 100, " ".join(["word"] * 16) + "…"),
        ("x" * 100, "x" * (MAX_TITLE - 1) + "…"),
        ("a " + "x" * 100, "a " + "x" * (MAX_TITLE - 3) + "…"),
    ],
)
def test_what_models_add_around_a_title_is_taken_off(answer: str, title: str) -> None:
    assert clean_title(answer) == title
