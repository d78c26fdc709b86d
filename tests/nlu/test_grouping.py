"""What people ask that the page lacks comes grouped by meaning, the most asked first."""

from nlu.encoder import shared_encoder
from nlu.grouping import groups


def question(number, topic, text):
    return {"id": str(number), "topic": topic, "text": text}


def test_questions_of_one_meaning_are_one_group_and_the_largest_comes_first():
    asked = [
        question(1, "other_not_on_page", "is there wifi in the waiting room"),
        question(2, "insurance", "do you take blue cross"),
        question(3, "insurance", "will medicare pay for it"),
        question(4, "insurance", "which insurance plans do you accept"),
        question(5, "out_of_scope", "can i use the wifi while i wait"),
    ]
    found = groups(asked, shared_encoder().meanings)
    assert [(group["topic"], group["size"]) for group in found] == [("insurance", 3), (found[1]["topic"], 2)]
    assert set(found[1]["ids"]) == {"1", "5"}


def test_no_words_come_out():
    (group,) = groups([question(1, "cost", "how much")], shared_encoder().meanings)
    assert group == {"topic": "cost", "size": 1, "ids": ["1"]}


def test_nothing_asked_gives_nothing():
    assert groups([], shared_encoder().meanings) == []
