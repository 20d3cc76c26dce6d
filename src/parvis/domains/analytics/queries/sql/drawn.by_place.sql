SELECT
  *
FROM (
  SELECT
    "t2"."placement",
    "t2"."product_id" AS "product",
    "t2"."voice",
    "t2"."plan",
    "t2"."place",
    COUNT(*) AS "seen",
    SUM(CAST("t2"."acts" AS INT)) AS "clicked"
  FROM (
    SELECT
      "t1"."day",
      "t1"."visit",
      "t1"."placement",
      "t1"."product_id",
      "t1"."voice",
      "t1"."plan",
      "t1"."place",
      BOOL_OR(CAST("t1"."kind" = 'proof_view' AS BOOLEAN)) AS "looks",
      BOOL_OR(CAST("t1"."kind" = 'proof_click' AS BOOLEAN)) AS "acts"
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
    ) AS "t1"
    GROUP BY
      1,
      2,
      3,
      4,
      5,
      6,
      7
  ) AS "t2"
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS "t3"
