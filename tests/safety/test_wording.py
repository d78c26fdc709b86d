"""What no words of ours may say, and what they have to keep: over every text that a visitor can read.

Read are the replies of domain.yml with their other words and labels, the links of safety/replies.py, the words of
data/handoff.yml, the door's problems, and the words that the widget says by itself.
"""

import re
import string
from pathlib import Path

import pytest
import yaml

from safety.replies import CLINIC, RESPONSES, compose

ROOT = Path(__file__).resolve().parents[2]
#: Values for names in braces that a reply fills from the message or from the opening hours.
WORDS = {"condition": "PTSD", "drug": "Zoloft", "open_until": "until 5 pm CST", "opens": "on Monday at 9 am CST"}
#: A string of TypeScript, in any of its three quotes.
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`|\'((?:[^\'\\\n]|\\.)*)\'')
#: In the door's code: the detail of a problem, or a sentence in plain quotes that stands on its own.
_SENTENCE = re.compile(r'(?:Problem\(\s*\d+,\s*"[a-z_]+",\s*f?|(?:HELP|detail)\b[^"\n]*=\s*\(?\s*f?)"([^"\n]+)"')


class _Filled(dict):
    """Values of names in braces; a name that only the door knows stays as it is."""

    def __missing__(self, name):
        return name


def filled(text):
    return string.Formatter().vformat(text, (), _Filled({**CLINIC, **WORDS}))


def reply_texts():
    """{where it stands: text} of each text of each reply."""
    found = {}
    for name, variations in RESPONSES.items():
        for number, response in enumerate(variations):
            place = f"domain.yml {name} {number}"
            found[place] = filled(response["text"])
            for key in ("other_words", "label"):
                if key in response["metadata"]:
                    found[f"{place} {key}"] = filled(response["metadata"][key])
        for link in compose(RESPONSES, name.removeprefix("utter_"), words=WORDS)["links"]:
            found[f"link {link['label']}"] = link["label"]
    return found


def strings_in(value, place):
    """{where: text} of every string in YAML values."""
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in strings_in(inner, f"{place} {key}").items()}
    if isinstance(value, list):
        return {k: v for n, inner in enumerate(value) for k, v in strings_in(inner, f"{place} {n}").items()}
    return {place: filled(value)} if isinstance(value, str) else {}


def problems_of_the_door():
    """{where: text} of the sentences that the door's own code says: HELP and the details of its problems.

    They are read as text: the door's Python is newer than the one that runs here.
    """
    return {
        f"{path.relative_to(ROOT)} {number}": sentence[1]
        for folder in ("chat", "handoff", "privacy")
        for path in sorted((ROOT / "web" / folder).glob("**/*.py"))
        for number, sentence in enumerate(_SENTENCE.finditer(path.read_text(encoding="utf-8")))
    }


def words_of_the_widget():
    return {
        f"{path.relative_to(ROOT)} {number}": next(filter(None, match.groups()), "")
        for path in sorted((ROOT / "widget" / "src").glob("**/words/*.ts"))
        for number, match in enumerate(_STRING.finditer(path.read_text(encoding="utf-8")))
    }


REPLIES = reply_texts()
ALL = {
    **REPLIES,
    **strings_in(yaml.safe_load((ROOT / "data" / "handoff.yml").read_text(encoding="utf-8")), "data/handoff.yml"),
    **problems_of_the_door(),
    **words_of_the_widget(),
}
KINDS = {name: variations[0]["metadata"]["kind"] for name, variations in RESPONSES.items()}

#: What is never said: a pattern, and a sentence that it has to find.
NEVER = [
    # on suicide
    (r"commit(s|ted|ting)? suicide|suicide attempt succeeded", "He committed suicide."),  # "died by suicide"
    (r"cometi(ó|do|er) suicidio", "Ella cometió suicidio."),
    (r"press 3", "Then press 3."),  # ended in 2025
    (r"\b(noose|hang(ing)? (your|him|her)self|rope|bridge|gun|firearm|knife|razor|blades?)\b", "Put the gun away."),
    (r"\b(lethal|fatal|deadly) (dose|amount)|how many (pills|tablets)|carbon monoxide|helium", "A lethal dose is ..."),
    (
        r"\b(do you have|have you got|what is) (a|your) plan\b|how would you do it|are you (thinking of|planning)",
        "Do you have a plan?",
    ),
    (r"wait for (the|your) treatment", "Please wait for your treatment."),
    (r"not anymore", "Little chance of success? Not anymore."),  # the page's words on suicidal thoughts
    # advice and verdicts
    (r"you (do |would |may |might |probably |don't )?qualify\b", "It sounds as if you qualify."),
    (r"you('re| are)( not)? (a good candidate|eligible|suitable)", "You are a good candidate."),
    (r"right for you\b(?! is something I can't judge)", "It may be right for you."),
    (
        r"(?<!if )\b(it|ketamine|this|treatment)('s| is) (very |quite |not )?safe\b(?! for you\.)",
        "Don't worry, it is safe.",
    ),
    (r"\b(stop|quit|skip|reduce|double|keep|start) (taking|your|on)\b", "You can stop taking Zoloft."),
    (
        r"\byou (can|could|may|might|should|must|need to|ought to|have to) (safely |still |also )?"
        r"(take|stop|start|skip|mix|combine|drink|eat|drive|have (an|the|your)|change|raise|lower|get (an|the))\b",
        "You can take both.",
    ),
    (r"\b(I|we)('d| would)? (recommend|suggest|advise)|you('d| had) better|if I were you|my advice", "I suggest rest."),
    (r"\byou (probably |may |might |seem to |clearly )?(have|suffer from) (depression|PTSD|anxiety)", "You have PTSD."),
    # promises and absolutes
    (
        r"\b(guarantee[sd]?|cures?|cured|miracle|proven|risk-free|no risks?|no side effects)\b",
        "It has no side effects.",
    ),
    (r"\bwill (help|work for|heal|fix|save) you\b", "It will help you."),
    (r"\b(always|never fails? to|certain to|sure to|bound to) (help|work|heal|relieve)s?", "It always works."),
    (
        r"\bfor (everyone|everybody|all patients|every patient)\b|\b(all|every) patients? (feel|get|find)",
        "For everyone.",
    ),
    (r"(?<!no )(?<!not a )\bpromises?\b|\b100 ?%|\bpermanent(ly)?\b|\bfor good\b", "That is a promise."),
    (r"\b(garantiza|prometemos|cura)\b", "Se lo prometemos."),
    # tone
    (r"\bcalm down\b|\bcheer up\b|\bjust (think|relax|breathe)\b|don't worry", "Just relax."),
    (r"\bas your (doctor|therapist|nurse)\b|\bI (understand how|know how|feel)\b", "I know how you feel."),
]
#: What the page says with a hedge, and how the hedge is kept wherever a reply states the fact.
HEDGES = {
    "about_45_minutes": r"\babout 45 minutes",
    "relief_hours_or_days": r"\boften\b|\b(no|not a) promise\b",
    "raises_glutamate": r"\bseems?\b",
    "may_reduce_inflammation": r"\bmay\b",
    "weight_lifted": r"\bsome\b",
    "psychotherapist": r"\bcan\b",
    "works_for_some": r"\bsome\b",
    "ineffective_for_others": r"\bothers\b",
    "weeks_or_months": r"\bweeks or even months\b",
    "still_learning": r"\blearn|\bstill\b|\bstud",
    "not_set_in_stone": r"\byet\b|\bnot settled\b",
    "promising": r"\bpromising\b",
    "inflammation_link": r"\blink",
    "high_risk_hope": r"\bhope\b",
}
STATED = [
    (name, fact, key)
    for name, variations in RESPONSES.items()
    for fact in variations[0]["metadata"].get("facts", [])
    if fact in HEDGES
    for key in ("text", "other_words")
    if key == "text" or key in variations[0]["metadata"]
]
#: A no, and nothing that helps on.
_PLAIN_REFUSAL = re.compile(
    r"(?:(?:i'm |i am )?(?:sorry|afraid)[^.]*\.\s*)?(?:(?:i|we|this (?:page|chat)) (?:can't|cannot|won't|can not|"
    r"(?:does|do) not|don't|doesn't|am not able to|am unable to)\b[^.]*\.\s*)*",
    re.IGNORECASE,
)


def is_miss(text, choices=()):
    """Whether a reply leaves its reader with nothing: no words, or only a no, without a number or a topic to tap."""
    helps_on = bool(choices) or re.search(r"\d{3}", text)
    return not text.strip() or (bool(_PLAIN_REFUSAL.fullmatch(text.strip())) and not helps_on)


def text_of(name, key):
    response = RESPONSES[name][0]
    return response["text"] if key == "text" else response["metadata"][key]


def test_all_that_is_said_is_read():
    """So that a file that moved does not leave its words unread."""
    assert len(REPLIES) > 2 * len(RESPONSES)
    assert len(problems_of_the_door()) > 10
    for place in ("data/handoff.yml", "widget/src/words", "widget/src/handoff/words", "link"):
        assert any(name.startswith(place) for name in ALL), place


@pytest.mark.parametrize(("words", "as_in"), NEVER)
def test_nothing_says(words, as_in):
    assert re.search(words, as_in, re.IGNORECASE)  # a pattern that finds nothing would promise nothing
    assert {place: text for place, text in ALL.items() if re.search(words, text, re.IGNORECASE)} == {}


def test_no_reply_holds_an_address_of_the_web_in_its_words():
    assert {place: text for place, text in REPLIES.items() if re.search(r"\b(https?|www)\b", text)} == {}


def test_the_only_words_on_changing_a_medicine_are_the_allowed_ones():
    allowed = "Please don't change or stop a medicine because of this chat; ask the person who prescribed it."
    on_change = re.compile(
        r"[^.;]*\b(change|stop|quit|taper|reduce)\b[^.]*\b(medicine|medication|pill|dose)[^.]*\.", re.I
    )
    said = {found.group().strip() for text in REPLIES.values() for found in on_change.finditer(text)}
    assert said == {allowed}


@pytest.mark.parametrize(("name", "fact", "key"), STATED)
def test_a_hedge_of_the_page_is_kept(name, fact, key):
    assert re.search(HEDGES[fact], text_of(name, key), re.IGNORECASE)


def test_every_hedge_is_of_a_fact_that_some_reply_states():
    assert {fact for _, fact, _ in STATED} == set(HEDGES)


@pytest.mark.parametrize("key", ["text", "other_words"])
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind == "answer"])
def test_an_answer_says_that_the_page_says_it(name, key):
    """All but the phone number, which is the clinic's own."""
    assert "page" in text_of(name, key) or RESPONSES[name][0]["metadata"]["facts"] == ["clinic_number"]


def test_no_reply_leaves_its_reader_with_nothing():
    left = [
        name
        for name, variations in RESPONSES.items()
        for response in variations
        if is_miss(filled(response["text"]), response["metadata"].get("next", []))
    ]
    assert left == []


@pytest.mark.parametrize("text", ["", "  \n", "I can't help with that.", "Sorry, I can't. I cannot answer this."])
def test_an_empty_reply_or_a_plain_no_would_be_noticed(text):
    assert is_miss(text)
