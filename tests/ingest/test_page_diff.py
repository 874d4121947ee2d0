"""The readable difference between two versions."""

from ingest.diff import diff

OLD = """# Terms

## 2. Use

You may use the model. You shall not exceed 100 million users.

- first point
- second point

## 3. Fees

None."""


def test_equal_texts_differ_in_nothing() -> None:
    assert diff(OLD, OLD) == ""
    assert diff(OLD, OLD.replace("use the model. You", "use the model.\nYou")) == ""


def test_a_changed_sentence_stands_under_its_headings() -> None:
    new = OLD.replace("100 million", "700 million")
    assert diff(OLD, new).split("\n") == [
        "@@ Terms > 2. Use @@",
        "- You shall not exceed 100 million users.",
        "+ You shall not exceed 700 million users.",
    ]


def test_each_place_is_named_once() -> None:
    new = OLD.replace("None.", "One dollar.").replace("- second point", "- second point\n- third point")
    assert diff(OLD, new).split("\n") == [
        "@@ Terms > 2. Use @@",
        "+ - third point",
        "@@ Terms > 3. Fees @@",
        "- None.",
        "+ One dollar.",
    ]


def test_a_first_version_is_all_new_and_an_emptied_one_all_gone() -> None:
    assert diff("", "One. Two.") == "@@ beginning @@\n+ One.\n+ Two."
    assert diff("One.", "") == "@@ beginning @@\n- One."


def test_abbreviations_end_no_sentence() -> None:
    assert diff("", "See No. 5 and Art. 6 of it.").count("\n") == 1
