"""Questions with their answers, in the vocabulary of schema.org: a page of one question, and a list of many.

Answers of customers belong to a QAPage, which is about one question. The product page lists several questions with the
answer that stands first: that is an FAQPage, which search engines no longer decorate but answer engines read.
"""

from collections.abc import Sequence

from parvis.domains.evidence.contracts import FaqEntry
from parvis.domains.evidence.web.faq import faq_question
from parvis.domains.evidence.web.vocabulary import Node
from parvis.domains.voices.contracts import QuestionThread, Voice


def question_page(thread: QuestionThread, *, url: str, about: Node, anonymous: str) -> Node:
    """The page of one question with all its answers; ``about`` says which product it is about."""
    node = _question(thread.question, anonymous=anonymous) | {"answerCount": len(thread.answers), "url": url}
    said = [_answer(answer, url=url, anonymous=anonymous) for answer in thread.answers]
    if said:
        node |= {"acceptedAnswer": said[0]} | ({"suggestedAnswer": said[1:]} if said[1:] else {})
    return {"@type": "QAPage", "url": url, "mainEntity": node, "about": about}


def question_list(
    threads: Sequence[QuestionThread],
    *,
    urls: Sequence[str],
    page: str,
    about: str,
    anonymous: str,
    frequent: Sequence[FaqEntry] = (),
) -> Node | None:
    """What a product's page says of questions: the ``frequent`` ones with the answer that the team approved, then those
    of customers, each with the answer that stands first; None when nothing is answered.

    ``urls`` are the addresses of the questions' own pages, in the order of ``threads``.
    """
    entries = [faq_question(entry, url=page) for entry in frequent]
    for thread, url in zip(threads, urls, strict=True):
        if thread.answers:
            entry = _question(thread.question, anonymous=anonymous) | {"url": url}
            entries.append(entry | {"acceptedAnswer": _answer(thread.answers[0], url=url, anonymous=anonymous)})
    if not entries:
        return None
    return {"@type": "FAQPage", "@id": f"{page}#questions", "about": {"@id": about}, "mainEntity": entries}


def _question(asked: Voice, *, anonymous: str) -> Node:
    return {
        "@type": "Question",
        "name": asked.text,
        "text": asked.text,
        "answerCount": 1,
        "upvoteCount": asked.votes_up,
        "author": {"@type": "Person", "name": asked.author_name or anonymous},
        "datePublished": (asked.published_at or asked.submitted_at).isoformat(),
    }


def _answer(answer: Voice, *, url: str, anonymous: str) -> Node:
    return {
        "@type": "Answer",
        "text": answer.text,
        "url": f"{url}#voice-{answer.id}",
        "upvoteCount": answer.votes_up,
        "author": {"@type": "Person", "name": answer.author_name or anonymous},
        "datePublished": (answer.published_at or answer.submitted_at).isoformat(),
    }
