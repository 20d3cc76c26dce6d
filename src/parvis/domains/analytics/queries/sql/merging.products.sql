SELECT
  *
FROM (
  SELECT
    "t10"."day",
    "t10"."product_id",
    "t10"."simulated",
    SUM(CAST("t10"."viewed" AS INT)) AS "viewed",
    SUM(CAST("t10"."proof_seen" AS INT)) AS "proof_seen",
    SUM(CAST("t10"."proof_clicked" AS INT)) AS "proof_clicked",
    SUM(CAST("t10"."asked" AS INT)) AS "asked",
    SUM(CAST("t10"."added" AS INT)) AS "added",
    SUM(CAST("t10"."ordered" AS INT)) AS "ordered",
    SUM(CAST("t10"."viewed" AND "t10"."proof_seen" AS INT)) AS "viewed_proof",
    SUM(CAST("t10"."viewed" AND "t10"."asked" AS INT)) AS "viewed_asked",
    SUM(CAST("t10"."viewed" AND "t10"."added" AS INT)) AS "viewed_added",
    SUM(CAST("t10"."viewed" AND "t10"."ordered" AS INT)) AS "viewed_ordered",
    SUM(CAST("t10"."proof_seen" AND "t10"."proof_clicked" AS INT)) AS "seen_clicked"
  FROM (
    SELECT
      "t9"."day",
      "t9"."visit",
      "t9"."product_id",
      "t9"."simulated",
      BOOL_OR(CAST("t9"."kind" = 'product_view' AS BOOLEAN)) AS "viewed",
      BOOL_OR(CAST("t9"."kind" = 'proof_view' AS BOOLEAN)) AS "proof_seen",
      BOOL_OR(CAST("t9"."kind" = 'proof_click' AS BOOLEAN)) AS "proof_clicked",
      BOOL_OR(CAST("t9"."kind" = 'ask' AS BOOLEAN)) AS "asked",
      BOOL_OR(CAST("t9"."kind" = 'add_to_cart' AS BOOLEAN)) AS "added",
      BOOL_OR(CAST("t9"."kind" = 'order' AS BOOLEAN)) AS "ordered"
    FROM (
      SELECT
        "t8"."day",
        "t8"."visit",
        "t8"."kind",
        "t8"."product_id",
        "t5"."simulated"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t0"."day",
            "t0"."visit",
            "t0"."kind",
            "t0"."product_id"
          FROM "events" AS "t0"
          WHERE
            "t0"."product_id" IS NOT NULL
        ) AS "t2"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t4"."day",
            "t4"."visit",
            "t4"."kind",
            UNNEST("t4"."product_ids") AS "product_id"
          FROM (
            SELECT
              *
            FROM "events" AS "t0"
            WHERE
              "t0"."kind" = 'order' AND ARRAY_LENGTH("t0"."product_ids") > 0
          ) AS "t4"
        ) AS "t6"
      ) AS "t8"
      INNER JOIN (
        SELECT
          "t1"."day",
          "t1"."visit",
          "t1"."simulated"
        FROM "visits" AS "t1"
        WHERE
          NOT (
            "t1"."bot"
          ) AND "t1"."visit" <> ''
      ) AS "t5"
        ON "t8"."day" = "t5"."day" AND "t8"."visit" = "t5"."visit"
    ) AS "t9"
    GROUP BY
      1,
      2,
      3,
      4
  ) AS "t10"
  GROUP BY
    1,
    2,
    3
) AS "t11"
