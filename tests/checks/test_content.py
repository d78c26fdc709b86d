"""Whoever changes what the assistant says is told in a sentence, with file and line, what does not hold."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import checks.content
from checks.content import (
    Content,
    ContentError,
    Finding,
    check_numbers,
    check_variety,
    files_without_numbers,
    findings,
    near_copies,
)
from safety.replies import compose

ROOT = Path(__file__).resolve().parents[2]

PAGE = """\
sections:
  visit:
    title: "The visit"
    anchor: visit
facts:
  length:
    section: visit
    says: It takes about 45 minutes.
    figures: ["45 minutes"]
  drip:
    section: visit
    says: It is a slow drip.
"""
DOMAIN = """\
version: "3.1"
intents:
  - session_length
  - procedure
  - cost
  - crisis
responses:
  utter_session_length:
    - text: It takes about 45 minutes.
      metadata:
        kind: answer
        section: visit
        facts: [length]
        label: "How long is it?"
        next: [procedure, cost]
        other_words: You are there about 45 minutes.
  utter_procedure:
    - text: It is a slow drip.
      metadata:
        kind: answer
        section: visit
        facts: [drip]
        label: "How is it given?"
        other_words: It flows in drop by drop.
  utter_cost:
    - text: The page does not say. Please call {clinic_phone}.
      metadata:
        kind: not_on_page
        label: "What does it cost?"
  utter_crisis:
    - text: Call or text {lifeline}. Someone is there.
      metadata:
        kind: crisis
"""
TRAINING = """\
version: "3.1"
nlu:
- intent: session_length
  examples: |
    - how long is a session
    - how many minutes
- intent: procedure
  examples: |
    - how is it given
    - is it a drip
- intent: cost
  examples: |
    - how much is it
    - the price please
"""
TESTS = """\
version: "3.1"
nlu:
- intent: session_length
  examples: |
    - will i be there all day
    - time for one visit
    - hours or minutes
- intent: procedure
  metadata: {register: plain}
  examples: |
    - needle in the arm
    - what do they do to you
    - drip or shot
- intent: cost
  examples: |
    - what do i pay
    - is it dear
    - price range
"""
RISK = """\
risk:
  - danger: crisis
    family: wish
    examples: |
      - i wish i would not wake up
      - i am done with it all
  - danger: none
    family: wish
    examples: |
      - i wish i could sleep in
"""
HELD_OUT = """\
risk:
  - danger: crisis
    family: wish
    examples: |
      - nobody would miss me
"""
FILES = {
    "data/page.yml": PAGE,
    "domain.yml": DOMAIN,
    "data/nlu/all.yml": TRAINING,
    "data/risk/all.yml": RISK,
    "tests/understanding/all.yml": TESTS,
    "tests/safety/held_out/all.yml": HELD_OUT,
}
LONG = "It is slow. " * 22
HARD = "Neurotransmitter modulation characteristically necessitates individualized consideration."
MIDDLING = "The people at the clinic can answer every question about it in the morning."


@pytest.fixture
def root(tmp_path):
    """A small copy of the content in which nothing is wrong."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "data" / "clinic.yml", tmp_path / "data" / "clinic.yml")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} has to be in {path.name} once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(path, text):
    """Number of the only line that holds the text."""
    [number] = [n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if text in line]
    return number


def found_in(root):
    return findings(Content(root), {})


def test_content_in_order_has_no_finding(root):
    assert found_in(root) == []
    assert len(Content(root).training) == 6
    assert len(Content(root).tests) == 9


@pytest.fixture(scope="module")
def found_in_this_project():
    """But for near copies, which ``make check`` measures with the encoder."""
    return [str(finding) for finding in findings(Content(), {})]


def test_the_content_of_this_project_is_in_order(found_in_this_project):
    assert [finding for finding in found_in_this_project if "written out" not in finding] == []


def test_no_number_is_written_out_in_this_project(found_in_this_project):
    assert [finding for finding in found_in_this_project if "written out" in finding] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "what"),
    [
        # keys that nothing reads
        ("data/clinic.yml", "clinic_name:", "clinic_nmae:", "clinic_nmae:", "'clinic_nmae' is not a known key."),
        ("data/page.yml", "facts:\n", "fotos: {}\nfacts:\n", "fotos:", "'fotos' is not a known key."),
        ("data/page.yml", "anchor: visit", "anker: visit", "anker", "'anker' is not a known key."),
        ("data/page.yml", "figures:", "figure:", "figure:", "'figure' is not a known key."),
        (
            "domain.yml",
            "next: [procedure, cost]",
            "nxt: [procedure, cost]",
            "utter_session_length:",
            "utter_session_length has the unknown metadata key 'nxt'.",
        ),
        # facts and sections
        (
            "data/page.yml",
            "  drip:\n    section: visit",
            "  drip:\n    section: brain",
            "drip:",
            "the fact 'drip' names the section 'brain', which the page does not have.",
        ),
        (
            "data/page.yml",
            "  drip:",
            "  unsaid:\n    section: visit\n    says: It is new.\n  drip:",
            "unsaid:",
            "no reply states the fact 'unsaid'.",
        ),
        (
            "domain.yml",
            "        section: visit\n        facts: [drip]",
            "        section: brain\n        facts: [drip]",
            "utter_procedure:",
            "utter_procedure names the section 'brain', which data/page.yml does not have.",
        ),
        (
            "domain.yml",
            "facts: [drip]",
            "facts: [drip, magic]",
            "utter_procedure:",
            "utter_procedure names the fact 'magic', which data/page.yml does not have.",
        ),
        (
            "domain.yml",
            "        section: visit\n        facts: [drip]\n",
            "        facts: [drip]\n",
            "utter_procedure:",
            "utter_procedure is an answer and so needs a section and the facts that it states.",
        ),
        (
            "domain.yml",
            "        facts: [length]\n",
            "        facts: []\n",
            "utter_session_length:",
            "utter_session_length is an answer and so needs a section and the facts that it states.",
        ),
        # kinds, labels, topics
        (
            "domain.yml",
            "kind: not_on_page",
            "kind: not_on_the_page",
            "utter_cost:",
            "utter_cost has the kind 'not_on_the_page', which is none of greeting, answer, ",
        ),
        (
            "domain.yml",
            '        kind: not_on_page\n        label: "What does it cost?"\n',
            '        label: "What does it cost?"\n',
            "utter_cost:",
            "utter_cost has the kind 'None', which is none of ",
        ),
        (
            "domain.yml",
            "What does it cost?",
            "How is it given?",
            "utter_cost:",
            "utter_cost has the same label as utter_procedure.",
        ),
        (
            "domain.yml",
            "next: [procedure, cost]",
            "next: [procedure, crisis]",
            "utter_session_length:",
            "utter_session_length offers the topic 'crisis', which has no reply with a label.",
        ),
        (
            "domain.yml",
            "next: [procedure, cost]",
            "next: [procedure, parking]",
            "utter_session_length:",
            "utter_session_length offers the topic 'parking', which has no reply with a label.",
        ),
        (
            "domain.yml",
            "next: [procedure, cost]",
            "next: [procedure, cost, session_length, procedure]",
            "utter_session_length:",
            "utter_session_length offers more than 3 topics.",
        ),
        (
            "domain.yml",
            "  - cost\n",
            "  - cost\n  - greet\n",
            "intents:",
            "there is no reply 'utter_greet'.",
        ),
        # the text itself
        (
            "domain.yml",
            "{clinic_phone}",
            "{clinic_fone}",
            "utter_cost:",
            "utter_cost has {clinic_fone}, which data/clinic.yml does not have.",
        ),
        *(
            (
                "domain.yml",
                "text: It is a slow drip.",
                f"text: {text}",
                "utter_procedure:",
                f"utter_procedure has the figure '{figure}', which is in none of its facts.",
            )
            for text, figure in [
                ("It takes 45 minutes.", "45"),  # true, but not of this reply's facts
                ("It takes half an hour.", "half"),
                ("It helps 70% of people.", "70%"),
                ("It helps seventy of a few.", "seventy"),
                ("It is $400.", "$400."),
                ("It is from the 1960s.", "1960s"),
                ("It was new in March 2000.", "2000."),
            ]
        ),
        ("domain.yml", "It is a slow drip.", LONG, "utter_procedure:", "utter_procedure is too long: 66 words."),
        ("domain.yml", "It is a slow drip.", HARD, "utter_procedure:", "utter_procedure is too hard to read: grade "),
        (
            "domain.yml",
            "Call or text {lifeline}. Someone is there.",
            MIDDLING,
            "utter_crisis:",
            "utter_crisis is too hard to read: grade ",
        ),
        # the same in other words
        *(
            ("domain.yml", "        other_words: It flows in drop by drop.\n", given, "utter_procedure:", what)
            for given, what in [
                ("", "utter_procedure needs other_words: the same, said in simpler words."),
                *(
                    (f"        other_words: {nothing}\n", "utter_procedure needs other_words: the same")
                    for nothing in ("", '" "', "[It flows in.]")
                ),
                (
                    "        other_words: it is a slow drip\n",
                    "utter_procedure has the same words in other_words as in its text.",
                ),
                (
                    "        other_words: It flows in for 45 minutes.\n",
                    "utter_procedure in its other words has the figure '45', which is in none of its facts.",
                ),
                (
                    "        other_words: It flows in at {clinic_fone}.\n",
                    "utter_procedure in its other words has {clinic_fone}, which data/clinic.yml does not have.",
                ),
                (
                    "        other_words: It flows in at {clinic_phone}.\n",
                    "utter_procedure has {clinic_phone} in only one of its text and its other words.",
                ),
                (
                    "        other_words: It flows in at {clinic_phone.\n",
                    "utter_procedure in its other words has a { or a } that has no partner.",
                ),
                (f"        other_words: {LONG}\n", "utter_procedure in its other words is too long: 66 words."),
                (f"        other_words: {HARD}\n", "utter_procedure in its other words is too hard to read: grade "),
            ]
        ),
        (
            "domain.yml",
            "It is a slow drip.",
            "It is a slow drip, says {clinic_name}.",
            "utter_procedure:",
            "utter_procedure has {clinic_name} in only one of its text and its other words.",
        ),
        # examples
        (
            "tests/understanding/all.yml",
            "    - price range\n",
            "",
            "domain.yml:  - cost",
            "the intent 'cost' has 2 test sentences; it needs at least 3.",
        ),
        (
            "data/nlu/all.yml",
            "intent: cost",
            "intent: costs",
            ["- how much is it", "- the price please"],
            "'costs' is not an intent of domain.yml.",
        ),
        (
            "data/nlu/all.yml",
            "- the price please",
            "- How long is a session??",
            "- How long is a session??",
            "'How long is a session??' is also under 'session_length' (data/nlu/all.yml:5).",
        ),
        (
            "data/nlu/all.yml",
            "- how many minutes",
            "- How long, is a session?",
            "- How long, is a session?",
            "'How long, is a session?' stands twice (data/nlu/all.yml:5).",
        ),
        (
            "tests/understanding/all.yml",
            "- price range",
            "- the price, please",
            "- the price, please",
            "'the price, please' is in the training data too (data/nlu/all.yml:14).",
        ),
        (
            "tests/understanding/all.yml",
            "- drip or shot",
            "- How much is it",
            "- How much is it",
            "'How much is it' is also under 'cost' (data/nlu/all.yml:13).",
        ),
        # risk examples
        (
            "data/risk/all.yml",
            "- i wish i could sleep in",
            "- I am done with it all!",
            "- I am done with it all!",
            "'I am done with it all!' is also in data/risk/all.yml:6, as 'crisis'.",
        ),
        (
            "tests/safety/held_out/all.yml",
            "- nobody would miss me",
            "- I wish I could sleep in.",
            "- I wish I could sleep in.",
            "'I wish I could sleep in.' is also in data/risk/all.yml:10, as 'none'.",
        ),
    ],
)
def test_a_slip_is_found_and_its_line_named(root, file, old, new, where, what):
    change(root / file, old, new)
    places = [where] if isinstance(where, str) else where
    expected = []
    for place in places:
        where_file, _, text = place.partition(":") if place.startswith("domain.yml:") else (file, "", place)
        expected.append((where_file, line_of(root / where_file, text)))
    found = found_in(root)
    assert [(f.file, f.line) for f in found if f.what.startswith(what)] == expected, [str(f) for f in found]


def test_one_slip_does_not_hide_another(root):
    change(root / "domain.yml", "It is a slow drip.", "It takes 50 minutes.")
    change(root / "data/page.yml", "anchor: visit", "anker: visit")
    assert [(f.file, f.line) for f in found_in(root)] == [
        ("data/page.yml", line_of(root / "data/page.yml", "anker")),
        ("domain.yml", line_of(root / "domain.yml", "utter_procedure:")),
    ]


def test_a_finding_reads_as_a_compiler_says_it():
    assert str(Finding("domain.yml", 7, "utter_cost is too long: 99 words.")) == (
        "domain.yml:7: utter_cost is too long: 99 words."
    )


@pytest.mark.parametrize("text", ["It takes about 45 minutes.", "45 minutes it is.", "About 45 minutes, and slow."])
def test_a_figure_of_the_replys_own_facts_may_be_said(root, text):
    change(root / "domain.yml", "text: It takes about 45 minutes.", f"text: {text}")
    assert found_in(root) == []


@pytest.mark.parametrize("text", ["The page does not cover {condition}.", "The page does not cover {drug}."])
def test_a_name_that_the_message_fills_in_may_stand_in_a_reply(root, text):
    change(root / "domain.yml", "The page does not say. Please call {clinic_phone}.", text)
    assert found_in(root) == []


def test_a_figure_of_the_replys_own_facts_may_be_said_in_other_words(root):
    change(root / "domain.yml", "You are there about 45 minutes.", "Think of 45 minutes.")
    assert found_in(root) == []


def test_a_reply_that_is_no_answer_may_have_other_words_and_they_are_checked(root):
    change(
        root / "domain.yml",
        "        kind: crisis\n",
        "        kind: crisis\n        other_words: You can reach {lifeline} now.\n",
    )
    assert found_in(root) == []
    change(root / "domain.yml", "You can reach {lifeline} now.", MIDDLING.replace("about it", "about {lifeline}"))
    [finding] = found_in(root)
    assert finding.what.startswith("utter_crisis in its other words is too hard to read: grade ")


def test_a_card_may_be_longer_than_another_reply(root):
    change(root / "domain.yml", "Call or text {lifeline}. Someone is there.", LONG)
    assert found_in(root) == []


def test_an_ordinary_reply_may_be_a_little_harder_than_a_card(root):
    change(root / "domain.yml", "It is a slow drip.", MIDDLING)
    assert found_in(root) == []


@pytest.mark.parametrize(
    "name", ["{Clinic_Phone}", "{clinic-phone}", "{clinic phone}", "{clinic_phone", "{clinic_phone2}"]
)
def test_a_reply_that_cannot_be_made_is_found(root, name):
    text = f"The page does not say. You can call them at {name}."
    change(root / "domain.yml", "The page does not say. Please call {clinic_phone}.", f"'{text}'")
    with pytest.raises((KeyError, ValueError)):
        compose(Content(root).domain["responses"], "cost")
    assert [f.line for f in found_in(root) if "{" in f.what] == [line_of(root / "domain.yml", "utter_cost:")]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/page.yml", 'figures: ["45 minutes"]', "figures: [45]"),
        ("data/page.yml", "facts:\n", "fects:\n"),
        ("domain.yml", "    - text: It is a slow drip.\n      metadata:", "    - metadata:"),
        ("domain.yml", "intents:", "intent:"),
        ("data/nlu/all.yml", "- intent: cost\n  examples: |", "- intent: cost\n  example: |"),
        ("data/clinic.yml", "clinic_phone:", "clinic_fone:"),
    ],
)
def test_a_missing_key_or_a_number_for_a_text_is_a_finding_not_a_traceback(root, file, old, new):
    change(root / file, old, new)
    try:
        said = [str(finding) for finding in found_in(root)]
    except ContentError as error:
        said = [str(error)]
    assert any(sentence.startswith(f"{file}:") for sentence in said)


# --- files that cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["data/page.yml", "data/clinic.yml", "domain.yml"])
def test_a_missing_file_is_named(root, file):
    (root / file).unlink()
    with pytest.raises(ContentError, match=rf"^{re.escape(file)}: cannot be read \(No such file or directory\)\.$"):
        Content(root)


@pytest.mark.parametrize("file", ["data/page.yml", "domain.yml", "data/nlu/all.yml", "tests/understanding/all.yml"])
def test_broken_yaml_is_named_with_its_line(root, file):
    before = (root / file).read_text(encoding="utf-8")
    (root / file).write_text(before + 'oh: "no\n', encoding="utf-8")
    with pytest.raises(ContentError, match=rf"^{re.escape(file)}:\d+: is not YAML that can be read: .*\.$") as raised:
        Content(root)
    assert int(str(raised.value).split(":")[1]) > before.count("\n")


def test_a_file_of_something_else_is_refused(root):
    (root / "data/page.yml").write_text("- a list\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^data/page\.yml:1: has to hold keys and values\.$"):
        Content(root)


def test_a_key_that_stands_twice_is_not_quietly_read_once(root):
    change(root / "domain.yml", "  utter_cost:", "  utter_procedure:")
    with pytest.raises(ContentError, match=r"^domain\.yml:\d+: "):
        Content(root)


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('PHONE = "847-236-9310"', "847-236-9310"),
        ("# (847) 236-9310", "847) 236-9310"),
        ("href='tel:+18472369310'", "8472369310"),
        ("call 1-800-222-1222 now", "800-222-1222"),
        ("800.799.7233", "800.799.7233"),
        ("in danger call 911.", "911"),
        ("href='tel:988'", "988"),
        ("text 988 or call", "988"),
    ],
)
def test_a_number_in_the_code_is_found(root, line, number):
    (root / "code.py").write_text(f"first = 1\n{line}\n", encoding="utf-8")
    assert [(f.file, f.line, f.what) for f in found_in(root)] == [
        ("code.py", 2, f"the number {number} is written out; name it from data/clinic.yml instead.")
    ]


@pytest.mark.parametrize("line", ["color: #911", "0.9881", "sha256:a988f", "19885", "911-1", "port 9110", "x988"])
def test_a_part_of_another_number_is_none_to_call(root, line):
    (root / "code.py").write_text(line + "\n", encoding="utf-8")
    assert found_in(root) == []


def test_a_number_in_a_reply_is_found(root):
    change(root / "domain.yml", "{clinic_phone}", "847-236-9310")
    numbers = [(f.file, f.line) for f in found_in(root) if "written out" in f.what]
    assert numbers == [("domain.yml", line_of(root / "domain.yml", "847-236-9310"))]


def test_a_number_in_the_other_words_of_a_reply_is_found(root):
    change(root / "domain.yml", "It flows in drop by drop.", "Ask them at 847-236-9310.")
    numbers = [(f.file, f.line) for f in found_in(root) if "written out" in f.what]
    assert numbers == [("domain.yml", line_of(root / "domain.yml", "847-236-9310"))]


def test_documents_tests_and_the_clinics_own_file_may_hold_numbers(root):
    for name in ("docs/operations.html", "tests/test_card.py", "README.md", "data/nlu/more.yml", "code.py"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("nlu: []  # 911\n", encoding="utf-8")
    names = {path.relative_to(root).as_posix() for path in files_without_numbers(root)}
    assert {"code.py", "domain.yml", "data/page.yml"} <= names
    assert not {name for name in names if name.startswith(("docs/", "tests/", "README", "data/nlu/", "data/clinic"))}
    assert [f.file for f in check_numbers(Content(root), files_without_numbers(root))] == ["code.py"]


def test_what_git_ignores_is_not_looked_at(root):
    (root / ".gitignore").write_text("var/\n", encoding="utf-8")
    (root / "var").mkdir()
    (root / "var" / "made.py").write_text("# 911\n", encoding="utf-8")
    assert found_in(root) == []


# --- near copies ------------------------------------------------------------------------------------------------------


def test_an_intent_taught_by_a_template_is_found(root):
    change(
        root / "data/nlu/all.yml",
        "    - how much is it\n    - the price please\n",
        "    - how much does a treatment cost\n    - how much does the treatment cost\n    - what would I pay\n",
    )
    content = Content(root)
    shares = near_copies(content)
    assert set(shares) == {"session_length", "procedure", "cost"}
    assert shares["cost"] == pytest.approx(2 / 3)
    assert shares["procedure"] == 0.0
    [finding] = check_variety(content, shares)
    assert (finding.file, finding.line) == ("data/nlu/all.yml", 13)
    assert finding.what.startswith("67% of the examples of 'cost' are near copies of another")


@pytest.mark.parametrize(("share", "count"), [(0.15, 0), (0.16, 1)])
def test_the_share_of_near_copies_has_a_limit(root, share, count):
    assert len(list(check_variety(Content(root), {"cost": share, "procedure": 0.0}))) == count


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_each_finding_and_ends_with_an_error(root, monkeypatch, capsys):
    change(root / "domain.yml", "It is a slow drip.", "It takes 50 minutes.")
    monkeypatch.setattr(checks.content, "Content", lambda: Content(root))
    assert checks.content.main() == 1
    printed = capsys.readouterr().out
    line = line_of(root / "domain.yml", "utter_procedure:")
    assert f"domain.yml:{line}: utter_procedure has the figure '50', which is in none of its facts.\n" in printed
    assert printed.endswith("1 to mend.\n")


def test_the_command_says_when_all_is_in_order(root, monkeypatch, capsys):
    monkeypatch.setattr(checks.content, "Content", lambda: Content(root))
    assert checks.content.main() == 0
    assert capsys.readouterr().out.endswith("Content is in order: 6 examples, 9 tests.\n")


def test_the_command_says_what_it_cannot_read(root, monkeypatch, capsys):
    (root / "domain.yml").unlink()
    monkeypatch.setattr(checks.content, "Content", lambda: Content(root))
    assert checks.content.main() == 1
    assert capsys.readouterr().out == "domain.yml: cannot be read (No such file or directory).\n"
