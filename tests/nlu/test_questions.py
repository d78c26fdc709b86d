"""A message is cut where a new question begins, and no word of it is lost on the way."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.language import build_language
from nlu.questions import asks, clauses, sentences

#: Words that only join two clauses and may be left out between them; so may any mark.
_JOINING = {"and", "also", "plus", "or", "but", "n"}
_LANGUAGE = build_language()

_FRAGMENTS = st.sampled_from(
    [
        *("how long is it", "what does it cost", "is it an IV", "my mum is 78", "who decides the dose", "PTSD"),
        *(
            " and ",
            ", and also ",
            ", ",
            "; ",
            " / ",
            " plus ",
            " & ",
            " n ",
            " or ",
            "? ",
            ". ",
            "!",
            "\n",
            "\n- ",
            " ",
        ),
        *("also", "if", "whether", "é", "…", "🙂", "(", "'", "\t", "\u200b"),
    ]
)
MESSAGES = st.lists(_FRAGMENTS, max_size=12).map("".join)
any_number_of_tries = settings(deadline=None, database=None, max_examples=60)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("How long is it?", ["How long is it?"]),
        ("How long is it? What does it cost?", ["How long is it?", "What does it cost?"]),
        ("hi!! how long is it", ["hi!!", "how long is it"]),
        ("how long is it\nwhat does it cost", ["how long is it", "what does it cost"]),
        ("- how long is it", ["how long is it"]),
        ("1) how long is it", ["how long is it"]),
        ("• how long is it", ["how long is it"]),
        ("???", []),
        (" \n ", []),
        ("", []),
    ],
)
def test_a_message_is_read_sentence_by_sentence_without_list_marks(language, message, expected):
    assert sentences(language(message)) == expected


@pytest.mark.parametrize("between", ["\n\n", "\r\n", "\n\n\n"])
def test_a_blank_line_or_a_windows_line_end_separates_as_a_new_line_does(language, between):
    assert sentences(language(f"how long is it{between}what does it cost")) == ["how long is it", "what does it cost"]


def test_a_question_mark_ends_a_sentence_without_a_space_after_it(language):
    assert sentences(language("how long is it?how much is it?")) == ["how long is it?", "how much is it?"]


@pytest.mark.parametrize("marks", [("1. ", "2. "), ("- ", "- "), ("* ", "* ")])
def test_a_list_is_read_item_by_item_without_its_marks(language, marks):
    message = "\n".join(mark + text for mark, text in zip(marks, ["how long is it", "what does it cost"]))
    assert sentences(language(message)) == ["how long is it", "what does it cost"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("how long is it and who decides the dose", ["how long is it", "who decides the dose"]),
        ("how long is it, and also what does it cost", ["how long is it", "what does it cost"]),
        ("how long is it, is it an IV", ["how long is it", "is it an IV"]),
        ("is it legal / where are you", ["is it legal", "where are you"]),
        ("is it an IV plus how long is it", ["is it an IV", "how long is it"]),
        ("what is it & who is it for", ["what is it", "who is it for"]),
        ("is it an IV, how long is it, and who sets the dose", ["is it an IV", "how long is it", "who sets the dose"]),
    ],
)
def test_a_sentence_is_cut_where_another_question_begins(sentence, expected):
    assert clauses(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "how long is a session",
        "does it help with anxiety and depression",
        "is it for people with PTSD, OCD or chronic pain",
        "can I eat and drink before",
        "...",
        "",
    ],
)
def test_a_list_within_one_question_is_left_whole(sentence):
    assert clauses(sentence) == [sentence]


@pytest.mark.parametrize(
    "part",
    [
        *(
            "how long is it",
            "is it an IV?",
            "isnt it a horse tranquilizer",
            "so, does it hurt",
            "the price?",
            "any parking",
        ),
        *("tell me about glutamate", "I wonder how soon it works", "just curious about the cost", "ok but can I drive"),
    ],
)
def test_a_question_is_known_by_its_form(part):
    assert asks(part)


@pytest.mark.parametrize("part", ["I have tried four medicines", "thanks a lot", "it is costly", "my mum is 78", ""])
def test_a_statement_asks_nothing(part):
    assert not asks(part)


@any_number_of_tries
@given(MESSAGES)
def test_no_letter_of_a_message_is_lost_between_its_sentences(message):
    kept = "".join(sentences(_LANGUAGE(message)))
    assert [c for c in kept if c.isalnum()] == [c for c in message if c.isalnum()]


@any_number_of_tries
@given(MESSAGES)
def test_between_clauses_only_joining_words_are_left_out(sentence):
    left_out, end = [], 0
    for part in clauses(sentence):
        start = sentence.index(part, end)
        left_out.append(sentence[end:start])
        end = start + len(part)
    left_out.append(sentence[end:])
    assert end > 0 or not sentence
    assert set(re.findall(r"\w+", " ".join(left_out).lower())) <= _JOINING


@any_number_of_tries
@given(st.text())
def test_whatever_is_typed_can_be_read(text):
    for sentence in sentences(_LANGUAGE(text)):
        assert any(c.isalnum() for c in sentence)
        assert all(part in sentence and asks(part) in (True, False) for part in clauses(sentence))
