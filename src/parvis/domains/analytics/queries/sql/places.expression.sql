WITH "t5" AS (
  SELECT
    "t2"."day",
    "t2"."visit",
    "t2"."kind",
    "t2"."at",
    "t2"."product_id",
    "t2"."surface",
    "t2"."voice_ids",
    ARRAY_LENGTH("t2"."voice_ids") > 1 AS "several",
    UNNEST(RANGE(0, ARRAY_LENGTH("t2"."voice_ids"), 1)) AS "number"
  FROM (
    SELECT
      *
    FROM "events" AS "t0"
    WHERE
      NOT (
        "t0"."bot"
      )
      AND "t0"."visit" <> ''
      AND "t0"."kind" IN ('proof_view', 'proof_click')
      AND "t0"."product_id" IS NOT NULL
      AND ARRAY_LENGTH("t0"."voice_ids") > 0
      AND NOT (
        REGEXP_MATCHES("t0"."surface", '^[a-z]+\.\d+\.\d+:')
      )
  ) AS "t2"
)
SELECT
  *
FROM (
  SELECT
    "t18"."product_id" AS "product",
    "t18"."voice",
    "t18"."place",
    COUNT(*) AS "seen",
    SUM(CAST("t18"."clicked_at" IS NOT NULL AS INT)) AS "clicked",
    SUM(CAST(COALESCE("t18"."added_at" > "t18"."clicked_at", FALSE) AS INT)) AS "led"
  FROM (
    SELECT
      "t17"."day",
      "t17"."visit",
      "t17"."product_id",
      "t17"."voice",
      "t17"."place",
      "t17"."clicked_at",
      "t17"."added_at"
    FROM (
      SELECT
        "t16"."day",
        "t16"."visit",
        "t16"."product_id",
        "t16"."voice",
        "t16"."place",
        "t16"."clicked_at",
        "t4"."day" AS "day_right",
        "t4"."visit" AS "visit_right",
        "t4"."product_id" AS "product_id_right",
        "t4"."added_at"
      FROM (
        SELECT
          "t14"."day",
          "t14"."visit",
          "t14"."product_id",
          "t14"."voice",
          "t14"."place",
          "t14"."clicked_at"
        FROM (
          SELECT
            "t13"."day",
            "t13"."visit",
            "t13"."product_id",
            "t13"."voice",
            "t13"."place",
            "t11"."day" AS "day_right",
            "t11"."visit" AS "visit_right",
            "t11"."product_id" AS "product_id_right",
            "t11"."voice" AS "voice_right",
            "t11"."clicked_at"
          FROM (
            SELECT
              "t9"."day",
              "t9"."visit",
              "t9"."product_id",
              "t9"."voice",
              FIRST("t9"."place" ORDER BY "t9"."at") AS "place"
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t6"."day",
                  "t6"."visit",
                  "t6"."kind",
                  "t6"."at",
                  "t6"."product_id",
                  LIST_EXTRACT("t6"."voice_ids", "t6"."number" + CAST("t6"."number" >= 0 AS BIGINT)) AS "voice",
                  COALESCE(
                    TRY_CAST(REGEXP_EXTRACT("t6"."surface", ':(\d+)$', 1) AS BIGINT) + "t6"."number",
                    CASE WHEN "t6"."several" THEN "t6"."number" + 1 ELSE NULL END
                  ) AS "place"
                FROM "t5" AS "t6"
              ) AS "t7"
              WHERE
                "t7"."kind" = 'proof_view' AND "t7"."place" IS NOT NULL
            ) AS "t9"
            GROUP BY
              1,
              2,
              3,
              4
          ) AS "t13"
          LEFT OUTER JOIN (
            SELECT
              "t8"."day",
              "t8"."visit",
              "t8"."product_id",
              "t8"."voice",
              MIN("t8"."at") AS "clicked_at"
            FROM (
              SELECT
                "t6"."day",
                "t6"."visit",
                "t6"."kind",
                "t6"."at",
                "t6"."product_id",
                LIST_EXTRACT("t6"."voice_ids", "t6"."number" + CAST("t6"."number" >= 0 AS BIGINT)) AS "voice",
                COALESCE(
                  TRY_CAST(REGEXP_EXTRACT("t6"."surface", ':(\d+)$', 1) AS BIGINT) + "t6"."number",
                  CASE WHEN "t6"."several" THEN "t6"."number" + 1 ELSE NULL END
                ) AS "place"
              FROM "t5" AS "t6"
              WHERE
                "t6"."kind" = 'proof_click'
            ) AS "t8"
            GROUP BY
              1,
              2,
              3,
              4
          ) AS "t11"
            ON "t13"."day" = "t11"."day"
            AND "t13"."visit" = "t11"."visit"
            AND "t13"."product_id" = "t11"."product_id"
            AND "t13"."voice" = "t11"."voice"
        ) AS "t14"
      ) AS "t16"
      LEFT OUTER JOIN (
        SELECT
          "t1"."day",
          "t1"."visit",
          "t1"."product_id",
          MAX("t1"."at") AS "added_at"
        FROM (
          SELECT
            *
          FROM "events" AS "t0"
          WHERE
            NOT (
              "t0"."bot"
            )
            AND "t0"."visit" <> ''
            AND "t0"."kind" = 'add_to_cart'
            AND "t0"."product_id" IS NOT NULL
        ) AS "t1"
        GROUP BY
          1,
          2,
          3
      ) AS "t4"
        ON "t16"."day" = "t4"."day"
        AND "t16"."visit" = "t4"."visit"
        AND "t16"."product_id" = "t4"."product_id"
    ) AS "t17"
  ) AS "t18"
  GROUP BY
    1,
    2,
    3
) AS "t19"
