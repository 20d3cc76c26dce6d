"""The brand edits what readings look for; readings follow."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parvis.core.errors import NotFound
from parvis.domains.people import queries as people
from parvis.domains.voices import actions, models, queries, rules
from parvis.domains.voices.contracts import AspectCue, AspectDefinition, NewVoice, Origin

pytestmark = [pytest.mark.database, pytest.mark.django_db]

POCKETS = AspectDefinition(
    key="",
    name_en="Pockets",
    name_fr="Poches",
    pro_en="Real pockets",
    pro_fr="De vraies poches",
    con_en="No pockets",
    con_fr="Pas de poches",
    kinds=("clothing",),
    cues=(
        AspectCue(language="en", cue="[real|deep] pockets", polarity=1),
        AspectCue(language="fr", cue="poches"),
    ),
)


def spoken(product_id: int, text: str, at, ref: str = "spoken") -> int:
    voice = actions.receive(
        NewVoice(product_id=product_id, text=text, stars=4, origin=Origin.DEMO, origin_ref=ref), at=at
    )
    actions.examine([voice.id], at=at)
    return voice.id


def heard(voice_id: int) -> dict[str, float]:
    return {span.aspect: span.polarity for span in queries.readings([voice_id])[voice_id].aspects}


def test_as_shipped_nothing_is_changed():
    shipped = queries.aspects()
    assert {"fabric", "smell", "taste", "noise", "delivery"} <= {each.key for each in shipped}
    assert all(each.bundled and each.active and each.changed_at is None for each in shipped)
    assert queries.reading_set().cues is None
    assert "+" not in queries.model_in_force()


def test_an_aspect_of_the_brands_own_is_read_named_and_noted(dress, at, camille):
    before = queries.model_in_force()
    saved = actions.save_aspect(POCKETS, actor_id=camille, at=at)
    assert saved.key == "pockets"
    assert not saved.bundled
    assert queries.model_in_force() != before
    voice = spoken(dress, "It has real pockets and the fabric is soft.", at)
    assert heard(voice)["pockets"] > 0.3
    assert heard(voice)["fabric"] > 0.3
    assert queries.readings([voice])[voice].model == queries.model_in_force()
    assert queries.aspect_labels("fr")["pockets:pro"] == "De vraies poches"
    assert [entry.verb for entry in people.audit("aspect", "pockets")] == ["aspect.saved"]


def test_a_shipped_aspect_is_renamed_given_cues_switched_off_and_restored(dress, at, camille):
    fabric = queries.aspect("fabric")
    cue = AspectCue(language="en", cue="stay dry", polarity=1)
    actions.save_aspect(replace(fabric, name_en="Cloth", cues=(cue,)), actor_id=camille, at=at)
    assert queries.aspect_labels("en")["fabric"] == "Cloth"
    assert heard(spoken(dress, "You stay dry in it.", at, "a")) == {"fabric": 1.0}
    assert heard(spoken(dress, "It is so itchy on the arms.", at, "b"))["fabric"] < 0
    actions.save_aspect(replace(fabric, active=False), actor_id=camille, at=at)
    assert "fabric" not in heard(spoken(dress, "It is really itchy on the legs.", at, "c"))
    actions.restore_aspect(key="fabric", actor_id=camille, at=at)
    assert queries.aspect("fabric") == fabric
    assert queries.aspect_labels("en")["fabric"] == "Fabric"
    with pytest.raises(NotFound):
        actions.restore_aspect(key="fabric", actor_id=camille, at=at)


def test_two_aspects_of_one_name_get_two_keys(at, camille, db):
    keys = [actions.save_aspect(POCKETS, actor_id=camille, at=at).key for _ in range(2)]
    assert keys == ["pockets", "pockets_2"]


@pytest.mark.parametrize(
    ("definition", "error"),
    [
        (replace(POCKETS, name_fr=" "), rules.NameMissing),
        (replace(POCKETS, kinds=("spaceships",)), rules.UnknownKind),
        (replace(POCKETS, cues=(AspectCue(language="en", cue="(deep pockets"),)), rules.OpenBracket),
        (replace(POCKETS, cues=(AspectCue(language="en", cue="a (b [c])"),)), rules.OpenBracket),
        (replace(POCKETS, cues=(AspectCue(language="en", cue="!!"),)), rules.UnreadableCue),
        (replace(POCKETS, cues=(AspectCue(language="en", cue=" ".join(["a|b|c|d|e"] * 9)),)), rules.UnreadableCue),
        (replace(POCKETS, cues=(AspectCue(language="en", cue="x"),) * 201), rules.TooManyCues),
    ],
)
def test_what_cannot_be_read_is_not_kept(definition, error, at, camille):
    with pytest.raises(error):
        actions.save_aspect(definition, actor_id=camille, at=at)
    assert all(each.bundled for each in queries.aspects())


def test_cues_are_written_a_line_each():
    written = "+ soft|silky\n\n- itchy\nlining\n= weave"
    cues = rules.parse_cues(written, "en")
    assert [(cue.cue, cue.polarity) for cue in cues] == [
        ("soft|silky", 1.0),
        ("itchy", -1.0),
        ("lining", None),
        ("weave", None),
    ]
    assert rules.parse_cues(rules.write_cues(cues, "en"), "en") == cues
    with pytest.raises(rules.OpenBracket, match="Line 2"):
        rules.parse_cues("fine\n(broken", "en")


def test_categories_are_read_with_the_kind_they_are_given(dress, at, camille):
    from parvis.domains.catalog import queries as catalog

    category = catalog.products([dress], locale="en")[dress].category_key
    text = "It stings and my eyes are red."
    assert "tolerance" not in heard(spoken(dress, text, at, "a"))
    actions.set_category_kind(category_key=category, kind="beauty", actor_id=camille, at=at)
    assert queries.category_kinds()[category] == "beauty"
    assert heard(spoken(dress, text + " Truly.", at, "b"))["tolerance"] < 0
    actions.set_category_kind(category_key=category, kind="", actor_id=camille, at=at)
    assert queries.category_kinds().get(category) != "beauty"
    with pytest.raises(NotFound):
        actions.set_category_kind(category_key="none", kind="beauty", actor_id=camille, at=at)
    with pytest.raises(rules.UnknownKind):
        actions.set_category_kind(category_key=category, kind="none", actor_id=camille, at=at)


def test_readings_keep_what_people_state_want_and_where_they_have_an_interest(dress, at):
    voice = spoken(dress, "I'm 5'4\", 120 lbs and got a small. I received it for free to review. I love it!", at)
    reading = queries.voice(voice).reading
    assert reading.stated("height_cm") == "163"
    assert reading.stated("size_worn") == "S"
    assert reading.stated("skin_type") == ""
    assert reading.wants("praise")
    assert not reading.wants("question")
    assert reading.interest > 0.5
    assert [ground.ground for ground in reading.grounds] == ["free_product"]


def test_a_postal_address_is_masked(dress, at):
    voice = spoken(dress, "Écrivez-moi au 12 rue de la Paix, 75002 Paris, la robe est belle.", at)
    assert "Paix" not in queries.voice(voice).text
    assert queries.voice(voice).reading.personal[0].kind == "address"


def test_drift_tells_what_moved_and_stays_calm_otherwise(dress, at):
    week = timedelta(days=7)
    for number in range(60):
        spoken(dress, f"The dress number {number} is lovely and so soft.", at, f"old{number}")
    for number in range(60):
        said = "awful and itchy, I want a refund" if number % 2 else "lovely and so soft"
        spoken(dress, f"The dress number {number} is {said}.", at + week, f"new{number}")
    found = queries.drift(before=at - week, since=at + week, until=at + 2 * week)
    assert (found.voices_before, found.voices_now) == (60, 60)
    moved = {measure.key: measure for measure in found.measures if measure.moved}
    assert moved["complaint"].now == 0.5
    assert moved["complaint"].low > 0
    assert moved["sentiment"].high < 0
    assert "toxic" not in moved
    assert found.tone is not None
    assert found.tone > 0.25
    assert found.models == {queries.model_in_force(): 120}
    calm = queries.drift(before=at - week, since=at + week, until=at + week)
    assert calm.measures == ()
    assert calm.tone is None


def test_an_old_file_that_comes_in_today_is_no_drift(dress, at):
    rows = (
        NewVoice(
            product_id=dress,
            text=f"The dress number {number} is awful and itchy.",
            stars=1,
            submitted_at=at - timedelta(days=400),
            origin=Origin.IMPORT,
            origin_ref=f"old:{number}",
        )
        for number in range(40)
    )
    actions.examine(list(actions.receive_many(rows, at=at).accepted), at=at)
    spoken(dress, "The dress is lovely and so soft.", at)
    week = timedelta(days=7)
    assert queries.drift(before=at - 5 * week, since=at - week, until=at + week).voices_now == 1


def test_readings_made_anew_are_told_as_no_drift_of_the_public(dress, at, olivia):
    week = timedelta(days=7)
    said = "The dress is lovely and so soft"
    old = [spoken(dress, f"{said}, number {number}.", at, f"a{number}") for number in range(40)]
    for number in range(40):
        spoken(dress, f"{said}, number {number}.", at + week, f"b{number}")
    period = {"before": at - week, "since": at + week, "until": at + 2 * week}
    models.Reading.objects.filter(voice_id__in=old).update(model="older", sentiment=-0.9, stars=1.0)
    between = queries.drift(**period)
    assert {measure.key for measure in between.measures if measure.moved} == {"sentiment", "stars"}
    assert len(between.models) == 2  # the page says: have them read again before comparing
    run = actions.start_rereading(actor_id=olivia, at=at + 2 * week)
    assert actions.continue_rereading(rereading_id=run.id, at=at + 2 * week).done == 40
    after = queries.drift(**period)
    assert not [measure.key for measure in after.measures if measure.moved]
    assert after.models == {queries.model_in_force(): 80}
