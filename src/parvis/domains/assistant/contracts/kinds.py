"""The words by which answers and conversations are sorted."""

from enum import StrEnum

MAX_QUESTION = 1000
"""Characters of a question; what is longer is not read, and the shopper is told so."""


class Intent(StrEnum):
    """What a shopper wants with a question."""

    EVIDENCE = "evidence"  # what do people say
    SHOW = "show"  # people like me: a skin, a height, a use
    SIZE = "size"  # which size
    COMPARE = "compare"
    COMPATIBLE = "compatible"  # with what lies in the cart
    PRODUCTS = "products"  # find me something
    PRICE = "price"  # price and stock
    DELIVERY = "delivery"
    RETURN = "return"
    ORDER = "order"
    HUMAN = "human"
    MEDICAL = "medical"
    OTHER = "other"  # an order to the machine, or something about other people
    SMALLTALK = "smalltalk"


class Outcome(StrEnum):
    """What the assistant could do with a question."""

    ANSWERED = "answered"
    THIN = "thin"  # something was found, and it is little
    UNSAID = "unsaid"  # nobody has said
    DIRECTED = "directed"  # it needs something first: signing in, a product
    REFUSED = "refused"  # not ours to answer
    WAITING = "waiting"  # a person of the team has it
    GREETED = "greeted"  # nothing was asked


class Resolution(StrEnum):
    """How a question, or a conversation, ended for the shopper. There is no "deflected"."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    NOT = "not"
    HANDED_OVER = "handed_over"


class Word(StrEnum):
    """The shopper's own word about an answer."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Side(StrEnum):
    """Where quoted words stand towards the question."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    BESIDE = "beside"


class Asker(StrEnum):
    """Who wrote the text of a turn."""

    SHOPPER = "shopper"
    PERSON = "person"  # somebody of the team answers


class Surface(StrEnum):
    """Where a conversation began."""

    PAGE = "page"
    PRODUCT = "product"
    LIST = "list"
    LIVE = "live"
    CART = "cart"
    ACCOUNT = "account"
    API = "api"


class Hint(StrEnum):
    """Something to say with an answer."""

    OTHER_LANGUAGE = "other_language"  # neither French nor English
    NO_LONGER_SOLD = "no_longer_sold"
    NOT_OURS = "not_ours"  # compared with something that this shop does not sell
    FEW = "few"  # too few people to say
    TWO_SIZES = "two_sizes"
    SIGN_IN = "sign_in"
    NO_ORDER = "no_order"
    EMPTY_CART = "empty_cart"
    WHICH_PRODUCT = "which_product"
    OTHERS = "others"  # said of people other than those asked about
    OTHERS_DISAGREE = "others_disagree"  # of those asked about all agree; people unlike them do not
    READ_AS = "read_as"  # mistyped: looked for as the words that voices have
    COMMAND = "command"  # an order to the machine
    PRIVATE = "private"  # about other customers
