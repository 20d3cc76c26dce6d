"""What is said and shown in each film. Each film belongs to the review that names it in ``data/skincare/reviews.jsonl``."""

from dataclasses import dataclass, field

from tools.films.people import Face, Look

CALM = Face()


@dataclass(frozen=True, slots=True)
class Shot:
    """A caption and the scene under it. ``scene`` is talk, close, hand, days, pair or verdict; ``face`` what the person
    shows at the end of it, ``before`` at its beginning (the same when None); ``value`` days or stars; ``prop`` what is
    added: cotton, sun, fingers, water."""

    says: str
    scene: str
    face: Face = CALM
    before: Face | None = None
    value: int = 0
    prop: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A film. ``product`` is a key of ``data/skincare/products.json``; ``facts`` are the person's, shown at first;
    ``cream`` the colour of what is put on the skin."""

    name: str
    product: str
    look: Look
    facts: tuple[str, ...]
    cream: str
    shots: tuple[Shot, ...]
    other: str = field(default="creme-karite")


NADIA = Look("#d8a47f", "#3a2520", "wavy", "#b8663f")
MAUD = Look("#f2cdb0", "#9b4a2c", "bob", "#8fa58a")
SOPHIE = Look("#eec3a2", "#c99a55", "bun", "#1f5a5c", glasses=True)
MARGAUX = Look("#f5d6c1", "#2a2328", "fringe", "#cf9a94")
AMANDINE = Look("#8d5a3c", "#221815", "curly", "#c9953c")
JULIEN = Look("#e6b58f", "#4a3426", "short", "#27406a", stubble=True)
CELINE = Look("#f4cfb6", "#94785f", "bob", "#cdb68e", grown=0.7)
BERENICE = Look("#c98f68", "#1f1a1c", "long", "#6a4560", lips="#a3263a")

SCRIPTS = (
    Script(
        "karite-peau-seche", "creme-karite", NADIA, ("Peau sèche", "34 ans"), "#fbf3e2",
        (
            Shot("J’ai la peau sèche, surtout sur les joues.", "talk", Face(dry=1, mouth=-0.2)),
            Shot("L’hiver, ça tire dès le matin.", "close", Face(dry=1, red=0.35, mouth=-0.6)),
            Shot("Cette crème, je la chauffe entre les doigts.", "hand"),
            Shot("Le soir, une noisette suffit.", "close", Face(dry=0.5, mouth=0.3), Face(dry=1, mouth=0), prop="fingers"),
            Shot("Trois semaines plus tard…", "days", value=21),
            Shot("ma peau est souple, plus rien ne pèle.", "verdict", Face(glow=0.6, mouth=1), value=5),
        ),
    ),
    Script(
        "karite-peau-mixte", "creme-karite", MAUD, ("Peau mixte", "29 ans"), "#fbf3e2",
        (
            Shot("Moi, j’ai la peau mixte.", "talk", Face(mouth=0.2)),
            Shot("Cette crème est très riche : elle reste en surface.", "hand"),
            Shot("Dix minutes après, mon front brille.", "close", Face(shine=1, mouth=-0.5), Face(mouth=0)),
            Shot("Au bout d’une semaine…", "days", value=7),
            Shot("j’avais des petits boutons sur le menton.", "close", Face(spots=1, shine=0.7, mouth=-0.7), Face(shine=0.7, mouth=-0.3)),
            Shot("Pour mon visage, non. Pour mes mains, oui.", "verdict", Face(spots=0.6, mouth=-0.2), value=2),
        ),
    ),
    Script(
        "serum-peau-deshydratee", "serum-hyaluronique", SOPHIE, ("Peau sèche", "39 ans"), "#d9ecf2",
        (
            Shot("La première semaine, j’étais déçue.", "talk", Face(dry=0.8, mouth=-0.5)),
            Shot("Puis je l’ai mis sur peau humide.", "close", Face(dry=0.4, wet=1, mouth=0.2), Face(dry=0.8, mouth=0)),
            Shot("Trois gouttes,", "hand", prop="drops"),
            Shot("et une crème dans la minute qui suit.", "pair"),
            Shot("Au bout de quinze jours…", "days", value=15),
            Shot("ma peau sèche est plus souple, sans coller.", "verdict", Face(glow=0.7, mouth=1), value=5),
        ),
    ),
    Script(
        "serum-tiraille", "serum-hyaluronique", MARGAUX, ("Peau très sèche", "33 ans"), "#d9ecf2",
        (
            Shot("J’ai la peau très sèche.", "talk", Face(dry=0.8, mouth=-0.1)),
            Shot("J’ai mis ce sérum seul,", "hand", prop="drops"),
            Shot("pendant dix jours.", "days", value=10),
            Shot("Au final, ma peau tirait encore plus.", "close", Face(dry=1, red=0.6, mouth=-0.8), Face(dry=0.7, mouth=-0.1)),
            Shot("Avec une crème riche par-dessus, c’est mieux.", "pair"),
            Shot("Seul, je ne le conseille pas sur peau sèche.", "verdict", Face(dry=0.6, mouth=-0.4), value=2),
        ),
    ),
    Script(
        "vitamine-c-eclat", "serum-vitamine-c", AMANDINE, ("Peau normale", "36 ans"), "#f6d9a0",
        (
            Shot("À la sortie de l’hiver, j’avais mauvaise mine.", "talk", Face(mouth=-0.4)),
            Shot("Ce sérum, je le mets un matin sur deux,", "hand", prop="drops"),
            Shot("avec une protection solaire par-dessus.", "close", Face(mouth=0.4), prop="sun"),
            Shot("Quatre semaines plus tard…", "days", value=28),
            Shot("on m’a dit deux fois que j’avais bonne mine.", "close", Face(glow=1, mouth=1), Face(mouth=0.4)),
            Shot("Mes taches sont plus claires, pas parties.", "verdict", Face(glow=0.8, mouth=0.7), value=5),
        ),
    ),
    Script(
        "gel-creme-peau-grasse", "gel-creme-the-vert", JULIEN, ("Peau grasse", "28 ans"), "#e4efdc",
        (
            Shot("J’ai la peau grasse.", "talk", Face(shine=0.9, mouth=-0.1)),
            Shot("À onze heures, mon front brille déjà.", "close", Face(shine=1, mouth=-0.5)),
            Shot("Ce gel-crème pénètre en trois secondes.", "hand"),
            Shot("Je l’utilise matin et soir depuis un mois.", "days", value=30),
            Shot("Maintenant, je tiens jusqu’à l’après-midi,", "close", Face(mouth=0.8), Face(shine=1, mouth=0)),
            Shot("et il ne laisse aucun film.", "verdict", Face(mouth=1), value=5),
        ),
    ),
    Script(
        "lait-avoine-sensible", "lait-avoine", CELINE, ("Peau sensible", "43 ans"), "#fdf8ea",
        (
            Shot("J’ai la peau sensible : l’eau suffit à me faire rougir.", "talk", Face(red=1, mouth=-0.4)),
            Shot("Ce lait, je le masse sur peau sèche,", "hand"),
            Shot("puis je l’enlève avec un coton.", "close", Face(red=0.4, mouth=0.3), Face(red=1, mouth=0), prop="cotton"),
            Shot("Tous les soirs, depuis deux mois.", "days", value=60),
            Shot("Aucune rougeur, aucun tiraillement.", "verdict", Face(glow=0.4, mouth=1), value=5),
        ),
    ),
    Script(
        "baume-geste", "baume-calendula", BERENICE, ("Peau sèche", "35 ans"), "#fbe9bd",
        (
            Shot("Je me maquille beaucoup, et j’ai la peau sèche.", "talk", Face(makeup=1, mouth=0.3)),
            Shot("Le baume fond tout de suite sous les doigts.", "hand"),
            Shot("Un peu d’eau, et il devient un lait.", "close", Face(makeup=0.5, wet=1, mouth=0.3), Face(makeup=1, mouth=0.2), prop="fingers"),
            Shot("Tout part, même le mascara waterproof.", "close", Face(mouth=0.6), Face(makeup=0.5, wet=0.8, mouth=0.4), prop="cotton"),
            Shot("Une boîte me dure quatre mois.", "days", value=120),
            Shot("Et après, ma peau est douce.", "verdict", Face(glow=0.6, mouth=1), value=5),
        ),
    ),
)  # fmt: skip
