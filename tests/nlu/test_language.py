"""A visitor may write a condition or a medicine in any of the ways that data/vocabulary.yml lists."""

import pytest
import yaml

from nlu.language import VOCABULARY, SpacyNLP, build_language

SMALL = "condition:\n  PTSD: [post traumatic stress]\ndrug:\n  lithium: []\n"

SPELLINGS = [
    pytest.param(label, name, spelling, id=spelling)
    for label, names in yaml.safe_load(VOCABULARY.read_text(encoding="utf-8")).items()
    for name, spellings in names.items()
    for spelling in [name, *spellings]
]


@pytest.mark.parametrize(("label", "name", "spelling"), SPELLINGS)
def test_each_spelling_of_the_vocabulary_is_recognised_under_its_usual_name(language, label, name, spelling):
    doc = language(f"Would it help someone with {spelling} as well?")
    assert [(entity.text, entity.label_, entity.ent_id_) for entity in doc.ents] == [(spelling, label, name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("does it help PTSD?", "PTSD"),
        ("does it help ptsd", "PTSD"),
        ("DOES IT HELP WITH POST TRAUMATIC STRESS", "PTSD"),
        ("sertraline.", "Zoloft"),
        ("ZOLOFT!!", "Zoloft"),
    ],
)
def test_case_and_punctuation_around_a_name_do_not_matter(language, text, name):
    assert [entity.ent_id_ for entity in language(text).ents] == [name]


def test_two_names_in_a_message_are_both_found(language):
    doc = language("I stopped Prozac; does it help with back pain and migraines?")
    assert [(entity.label_, entity.ent_id_) for entity in doc.ents] == [
        ("drug", "Prozac"),
        ("condition", "chronic pain"),
        ("condition", "migraine"),
    ]


def test_everyday_words_are_no_names(language):
    assert language("How long is a session, and who decides the dose?").ents == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What is it? How long is it?", ["What is it?", "How long is it?"]),
        ("I am tired of pills. Is it an IV", ["I am tired of pills.", "Is it an IV"]),
        ("what is it\nhow long is it", ["what is it", "how long is it"]),
        ("it is costly; who pays", ["it is costly;", "who pays"]),
        ("well… is it new", ["well…", "is it new"]),
    ],
)
def test_sentences_end_where_people_end_them_in_a_chat(language, text, expected):
    assert [span.text.strip() for span in language(text).sents] == expected


def test_the_vocabulary_is_content_another_file_gives_other_names(tmp_path):
    (tmp_path / "vocabulary.yml").write_text(SMALL, encoding="utf-8")
    language = build_language(tmp_path / "vocabulary.yml")
    assert [entity.ent_id_ for entity in language("Lithium for post traumatic stress, or Zoloft?").ents] == [
        "lithium",
        "PTSD",
    ]


def test_a_missing_vocabulary_is_an_error_not_an_empty_one(tmp_path):
    with pytest.raises(OSError, match=r"none\.yml"):
        build_language(tmp_path / "none.yml")


def test_a_changed_vocabulary_is_never_restored_from_an_old_training(tmp_path):
    """Rasa takes the model's name for its fingerprint; so it has to change with the file, and only with it."""
    file = tmp_path / "vocabulary.yml"
    file.write_text(SMALL, encoding="utf-8")
    before = SpacyNLP.load_model(str(file)).model_name
    assert SpacyNLP.load_model(str(file)).model_name == before
    file.write_text(SMALL + "  Zoloft: [sertraline]\n", encoding="utf-8")
    assert SpacyNLP.load_model(str(file)).model_name != before


def test_rasa_gets_the_pipeline_of_the_named_file_relative_to_the_project():
    model = SpacyNLP.load_model("data/vocabulary.yml").model
    assert [entity.ent_id_ for entity in model("does it help fibro").ents] == ["fibromyalgia"]
    SpacyNLP.ensure_proper_language_model(model)  # the stock check refuses a pipeline that was not read from disk
