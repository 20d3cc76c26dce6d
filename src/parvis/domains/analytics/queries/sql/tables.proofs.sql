SELECT
  "t14"."voice_id",
  SUM("t14"."seen") AS "seen",
  SUM("t14"."clicked") AS "clicked",
  SUM("t14"."seen_clicked") AS "seen_clicked"
FROM (
  SELECT
    *
  FROM "proofs" AS "t0"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t11"."day",
        "t11"."voice_id",
        "t11"."simulated",
        SUM(CAST("t11"."seen" AS INT)) AS "seen",
        SUM(CAST("t11"."clicked" AS INT)) AS "clicked",
        SUM(CAST("t11"."seen" AND "t11"."clicked" AS INT)) AS "seen_clicked"
      FROM (
        SELECT
          "t10"."day",
          "t10"."visit",
          "t10"."voice_id",
          "t10"."simulated",
          BOOL_OR(CAST("t10"."kind" = 'proof_view' AS BOOLEAN)) AS "seen",
          BOOL_OR(CAST("t10"."kind" = 'proof_click' AS BOOLEAN)) AS "clicked"
        FROM (
          SELECT
            "t5"."day",
            "t5"."visit",
            "t5"."kind",
            "t5"."voice_id",
            "t9"."simulated"
          FROM (
            SELECT
              "t2"."day",
              "t2"."visit",
              "t2"."kind",
              UNNEST("t2"."voice_ids") AS "voice_id"
            FROM (
              SELECT
                *
              FROM "events" AS "t1"
              WHERE
                "t1"."kind" IN ('proof_view', 'proof_click')
                AND ARRAY_LENGTH("t1"."voice_ids") > 0
            ) AS "t2"
          ) AS "t5"
          INNER JOIN (
            SELECT
              "t7"."day",
              "t7"."visit",
              "t7"."simulated"
            FROM (
              SELECT
                "t6"."day",
                "t6"."visit",
                (
                  "t6"."marked"
                  OR (
                    (
                      "t6"."views" > 60
                    )
                    AND (
                      CAST(EPOCH(CAST("t6"."last_at" AS TIMESTAMP)) - EPOCH(CAST("t6"."first_at" AS TIMESTAMP)) AS DOUBLE) < (
                        "t6"."views" * 2.0
                      )
                    )
                    AND (
                      "t6"."visit" <> ''
                    )
                  )
                )
                AND (
                  "t6"."orders" = 0
                ) AS "bot",
                "t6"."simulated",
                "t6"."device",
                "t6"."events",
                "t6"."pages",
                "t6"."products_seen",
                "t6"."proofs_seen",
                "t6"."proofs_clicked",
                "t6"."asks",
                "t6"."asks_told",
                "t6"."asks_answered",
                "t6"."adds",
                "t6"."checkouts",
                "t6"."orders",
                "t6"."revenue_minor",
                "t6"."order_squares",
                "t6"."reviews"
              FROM (
                SELECT
                  "t3"."day",
                  "t3"."visit",
                  "t3"."lone_bot",
                  "t3"."lone_simulated",
                  BOOL_OR(CAST("t3"."bot" AS BOOLEAN)) AS "marked",
                  BOOL_OR(CAST("t3"."provenance" = 'simulated' AS BOOLEAN)) AS "simulated",
                  MAX("t3"."device") AS "device",
                  COUNT(*) AS "events",
                  SUM(
                    CAST((
                      "t3"."kind" = 'page_view'
                    )
                    OR (
                      "t3"."kind" = 'list_view'
                    )
                    OR (
                      "t3"."kind" = 'product_view'
                    ) AS INT)
                  ) AS "pages",
                  SUM(CAST("t3"."kind" = 'page_view' AS INT)) AS "views",
                  MIN("t3"."at") AS "first_at",
                  MAX("t3"."at") AS "last_at",
                  SUM(CAST("t3"."kind" = 'product_view' AS INT)) AS "products_seen",
                  SUM(CAST("t3"."kind" = 'proof_view' AS INT)) AS "proofs_seen",
                  SUM(CAST("t3"."kind" = 'proof_click' AS INT)) AS "proofs_clicked",
                  SUM(CAST("t3"."kind" = 'ask' AS INT)) AS "asks",
                  SUM(CAST((
                    "t3"."kind" = 'ask'
                  ) AND (
                    "t3"."answered" IS NOT NULL
                  ) AS INT)) AS "asks_told",
                  SUM(CAST((
                    "t3"."kind" = 'ask'
                  ) AND COALESCE("t3"."answered", FALSE) AS INT)) AS "asks_answered",
                  SUM(CAST("t3"."kind" = 'add_to_cart' AS INT)) AS "adds",
                  SUM(CAST("t3"."kind" = 'checkout_start' AS INT)) AS "checkouts",
                  SUM(CAST("t3"."kind" = 'order' AS INT)) AS "orders",
                  SUM(CAST("t3"."kind" = 'order' AS BIGINT) * COALESCE("t3"."value_minor", 0)) AS "revenue_minor",
                  SUM(
                    CAST("t3"."kind" = 'order' AS DOUBLE) * CAST(COALESCE("t3"."value_minor", 0) AS DOUBLE) * CAST(COALESCE("t3"."value_minor", 0) AS DOUBLE)
                  ) AS "order_squares",
                  SUM(CAST("t3"."kind" = 'review_submit' AS INT)) AS "reviews"
                FROM (
                  SELECT
                    "t1"."day",
                    "t1"."id",
                    "t1"."kind",
                    "t1"."at",
                    "t1"."received_at",
                    "t1"."visit",
                    "t1"."visitor",
                    "t1"."product_id",
                    "t1"."product_ids",
                    "t1"."voice_ids",
                    "t1"."surface",
                    "t1"."path",
                    "t1"."referrer",
                    "t1"."locale",
                    "t1"."device",
                    "t1"."value_minor",
                    "t1"."order_id",
                    "t1"."answered",
                    "t1"."bot",
                    "t1"."bot_sign",
                    "t1"."provenance",
                    (
                      "t1"."visit" = ''
                    ) AND "t1"."bot" AS "lone_bot",
                    (
                      "t1"."visit" = ''
                    ) AND (
                      "t1"."provenance" = 'simulated'
                    ) AS "lone_simulated"
                  FROM "events" AS "t1"
                ) AS "t3"
                GROUP BY
                  1,
                  2,
                  3,
                  4
              ) AS "t6"
            ) AS "t7"
            WHERE
              NOT (
                "t7"."bot"
              ) AND "t7"."visit" <> ''
          ) AS "t9"
            ON "t5"."day" = "t9"."day" AND "t5"."visit" = "t9"."visit"
        ) AS "t10"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t11"
      GROUP BY
        1,
        2,
        3
    ) AS "t12"
  ) AS "t13"
) AS "t14"
GROUP BY
  1
