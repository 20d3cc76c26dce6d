SELECT
  "t16"."product_id",
  SUM("t16"."viewed") AS "viewed",
  SUM("t16"."proof_seen") AS "proof_seen",
  SUM("t16"."proof_clicked") AS "proof_clicked",
  SUM("t16"."asked") AS "asked",
  SUM("t16"."added") AS "added",
  SUM("t16"."ordered") AS "ordered",
  SUM("t16"."viewed_proof") AS "viewed_proof",
  SUM("t16"."viewed_asked") AS "viewed_asked",
  SUM("t16"."viewed_added") AS "viewed_added",
  SUM("t16"."viewed_ordered") AS "viewed_ordered",
  SUM("t16"."seen_clicked") AS "seen_clicked",
  COALESCE(SUM("t16"."viewed") FILTER(WHERE
    "t16"."simulated"), 0) AS "simulated_viewed"
FROM (
  SELECT
    *
  FROM "products" AS "t0"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t13"."day",
        "t13"."product_id",
        "t13"."simulated",
        SUM(CAST("t13"."viewed" AS INT)) AS "viewed",
        SUM(CAST("t13"."proof_seen" AS INT)) AS "proof_seen",
        SUM(CAST("t13"."proof_clicked" AS INT)) AS "proof_clicked",
        SUM(CAST("t13"."asked" AS INT)) AS "asked",
        SUM(CAST("t13"."added" AS INT)) AS "added",
        SUM(CAST("t13"."ordered" AS INT)) AS "ordered",
        SUM(CAST("t13"."viewed" AND "t13"."proof_seen" AS INT)) AS "viewed_proof",
        SUM(CAST("t13"."viewed" AND "t13"."asked" AS INT)) AS "viewed_asked",
        SUM(CAST("t13"."viewed" AND "t13"."added" AS INT)) AS "viewed_added",
        SUM(CAST("t13"."viewed" AND "t13"."ordered" AS INT)) AS "viewed_ordered",
        SUM(CAST("t13"."proof_seen" AND "t13"."proof_clicked" AS INT)) AS "seen_clicked"
      FROM (
        SELECT
          "t12"."day",
          "t12"."visit",
          "t12"."product_id",
          "t12"."simulated",
          BOOL_OR(CAST("t12"."kind" = 'product_view' AS BOOLEAN)) AS "viewed",
          BOOL_OR(CAST("t12"."kind" = 'proof_view' AS BOOLEAN)) AS "proof_seen",
          BOOL_OR(CAST("t12"."kind" = 'proof_click' AS BOOLEAN)) AS "proof_clicked",
          BOOL_OR(CAST("t12"."kind" = 'ask' AS BOOLEAN)) AS "asked",
          BOOL_OR(CAST("t12"."kind" = 'add_to_cart' AS BOOLEAN)) AS "added",
          BOOL_OR(CAST("t12"."kind" = 'order' AS BOOLEAN)) AS "ordered"
        FROM (
          SELECT
            "t7"."day",
            "t7"."visit",
            "t7"."kind",
            "t7"."product_id",
            "t11"."simulated"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t1"."day",
                "t1"."visit",
                "t1"."kind",
                "t1"."product_id"
              FROM "events" AS "t1"
              WHERE
                "t1"."product_id" IS NOT NULL
            ) AS "t2"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t3"."day",
                "t3"."visit",
                "t3"."kind",
                UNNEST("t3"."product_ids") AS "product_id"
              FROM (
                SELECT
                  *
                FROM "events" AS "t1"
                WHERE
                  "t1"."kind" = 'order' AND ARRAY_LENGTH("t1"."product_ids") > 0
              ) AS "t3"
            ) AS "t5"
          ) AS "t7"
          INNER JOIN (
            SELECT
              "t9"."day",
              "t9"."visit",
              "t9"."simulated"
            FROM (
              SELECT
                "t8"."day",
                "t8"."visit",
                (
                  "t8"."marked"
                  OR (
                    (
                      "t8"."views" > 60
                    )
                    AND (
                      CAST(EPOCH(CAST("t8"."last_at" AS TIMESTAMP)) - EPOCH(CAST("t8"."first_at" AS TIMESTAMP)) AS DOUBLE) < (
                        "t8"."views" * 2.0
                      )
                    )
                    AND (
                      "t8"."visit" <> ''
                    )
                  )
                )
                AND (
                  "t8"."orders" = 0
                ) AS "bot",
                "t8"."simulated",
                "t8"."device",
                "t8"."events",
                "t8"."pages",
                "t8"."products_seen",
                "t8"."proofs_seen",
                "t8"."proofs_clicked",
                "t8"."asks",
                "t8"."asks_told",
                "t8"."asks_answered",
                "t8"."adds",
                "t8"."checkouts",
                "t8"."orders",
                "t8"."revenue_minor",
                "t8"."order_squares",
                "t8"."reviews"
              FROM (
                SELECT
                  "t4"."day",
                  "t4"."visit",
                  "t4"."lone_bot",
                  "t4"."lone_simulated",
                  BOOL_OR(CAST("t4"."bot" AS BOOLEAN)) AS "marked",
                  BOOL_OR(CAST("t4"."provenance" = 'simulated' AS BOOLEAN)) AS "simulated",
                  MAX("t4"."device") AS "device",
                  COUNT(*) AS "events",
                  SUM(
                    CAST((
                      "t4"."kind" = 'page_view'
                    )
                    OR (
                      "t4"."kind" = 'list_view'
                    )
                    OR (
                      "t4"."kind" = 'product_view'
                    ) AS INT)
                  ) AS "pages",
                  SUM(CAST("t4"."kind" = 'page_view' AS INT)) AS "views",
                  MIN("t4"."at") AS "first_at",
                  MAX("t4"."at") AS "last_at",
                  SUM(CAST("t4"."kind" = 'product_view' AS INT)) AS "products_seen",
                  SUM(CAST("t4"."kind" = 'proof_view' AS INT)) AS "proofs_seen",
                  SUM(CAST("t4"."kind" = 'proof_click' AS INT)) AS "proofs_clicked",
                  SUM(CAST("t4"."kind" = 'ask' AS INT)) AS "asks",
                  SUM(CAST((
                    "t4"."kind" = 'ask'
                  ) AND (
                    "t4"."answered" IS NOT NULL
                  ) AS INT)) AS "asks_told",
                  SUM(CAST((
                    "t4"."kind" = 'ask'
                  ) AND COALESCE("t4"."answered", FALSE) AS INT)) AS "asks_answered",
                  SUM(CAST("t4"."kind" = 'add_to_cart' AS INT)) AS "adds",
                  SUM(CAST("t4"."kind" = 'checkout_start' AS INT)) AS "checkouts",
                  SUM(CAST("t4"."kind" = 'order' AS INT)) AS "orders",
                  SUM(CAST("t4"."kind" = 'order' AS BIGINT) * COALESCE("t4"."value_minor", 0)) AS "revenue_minor",
                  SUM(
                    CAST("t4"."kind" = 'order' AS DOUBLE) * CAST(COALESCE("t4"."value_minor", 0) AS DOUBLE) * CAST(COALESCE("t4"."value_minor", 0) AS DOUBLE)
                  ) AS "order_squares",
                  SUM(CAST("t4"."kind" = 'review_submit' AS INT)) AS "reviews"
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
                ) AS "t4"
                GROUP BY
                  1,
                  2,
                  3,
                  4
              ) AS "t8"
            ) AS "t9"
            WHERE
              NOT (
                "t9"."bot"
              ) AND "t9"."visit" <> ''
          ) AS "t11"
            ON "t7"."day" = "t11"."day" AND "t7"."visit" = "t11"."visit"
        ) AS "t12"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t13"
      GROUP BY
        1,
        2,
        3
    ) AS "t14"
  ) AS "t15"
) AS "t16"
GROUP BY
  1
