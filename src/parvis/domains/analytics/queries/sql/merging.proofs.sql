SELECT
  *
FROM (
  SELECT
    "t8"."day",
    "t8"."voice_id",
    "t8"."simulated",
    SUM(CAST("t8"."seen" AS INT)) AS "seen",
    SUM(CAST("t8"."clicked" AS INT)) AS "clicked",
    SUM(CAST("t8"."seen" AND "t8"."clicked" AS INT)) AS "seen_clicked"
  FROM (
    SELECT
      "t7"."day",
      "t7"."visit",
      "t7"."voice_id",
      "t7"."simulated",
      BOOL_OR(CAST("t7"."kind" = 'proof_view' AS BOOLEAN)) AS "seen",
      BOOL_OR(CAST("t7"."kind" = 'proof_click' AS BOOLEAN)) AS "clicked"
    FROM (
      SELECT
        "t6"."day",
        "t6"."visit",
        "t6"."kind",
        "t6"."voice_id",
        "t4"."simulated"
      FROM (
        SELECT
          "t3"."day",
          "t3"."visit",
          "t3"."kind",
          UNNEST("t3"."voice_ids") AS "voice_id"
        FROM (
          SELECT
            *
          FROM "events" AS "t0"
          WHERE
            "t0"."kind" IN ('proof_view', 'proof_click')
            AND ARRAY_LENGTH("t0"."voice_ids") > 0
        ) AS "t3"
      ) AS "t6"
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
      ) AS "t4"
        ON "t6"."day" = "t4"."day" AND "t6"."visit" = "t4"."visit"
    ) AS "t7"
    GROUP BY
      1,
      2,
      3,
      4
  ) AS "t8"
  GROUP BY
    1,
    2,
    3
) AS "t9"
