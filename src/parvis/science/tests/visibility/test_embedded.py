"""Microdata and RDFa are read as the JSON-LD that says the same, and judged by the same rules."""

from parvis.science.visibility import embedded, markup, reader

MICRODATA = """
<html><body><div itemscope itemtype="https://schema.org/Product" itemid="#dress" itemref="maker">
  <h1 itemprop="name">Linen   dress</h1><img itemprop="image" src="/d.jpg" alt="">
  <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
    <meta itemprop="priceCurrency" content="EUR"><data itemprop="price" value="59.00">59 €</data>
    <link itemprop="availability" href="https://schema.org/InStock">
  </div>
  <span itemprop="color">Red</span><span itemprop="color">Blue</span>
</div>
<p id="maker"><b itemprop="brand" itemscope itemtype="https://schema.org/Brand"><i itemprop="name">Atelier</i></b></p>
<div itemscope itemtype="https://other.example/Thing"><i itemprop="name">Not ours</i></div></body></html>
"""
RDFA = """
<div vocab="https://schema.org/" typeof="Product" resource="#dress">
  <h1 property="name">Linen dress</h1><img property="image" src="/d.jpg">
  <div property="offers" typeof="Offer"><meta property="priceCurrency" content="EUR">
    <span property="price" content="59.00">59 €</span></div>
</div>
<p prefix="schema: https://schema.org/" typeof="schema:Brand"><b property="schema:name">Atelier</b>
  <i property="og:title">Not ours</i></p>
"""


def test_microdata_says_what_json_would() -> None:
    (product,) = embedded.nodes(MICRODATA)
    assert product == {
        "@type": "Product",
        "@id": "#dress",
        "name": "Linen dress",
        "image": "/d.jpg",
        "offers": {
            "@type": "Offer",
            "priceCurrency": "EUR",
            "price": "59.00",
            "availability": "https://schema.org/InStock",
        },
        "color": ["Red", "Blue"],
        "brand": {"@type": "Brand", "name": "Atelier"},
    }
    assert not [each for each in markup.check(product) if each.severity == "error"]


def test_rdfa_says_what_json_would() -> None:
    product, brand = embedded.nodes(RDFA)
    assert product["offers"] == {"@type": "Offer", "priceCurrency": "EUR", "price": "59.00"}
    assert (product["@id"], product["name"], product["image"]) == ("#dress", "Linen dress", "/d.jpg")
    assert brand == {"@type": "Brand", "name": "Atelier"}


def test_a_fault_in_microdata_is_a_fault_of_the_page() -> None:
    assert reader.read(MICRODATA).errors == ()
    seen = reader.read(MICRODATA.replace('value="59.00"', 'value="cheap"').replace(">59 €<", ">cheap<"))
    assert any(each.startswith("wrong Product.offers/Offer price") for each in seen.errors)
    assert seen.kinds["Offer"] == 1


def test_broken_pages_are_read_to_their_end() -> None:
    endless = '<div itemscope itemtype="https://schema.org/Thing"><b itemprop="name">' * 3000
    assert embedded.nodes(endless)
    circle = (
        '<div itemscope itemtype="https://schema.org/Thing" itemref="a"></div>'
        '<p id="a" itemprop="about" itemscope itemref="a b"></p><p id="b" itemprop="about" itemscope itemref="a b"></p>'
    )
    assert embedded.nodes(circle)
    assert embedded.nodes("</p><p itemscope itemtype=>x") == []
