SELECT
  "t2"."day",
  "t2"."visit",
  (
    "t2"."marked"
    OR (
      (
        "t2"."views" > 60
      )
      AND (
        CAST(EPOCH(CAST("t2"."last_at" AS TIMESTAMP)) - EPOCH(CAST("t2"."first_at" AS TIMESTAMP)) AS DOUBLE) < (
          "t2"."views" * 2.0
        )
      )
      AND (
        "t2"."visit" <> ''
      )
    )
  )
  AND (
    "t2"."orders" = 0
  ) AS "bot",
  "t2"."simulated",
  "t2"."device",
  "t2"."events",
  "t2"."pages",
  "t2"."products_seen",
  "t2"."proofs_seen",
  "t2"."proofs_clicked",
  "t2"."asks",
  "t2"."asks_told",
  "t2"."asks_answered",
  "t2"."adds",
  "t2"."checkouts",
  "t2"."orders",
  "t2"."revenue_minor",
  "t2"."order_squares",
  "t2"."reviews"
FROM (
  SELECT
    "t1"."day",
    "t1"."visit",
    "t1"."lone_bot",
    "t1"."lone_simulated",
    BOOL_OR(CAST("t1"."bot" AS BOOLEAN)) AS "marked",
    BOOL_OR(CAST("t1"."provenance" = 'simulated' AS BOOLEAN)) AS "simulated",
    MAX("t1"."device") AS "device",
    COUNT(*) AS "events",
    SUM(
      CAST((
        "t1"."kind" = 'page_view'
      )
      OR (
        "t1"."kind" = 'list_view'
      )
      OR (
        "t1"."kind" = 'product_view'
      ) AS INT)
    ) AS "pages",
    SUM(CAST("t1"."kind" = 'page_view' AS INT)) AS "views",
    MIN("t1"."at") AS "first_at",
    MAX("t1"."at") AS "last_at",
    SUM(CAST("t1"."kind" = 'product_view' AS INT)) AS "products_seen",
    SUM(CAST("t1"."kind" = 'proof_view' AS INT)) AS "proofs_seen",
    SUM(CAST("t1"."kind" = 'proof_click' AS INT)) AS "proofs_clicked",
    SUM(CAST("t1"."kind" = 'ask' AS INT)) AS "asks",
    SUM(CAST((
      "t1"."kind" = 'ask'
    ) AND (
      "t1"."answered" IS NOT NULL
    ) AS INT)) AS "asks_told",
    SUM(CAST((
      "t1"."kind" = 'ask'
    ) AND COALESCE("t1"."answered", FALSE) AS INT)) AS "asks_answered",
    SUM(CAST("t1"."kind" = 'add_to_cart' AS INT)) AS "adds",
    SUM(CAST("t1"."kind" = 'checkout_start' AS INT)) AS "checkouts",
    SUM(CAST("t1"."kind" = 'order' AS INT)) AS "orders",
    SUM(CAST("t1"."kind" = 'order' AS BIGINT) * COALESCE("t1"."value_minor", 0)) AS "revenue_minor",
    SUM(
      CAST("t1"."kind" = 'order' AS DOUBLE) * CAST(COALESCE("t1"."value_minor", 0) AS DOUBLE) * CAST(COALESCE("t1"."value_minor", 0) AS DOUBLE)
    ) AS "order_squares",
    SUM(CAST("t1"."kind" = 'review_submit' AS INT)) AS "reviews"
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
      (
        "t0"."visit" = ''
      ) AND "t0"."bot" AS "lone_bot",
      (
        "t0"."visit" = ''
      ) AND (
        "t0"."provenance" = 'simulated'
      ) AS "lone_simulated"
    FROM "events" AS "t0"
  ) AS "t1"
  GROUP BY
    1,
    2,
    3,
    4
) AS "t2"
