SELECT
  *
FROM (
  SELECT
    "t15"."placement",
    "t15"."bucket",
    COUNT(*) AS "looked",
    SUM(CAST("t15"."acted" AS INT)) AS "acted",
    SUM(CAST(COALESCE("t15"."led", FALSE) AS INT)) AS "led"
  FROM (
    SELECT
      "t14"."day",
      "t14"."visit",
      "t14"."placement",
      "t14"."bucket",
      "t14"."acted",
      "t14"."led"
    FROM (
      SELECT
        "t9"."day",
        "t9"."visit",
        "t9"."placement",
        "t9"."bucket",
        "t9"."acted",
        "t13"."day" AS "day_right",
        "t13"."visit" AS "visit_right",
        "t13"."placement" AS "placement_right",
        "t13"."bucket" AS "bucket_right",
        "t13"."led"
      FROM (
        SELECT
          "t2"."day",
          "t2"."visit",
          "t2"."placement",
          "t2"."bucket",
          BOOL_OR(CAST("t2"."kind" = 'proof_click' AS BOOLEAN)) AS "acted"
        FROM (
          SELECT
            "t0"."day",
            "t0"."visit",
            "t0"."kind",
            "t0"."at",
            "t0"."product_id",
            LIST_EXTRACT("t0"."voice_ids", 1) AS "voice",
            REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 1) AS "placement",
            TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 2) AS BIGINT) AS "plan",
            TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 3) AS BIGINT) AS "bucket",
            TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 4) AS BIGINT) AS "place"
          FROM "events" AS "t0"
          WHERE
            NOT (
              "t0"."bot"
            )
            AND "t0"."visit" <> ''
            AND "t0"."kind" IN ('proof_view', 'proof_click')
            AND "t0"."product_id" IS NOT NULL
            AND ARRAY_LENGTH("t0"."voice_ids") = 1
            AND REGEXP_MATCHES("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$')
            AND TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 2) AS BIGINT) > 0
        ) AS "t2"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t9"
      LEFT OUTER JOIN (
        SELECT
          "t11"."day",
          "t11"."visit",
          "t11"."placement",
          "t11"."bucket",
          BOOL_OR(CAST("t11"."led" AS BOOLEAN)) AS "led"
        FROM (
          SELECT
            "t10"."day",
            "t10"."visit",
            "t10"."placement",
            "t10"."bucket",
            "t10"."product_id",
            "t10"."clicked_at",
            "t10"."added_at",
            COALESCE("t10"."added_at" > "t10"."clicked_at", FALSE) AS "led"
          FROM (
            SELECT
              "t8"."day",
              "t8"."visit",
              "t8"."placement",
              "t8"."bucket",
              "t8"."product_id",
              "t8"."clicked_at",
              "t5"."day" AS "day_right",
              "t5"."visit" AS "visit_right",
              "t5"."product_id" AS "product_id_right",
              "t5"."added_at"
            FROM (
              SELECT
                "t3"."day",
                "t3"."visit",
                "t3"."placement",
                "t3"."bucket",
                "t3"."product_id",
                MIN("t3"."at") AS "clicked_at"
              FROM (
                SELECT
                  "t0"."day",
                  "t0"."visit",
                  "t0"."kind",
                  "t0"."at",
                  "t0"."product_id",
                  LIST_EXTRACT("t0"."voice_ids", 1) AS "voice",
                  REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 1) AS "placement",
                  TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 2) AS BIGINT) AS "plan",
                  TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 3) AS BIGINT) AS "bucket",
                  TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 4) AS BIGINT) AS "place"
                FROM "events" AS "t0"
                WHERE
                  NOT (
                    "t0"."bot"
                  )
                  AND "t0"."visit" <> ''
                  AND "t0"."kind" IN ('proof_view', 'proof_click')
                  AND "t0"."product_id" IS NOT NULL
                  AND ARRAY_LENGTH("t0"."voice_ids") = 1
                  AND REGEXP_MATCHES("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$')
                  AND TRY_CAST(REGEXP_EXTRACT("t0"."surface", '^([a-z]+)\.(\d+)\.(\d+):(\d+)$', 2) AS BIGINT) > 0
                  AND "t0"."kind" = 'proof_click'
              ) AS "t3"
              GROUP BY
                1,
                2,
                3,
                4,
                5
            ) AS "t8"
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
            ) AS "t5"
              ON "t8"."day" = "t5"."day"
              AND "t8"."visit" = "t5"."visit"
              AND "t8"."product_id" = "t5"."product_id"
          ) AS "t10"
        ) AS "t11"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t13"
        ON "t9"."day" = "t13"."day"
        AND "t9"."visit" = "t13"."visit"
        AND "t9"."placement" = "t13"."placement"
        AND "t9"."bucket" = "t13"."bucket"
    ) AS "t14"
  ) AS "t15"
  GROUP BY
    1,
    2
) AS "t16"
