SELECT
  *
FROM (
  SELECT
    "t6"."day",
    SUM(CAST("t6"."people" AS INT)) AS "visits",
    SUM(CAST("t6"."people" AND "t6"."simulated" AS INT)) AS "simulated",
    SUM(CASE WHEN "t6"."people" THEN "t6"."products_seen" ELSE 0 END) AS "product_views",
    SUM(CAST("t6"."people" AND (
      "t6"."proofs_seen" > 0
    ) AS INT)) AS "proof",
    SUM(CAST("t6"."people" AND (
      "t6"."proofs_clicked" > 0
    ) AS INT)) AS "clicked",
    SUM(CAST("t6"."people" AND (
      "t6"."asks" > 0
    ) AS INT)) AS "asked",
    SUM(CAST("t6"."people" AND (
      "t6"."adds" > 0
    ) AS INT)) AS "added",
    SUM(CAST("t6"."people" AND (
      "t6"."checkouts" > 0
    ) AS INT)) AS "checkout",
    SUM(CAST("t6"."people" AND (
      "t6"."orders" > 0
    ) AS INT)) AS "ordered",
    SUM(
      CAST("t6"."people"
      AND (
        "t6"."proofs_seen" > 0
      )
      AND (
        "t6"."people" AND (
          "t6"."proofs_clicked" > 0
        )
      ) AS INT)
    ) AS "proof_clicked",
    SUM(
      CAST("t6"."people"
      AND (
        "t6"."proofs_seen" > 0
      )
      AND (
        "t6"."people" AND (
          "t6"."asks" > 0
        )
      ) AS INT)
    ) AS "proof_asked",
    SUM(
      CAST("t6"."people"
      AND (
        "t6"."asks" > 0
      )
      AND (
        "t6"."people" AND (
          "t6"."adds" > 0
        )
      ) AS INT)
    ) AS "asked_added",
    SUM(
      CAST("t6"."people"
      AND (
        "t6"."adds" > 0
      )
      AND (
        "t6"."people" AND (
          "t6"."orders" > 0
        )
      ) AS INT)
    ) AS "added_ordered",
    SUM(CASE WHEN NOT (
      "t6"."bot"
    ) THEN "t6"."asks_told" ELSE 0 END) AS "asks_told",
    SUM(CASE WHEN NOT (
      "t6"."bot"
    ) THEN "t6"."asks_answered" ELSE 0 END) AS "asks_answered",
    SUM(CASE WHEN "t6"."people" THEN "t6"."orders" ELSE 0 END) AS "orders_in_visits",
    SUM(
      CASE
        WHEN "t6"."people" AND (
          "t6"."proofs_seen" > 0
        )
        THEN "t6"."orders"
        ELSE 0
      END
    ) AS "orders_with_proof",
    SUM(CASE WHEN "t6"."people" THEN "t6"."revenue_minor" ELSE 0 END) AS "revenue_in_visits",
    SUM(
      CASE
        WHEN "t6"."people"
        THEN CAST("t6"."revenue_minor" AS DOUBLE) * CAST("t6"."revenue_minor" AS DOUBLE)
        ELSE 0.0
      END
    ) AS "revenue_squares",
    SUM("t6"."orders") AS "orders",
    SUM("t6"."revenue_minor") AS "revenue",
    SUM("t6"."order_squares") AS "order_squares",
    SUM(CASE WHEN NOT (
      "t6"."bot"
    ) THEN "t6"."reviews" ELSE 0 END) AS "reviews",
    SUM(CAST("t6"."bot" AND (
      "t6"."visit" <> ''
    ) AS INT)) AS "bot_visits",
    SUM(CASE WHEN "t6"."bot" THEN "t6"."events" ELSE 0 END) AS "bot_events",
    SUM("t6"."events") AS "events"
  FROM (
    SELECT
      "t5"."day",
      "t5"."visit",
      "t5"."bot",
      "t5"."simulated",
      "t5"."device",
      "t5"."events",
      "t5"."pages",
      "t5"."products_seen",
      "t5"."proofs_seen",
      "t5"."proofs_clicked",
      "t5"."asks",
      "t5"."asks_told",
      "t5"."asks_answered",
      "t5"."adds",
      "t5"."checkouts",
      "t5"."orders",
      "t5"."revenue_minor",
      "t5"."order_squares",
      "t5"."reviews",
      NOT (
        "t5"."bot"
      ) AND (
        "t5"."visit" <> ''
      ) AS "people"
    FROM (
      SELECT
        *
      FROM "visits" AS "t0"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t3"."day",
          "t3"."visit",
          (
            "t3"."marked"
            OR (
              (
                "t3"."views" > 60
              )
              AND (
                CAST(EPOCH(CAST("t3"."last_at" AS TIMESTAMP)) - EPOCH(CAST("t3"."first_at" AS TIMESTAMP)) AS DOUBLE) < (
                  "t3"."views" * 2.0
                )
              )
              AND (
                "t3"."visit" <> ''
              )
            )
          )
          AND (
            "t3"."orders" = 0
          ) AS "bot",
          "t3"."simulated",
          "t3"."device",
          "t3"."events",
          "t3"."pages",
          "t3"."products_seen",
          "t3"."proofs_seen",
          "t3"."proofs_clicked",
          "t3"."asks",
          "t3"."asks_told",
          "t3"."asks_answered",
          "t3"."adds",
          "t3"."checkouts",
          "t3"."orders",
          "t3"."revenue_minor",
          "t3"."order_squares",
          "t3"."reviews"
        FROM (
          SELECT
            "t2"."day",
            "t2"."visit",
            "t2"."lone_bot",
            "t2"."lone_simulated",
            BOOL_OR(CAST("t2"."bot" AS BOOLEAN)) AS "marked",
            BOOL_OR(CAST("t2"."provenance" = 'simulated' AS BOOLEAN)) AS "simulated",
            MAX("t2"."device") AS "device",
            COUNT(*) AS "events",
            SUM(
              CAST((
                "t2"."kind" = 'page_view'
              )
              OR (
                "t2"."kind" = 'list_view'
              )
              OR (
                "t2"."kind" = 'product_view'
              ) AS INT)
            ) AS "pages",
            SUM(CAST("t2"."kind" = 'page_view' AS INT)) AS "views",
            MIN("t2"."at") AS "first_at",
            MAX("t2"."at") AS "last_at",
            SUM(CAST("t2"."kind" = 'product_view' AS INT)) AS "products_seen",
            SUM(CAST("t2"."kind" = 'proof_view' AS INT)) AS "proofs_seen",
            SUM(CAST("t2"."kind" = 'proof_click' AS INT)) AS "proofs_clicked",
            SUM(CAST("t2"."kind" = 'ask' AS INT)) AS "asks",
            SUM(CAST((
              "t2"."kind" = 'ask'
            ) AND (
              "t2"."answered" IS NOT NULL
            ) AS INT)) AS "asks_told",
            SUM(CAST((
              "t2"."kind" = 'ask'
            ) AND COALESCE("t2"."answered", FALSE) AS INT)) AS "asks_answered",
            SUM(CAST("t2"."kind" = 'add_to_cart' AS INT)) AS "adds",
            SUM(CAST("t2"."kind" = 'checkout_start' AS INT)) AS "checkouts",
            SUM(CAST("t2"."kind" = 'order' AS INT)) AS "orders",
            SUM(CAST("t2"."kind" = 'order' AS BIGINT) * COALESCE("t2"."value_minor", 0)) AS "revenue_minor",
            SUM(
              CAST("t2"."kind" = 'order' AS DOUBLE) * CAST(COALESCE("t2"."value_minor", 0) AS DOUBLE) * CAST(COALESCE("t2"."value_minor", 0) AS DOUBLE)
            ) AS "order_squares",
            SUM(CAST("t2"."kind" = 'review_submit' AS INT)) AS "reviews"
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
          ) AS "t2"
          GROUP BY
            1,
            2,
            3,
            4
        ) AS "t3"
      ) AS "t4"
    ) AS "t5"
  ) AS "t6"
  GROUP BY
    1
) AS "t7"
