"""The variables of the environment that Parvis reads, each with its default and its purpose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """A variable of the environment: its name, default as text, and what it is for."""

    name: str
    default: str
    purpose: str


VARIABLES = (
    Variable("PARVIS_HOME", "var", "Folder for everything Parvis writes: database, event log, index, media, keys."),
    Variable(
        "DATABASE_URL",
        "",
        "A PostgreSQL server (14 or newer); with ?prepare_threshold=none behind a pooler that knows no prepared"
        " statements. Empty: the bundled server under PARVIS_HOME.",
    ),
    Variable("PARVIS_SECRET_KEY", "", "Signs sessions and links. Empty: made at the first start, kept in PARVIS_HOME."),
    Variable("PARVIS_DEBUG", "no", "yes shows errors in full. Never in production."),
    Variable(
        "PARVIS_PUBLIC_URL",
        "",
        "The address that people use, without a final slash. Empty: http://localhost with PARVIS_PORT.",
    ),
    Variable("PARVIS_HOSTS", "", "Further host names to answer to, separated by commas."),
    Variable("PARVIS_HOST", "127.0.0.1", "The address the web server listens on."),
    Variable(
        "PARVIS_AI_TRAINING",
        "yes",
        "no asks programs that collect texts to train models to stay out (robots.txt); those that answer may read.",
    ),
    Variable("PARVIS_PORT", "8000", "The port the web server listens on."),
    Variable("PARVIS_WEB_WORKERS", "1", "Web processes."),
    Variable("PARVIS_WEB_THREADS", "8", "Threads of each web process."),
    Variable(
        "PARVIS_DATABASE_POOL",
        "14",
        "Most database connections of each process, shared by its threads. 0: one for each thread, kept ten minutes.",
    ),
    Variable("PARVIS_CURRENCY", "EUR", "ISO 4217 code of the shop's currency."),
    Variable("PARVIS_TIME_ZONE", "Europe/Paris", "Time zone in which people read dates."),
    Variable("PARVIS_BRAND", "Atelier Parvis", "The brand's name, as shoppers see it."),
    Variable("PARVIS_EVENTS_MONTHS", "13", "How many months the events of visits are kept (their daily sums stay)."),
    Variable(
        "PARVIS_UNBOUGHT_DAYS",
        "30",
        "How many days names and addresses of checkouts that were left, and of orders never paid, are kept.",
    ),
    Variable("PARVIS_DENSE", "yes", "no switches off the slow encoder of passages in the worker."),
    Variable(
        "PARVIS_EVIDENCE_INDEX",
        "embedded",
        "Where voices are searched: embedded (files under PARVIS_HOME), or postgres (needs the vector extension).",
    ),
    Variable("PARVIS_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Variable("PARVIS_LOG_JSON", "auto", "yes, no, or auto: JSON lines unless on a terminal."),
    Variable(
        "PARVIS_EMAIL_URL", "", "smtp://user:password@host:587 sends mail; empty writes it under PARVIS_HOME/mail."
    ),
    Variable("PARVIS_EMAIL_FROM", "shop@localhost", "The sender of mail."),
    Variable(
        "PARVIS_MAIL_HOOK_SECRET",
        "",
        "whsec_ and a key in base64: signs what /webhooks/mail/ is told of mail that came back. Empty: no such door.",
    ),
    Variable(
        "PARVIS_STRIPE_SECRET_KEY",
        "",
        "Stripe's secret key (sk_… or rk_…): payments go through Stripe. Empty: the test provider, no money moves.",
    ),
    Variable("PARVIS_STRIPE_PUBLISHABLE_KEY", "", "Stripe's publishable key (pk_…), for its element in the browser."),
    Variable(
        "PARVIS_STRIPE_WEBHOOK_SECRET",
        "",
        "The secret (whsec_…) of the endpoint /webhooks/stripe/; two with a comma while one is being changed.",
    ),
    Variable(
        "PARVIS_OUTBOUND_ALLOWED", "", "host:port pairs, with commas, that webhooks may reach in a private network."
    ),
    Variable(
        "PARVIS_UNSIGNED_AGENTS",
        "no",
        "yes lets shopping agents whose profile publishes no key buy without a signature: for trying things out.",
    ),
    Variable("PARVIS_LLM", "", "A language model: openai (any compatible server), gemini, or empty for none."),
    Variable("PARVIS_LLM_URL", "", "Its address, such as http://127.0.0.1:8080/v1. Empty with gemini: Google's own."),
    Variable("PARVIS_LLM_MODEL", "", "The model's name on that server."),
    Variable("PARVIS_LLM_KEY", "", "The key that the server asks for."),
    Variable(
        "PARVIS_LLM_PRICES",
        "",
        "model=in/out, with commas: the price of a million tokens in the shop's currency; 0/0 on your own machine.",
    ),
    Variable("PARVIS_LLM_BUDGET", "2", "The most that the model may cost a day, in the shop's currency."),
    Variable("PARVIS_LLM_SECONDS", "20", "The longest that one question may take, all attempts together."),
    Variable(
        "PARVIS_SECOND_OPINIONS",
        "release",
        "The most that opinions on held voices may do, whatever the rules of moderation say: release, advise or off.",
    ),
    Variable("PARVIS_TRUSTED_PROXIES", "0", "How many reverse proxies stand in front (for the visitor's address)."),
)
