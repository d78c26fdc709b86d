"""The changes of the behaviour tests change a sentence's form, as they say, and the same way each time."""

import pytest

from benchmarks import changes
from benchmarks.changes import changed

SENTENCE = "What's the \"color\" of my mother's anesthetic, and does Zoloft matter for PTSD?"


@pytest.mark.parametrize(
    ("change", "text", "made"),
    [
        (changes.upper, "Is it safe?", "IS IT SAFE?"),
        (changes.lower, "Is PTSD helped?", "is ptsd helped?"),
        (changes.without_punctuation, "Well, what's twice-daily?", "Well what's twice-daily"),
        (changes.without_apostrophes, "What's that, isn't it?", "Whats that, isnt it?"),
        (changes.curly_quotes, 'it\'s "fine"', "it’s “fine”"),
        (changes.other_spelling, "The behavioral center", "The behavioural centre"),
        (changes.other_spelling, "An anaesthetic programme", "An anesthetic program"),
        (changes.contractions, "What is it? It does not hurt.", "What's it? It doesn't hurt."),
        (changes.contractions, "What's new? I'm here.", "What is new? I am here."),
    ],
)
def test_a_change_does_what_it_says(change, text, made):
    assert changed(change, text) == made


def test_a_name_becomes_another_of_its_kind():
    made = changed(changes.names_swapped, "My mother takes Zoloft for PTSD.")
    others = {name for names in changes.NAMES for name in names}
    assert not {"Zoloft", "PTSD", "mother"} & set(made.replace(".", "").split())
    assert any(made.startswith(name[0].upper() + name[1:]) for name in others)


@pytest.mark.parametrize(("change", "least", "most"), [(changes.typos, 1, 4), (changes.many_typos, 3, 14)])
def test_slips_of_the_finger_are_few_and_leave_the_first_letters(change, least, most):
    text = "How long does one of these infusions usually last altogether?"
    made = changed(change, text)
    differing = [(old, new) for old, new in zip(text.split(), made.split()) if old != new]
    assert least <= len(differing) <= most
    assert all(old[0] == new[0] for old, new in differing)
    assert len(made.split()) == len(text.split())


def test_stretched_letters_emoji_and_spaces_keep_the_words():
    made = changed(changes.stretched, "nobody needs this")
    assert len(made) > len("nobody needs this") + 2
    assert changed(changes.emoji, "nobody needs this").translate(dict.fromkeys(map(ord, changes.EMOJI))).split() == [
        "nobody",
        "needs",
        "this",
    ]
    assert changed(changes.extra_spaces, "a b c d e f").split() == list("abcdef")


@pytest.mark.parametrize(
    "change", [changes.polite_before, changes.polite_after, changes.filler_before, changes.filler_after]
)
def test_what_is_said_around_a_sentence_leaves_it_whole(change):
    made = changed(change, SENTENCE)
    assert SENTENCE in made
    assert made != SENTENCE


def test_a_change_is_the_same_each_time_and_another_for_another_sentence():
    for change in (changes.typos, changes.emoji, changes.filler_after, changes.names_swapped):
        assert changed(change, SENTENCE) == changed(change, SENTENCE)
    assert len({changed(changes.filler_after, f"{n}") for n in range(20)}) > 20 * 0.9


def test_nothing_to_change_is_left_as_it_is():
    assert changed(changes.typos, "is it on") == "is it on"
    assert changed(changes.names_swapped, "how long is it") == "how long is it"
