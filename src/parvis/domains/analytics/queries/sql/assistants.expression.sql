SELECT
  *
FROM (
  SELECT
    COALESCE("t2"."host", '') AS "host",
    COUNT(*) AS "visits",
    SUM(CAST("t2"."ordered" AS INT)) AS "ordered",
    COALESCE(SUM("t2"."revenue"), 0) AS "revenue",
    SUM(CAST("t2"."looked" AS INT)) AS "looked",
    SUM(CAST("t2"."made" AS INT)) AS "made"
  FROM (
    SELECT
      "t1"."day",
      "t1"."visit",
      FIRST("t1"."host" ORDER BY "t1"."at") FILTER(WHERE
        "t1"."host" IS NOT NULL) AS "host",
      BOOL_OR(CAST("t1"."paid" AS BOOLEAN)) AS "ordered",
      SUM("t1"."value_minor") FILTER(WHERE
        "t1"."paid") AS "revenue",
      BOOL_OR(CAST("t1"."looked" AS BOOLEAN)) AS "looked",
      BOOL_OR(CAST("t1"."made" AS BOOLEAN)) AS "made"
    FROM (
      SELECT
        "t0"."day",
        "t0"."id",
        "t0"."kind",
        "t0"."at",
        "t0"."received_at",
        "t0"."visit",
        "t0"."visitor",
        "t0"."product_id",
        "t0"."product_ids",
        "t0"."voice_ids",
        "t0"."surface",
        "t0"."path",
        "t0"."referrer",
        "t0"."locale",
        "t0"."device",
        "t0"."value_minor",
        "t0"."order_id",
        "t0"."answered",
        "t0"."bot",
        "t0"."bot_sign",
        "t0"."provenance",
        CASE
          WHEN SUFFIX(LOWER("t0"."referrer"), '.chatgpt.com')
          OR (
            LOWER("t0"."referrer") = 'chatgpt.com'
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.chat.openai.com')
            OR (
              LOWER("t0"."referrer") = 'chat.openai.com'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.perplexity.ai')
            OR (
              LOWER("t0"."referrer") = 'perplexity.ai'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.gemini.google.com')
            OR (
              LOWER("t0"."referrer") = 'gemini.google.com'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.bard.google.com')
            OR (
              LOWER("t0"."referrer") = 'bard.google.com'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.copilot.microsoft.com')
            OR (
              LOWER("t0"."referrer") = 'copilot.microsoft.com'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.copilot.com')
            OR (
              LOWER("t0"."referrer") = 'copilot.com'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.claude.ai')
            OR (
              LOWER("t0"."referrer") = 'claude.ai'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.chat.mistral.ai')
            OR (
              LOWER("t0"."referrer") = 'chat.mistral.ai'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.meta.ai')
            OR (
              LOWER("t0"."referrer") = 'meta.ai'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.chat.deepseek.com')
            OR (
              LOWER("t0"."referrer") = 'chat.deepseek.com'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.grok.com')
            OR (
              LOWER("t0"."referrer") = 'grok.com'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.duck.ai')
            OR (
              LOWER("t0"."referrer") = 'duck.ai'
            )
          )
          OR (
            SUFFIX(LOWER("t0"."referrer"), '.you.com')
            OR (
              LOWER("t0"."referrer") = 'you.com'
            )
          )
          THEN LOWER("t0"."referrer")
          ELSE CAST(NULL AS TEXT)
        END AS "host",
        "t0"."kind" = 'order' AS "paid",
        "t0"."kind" = 'product_view' AS "looked",
        "t0"."provenance" = 'simulated' AS "made"
      FROM "events" AS "t0"
      WHERE
        NOT (
          "t0"."bot"
        ) AND "t0"."visit" <> ''
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
  GROUP BY
    1
) AS "t3"
