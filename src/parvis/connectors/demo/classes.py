"""The classes of the data set as a shop names and sells them, in English and French.

Names are neutral: the data says that product 1080 is of class Dresses, so it is "Dress 1080" and "Robe 1080", no more.
Prices, sizes and colours are assumptions of the demo (docs/demo.md).
"""

from dataclasses import dataclass

from parvis.domains.catalog.contracts import NewCategory

LETTERS = ("XS", "S", "M", "L", "XL")
WAISTS = ("25", "26", "27", "28", "29", "30", "31", "32")
PAIRS = ("S/M", "M/L")


@dataclass(frozen=True, slots=True)
class Class:
    """A class: its name in the data, its key, one piece and the shelf in both languages, the usual price in minor
    units, sizes, and how much more it is looked at in July (``summer``) or in January (negative)."""

    source: str
    key: str
    piece_en: str
    piece_fr: str
    shelf_en: str
    shelf_fr: str
    department: str
    price_minor: int
    sizes: tuple[str, ...] = LETTERS
    summer: float = 0.0


@dataclass(frozen=True, slots=True)
class Colour:
    key: str
    en: str
    fr: str


DEPARTMENTS = {
    "Dresses": ("dresses", "Dresses", "Robes"),
    "Tops": ("tops", "Tops", "Hauts"),
    "Bottoms": ("bottoms", "Bottoms", "Bas"),
    "Jackets": ("jackets", "Jackets", "Vestes et manteaux"),
    "Intimate": ("intimate", "Intimates", "Lingerie et détente"),
    "Trend": ("trend", "Trend", "Tendance"),
    "": ("other", "Other", "Autres"),
}

CLASSES = (
    Class("Dresses", "dresses", "Dress", "Robe", "Dresses", "Robes", "Dresses", 11800, summer=0.30),
    Class("Blouses", "blouses", "Blouse", "Blouse", "Blouses", "Blouses", "Tops", 7800, summer=0.10),
    Class("Knits", "knits", "Knit top", "Haut en maille", "Knits", "Mailles", "Tops", 6400),
    Class("Fine gauge", "fine-gauge", "Fine knit", "Maille fine", "Fine gauge", "Mailles fines", "Tops", 7400),
    Class("Sweaters", "sweaters", "Sweater", "Pull", "Sweaters", "Pulls", "Tops", 8800, summer=-0.45),
    Class("Pants", "pants", "Pants", "Pantalon", "Pants", "Pantalons", "Bottoms", 8900),
    Class("Jeans", "jeans", "Jeans", "Jean", "Jeans", "Jeans", "Bottoms", 10800, WAISTS),
    Class("Skirts", "skirts", "Skirt", "Jupe", "Skirts", "Jupes", "Bottoms", 7900, summer=0.20),
    Class("Shorts", "shorts", "Shorts", "Short", "Shorts", "Shorts", "Bottoms", 5900, summer=0.60),
    Class(
        "Casual bottoms", "casual-bottoms", "Casual bottoms", "Bas décontracté", "Casual bottoms", "Bas décontractés",
        "Bottoms", 6400,
    ),
    Class("Jackets", "jackets", "Jacket", "Veste", "Jackets", "Vestes", "Jackets", 13800, summer=-0.15),
    Class(
        "Outerwear", "outerwear", "Outerwear", "Vêtement d’extérieur", "Outerwear", "Vêtements d’extérieur",
        "Jackets", 16800, summer=-0.50,
    ),
    Class("Lounge", "lounge", "Loungewear", "Tenue de détente", "Lounge", "Tenues de détente", "Intimate", 6200),
    Class("Sleep", "sleep", "Sleepwear", "Vêtement de nuit", "Sleep", "Nuit", "Intimate", 5400),
    Class("Swim", "swim", "Swimwear", "Maillot de bain", "Swim", "Bain", "Intimate", 6900, summer=0.70),
    Class("Intimates", "intimates", "Lingerie", "Lingerie", "Intimates", "Lingerie", "Intimate", 4200),
    Class("Layering", "layering", "Layering piece", "Pièce à superposer", "Layering", "À superposer", "Intimate", 3800),
    Class("Legwear", "legwear", "Legwear", "Chaussant", "Legwear", "Chaussants", "Intimate", 1800, PAIRS, -0.30),
    Class("Trend", "trend", "Trend piece", "Pièce tendance", "Trend", "Tendance", "Trend", 9800),
    Class("", "unclassed", "Piece", "Pièce", "Not classed", "Sans classe", "", 4900),
)  # fmt: skip
BY_SOURCE = {row.source: row for row in CLASSES}

COLOURS = (
    Colour("black", "Black", "Noir"),
    Colour("navy", "Navy", "Bleu marine"),
    Colour("ivory", "Ivory", "Ivoire"),
    Colour("grey", "Grey", "Gris"),
    Colour("sage", "Sage", "Sauge"),
    Colour("olive", "Olive", "Olive"),
    Colour("petrol", "Petrol", "Bleu pétrole"),
    Colour("sky", "Sky blue", "Bleu ciel"),
    Colour("terracotta", "Terracotta", "Terracotta"),
    Colour("brick", "Brick", "Brique"),
    Colour("ochre", "Ochre", "Ocre"),
    Colour("sand", "Sand", "Sable"),
    Colour("rose", "Dusty rose", "Vieux rose"),
    Colour("plum", "Plum", "Prune"),
)
BLUES = tuple(colour for colour in COLOURS if colour.key in {"navy", "black", "sky", "petrol"})
"""Colours of jeans."""


def categories() -> tuple[NewCategory, ...]:
    """The classes as catalogue categories. The division that the data spells "Initmates" is mended here."""
    rows = []
    for position, row in enumerate(CLASSES):
        key, name_en, name_fr = DEPARTMENTS[row.department]
        rows.append(
            NewCategory(
                key=row.key,
                name_en=row.shelf_en,
                name_fr=row.shelf_fr,
                department=key,
                department_en=name_en,
                department_fr=name_fr,
                division="Intimates" if row.department == "Intimate" else "General" if row.department else "",
                position=position,
            )
        )
    return tuple(rows)
