#!/usr/bin/env python3
"""The named baseline: load both files into a DuckDB database file and run the same diff.

usage: duckdb_diff.py BILL.csv ORDERS.csv DATABASE   (needs `pip install duckdb`; two threads)
Prints one line a category. Works for plain goods names only: DuckDB's CSV reader cannot read the others.
"""
import sys

import duckdb

bill, orders, database = sys.argv[1:4]
con = duckdb.connect(database)
con.execute("SET threads = 2")
columns = ", ".join(f"'c{n:02}': 'VARCHAR'" for n in range(27))
con.execute(f"""
    CREATE TABLE bill AS
    SELECT strptime(substr(c00, 2), '%Y-%m-%d %H:%M:%S') AS time, substr(c01, 2) AS appid, substr(c02, 2) AS mch_id,
           substr(c03, 2) AS sub_mch_id, substr(c04, 2) AS device, substr(c05, 2) AS transaction_id,
           substr(c06, 2) AS out_trade_no, substr(c07, 2) AS openid, substr(c08, 2) AS trade_type,
           substr(c09, 2) AS state, substr(c10, 2) AS bank, substr(c11, 2) AS currency,
           CAST(substr(c12, 2) AS DECIMAL(18, 2)) AS settled, CAST(substr(c13, 2) AS DECIMAL(18, 2)) AS coupon,
           substr(c14, 2) AS refund_id, substr(c15, 2) AS out_refund_no,
           CAST(substr(c16, 2) AS DECIMAL(18, 2)) AS refund_settled, CAST(substr(c17, 2) AS DECIMAL(18, 2)) AS refund_coupon,
           substr(c18, 2) AS refund_type, substr(c19, 2) AS refund_state, substr(c20, 2) AS goods, substr(c21, 2) AS attach,
           CAST(substr(c22, 2) AS DECIMAL(18, 5)) AS fee, substr(c23, 2) AS rate,
           CAST(substr(c24, 2) AS DECIMAL(18, 2)) AS amount, CAST(substr(c25, 2) AS DECIMAL(18, 2)) AS refund_amount
    FROM read_csv('{bill}', delim = ',', quote = '', escape = '', header = false, skip = 1, columns = {{{columns}}},
                  null_padding = true, strict_mode = false, auto_detect = false, new_line = '\\r\\n')
    WHERE c26 IS NOT NULL
""")
con.execute(f"""
    CREATE TABLE orders AS
    SELECT out_trade_no, mchid, product, CAST(amount AS DECIMAL(18, 2)) AS amount, status,
           CAST(created_at AS TIMESTAMP) AS created_at, CAST(paid_at AS TIMESTAMP) AS paid_at,
           CAST(fulfilled_at AS TIMESTAMP) AS fulfilled_at, refund_no, CAST(refund_amount AS DECIMAL(18, 2)) AS refund_amount,
           CAST(refund_at AS TIMESTAMP) AS refund_at, openid
    FROM read_csv('{orders}', delim = ',', quote = '"', escape = '"', header = true, all_varchar = true, auto_detect = false,
                  columns = {{'out_trade_no': 'VARCHAR', 'mchid': 'VARCHAR', 'product': 'VARCHAR', 'amount': 'VARCHAR',
                              'status': 'VARCHAR', 'created_at': 'VARCHAR', 'paid_at': 'VARCHAR', 'fulfilled_at': 'VARCHAR',
                              'refund_no': 'VARCHAR', 'refund_amount': 'VARCHAR', 'refund_at': 'VARCHAR', 'openid': 'VARCHAR'}})
""")
rows = con.execute("""
    WITH pays AS (SELECT * FROM bill WHERE state IN ('SUCCESS', 'REVOKED')),
    payments AS (
        SELECT CASE
                 WHEN o.out_trade_no IS NULL THEN 'P04'
                 WHEN p.out_trade_no IS NULL AND o.status IN ('PAID', 'FULFILLED', 'REFUNDED') THEN 'P05'
                 WHEN p.out_trade_no IS NULL THEN 'UNPAID'
                 WHEN p.state = 'REVOKED' THEN 'P12'
                 WHEN o.status = 'CLOSED' THEN 'P02'
                 WHEN o.status = 'CREATED' THEN 'P01'
                 WHEN p.amount <> o.amount THEN 'P07'
                 WHEN o.status = 'PAID' THEN 'P03'
                 ELSE 'MATCHED' END AS category,
               p.amount AS w, o.amount AS m
        FROM pays p FULL OUTER JOIN orders o ON p.out_trade_no = o.out_trade_no
    ),
    returned AS (SELECT out_trade_no, sum(refund_amount) AS total FROM bill WHERE state = 'REFUND' GROUP BY out_trade_no),
    booked AS (SELECT out_trade_no, refund_amount AS total FROM orders WHERE refund_amount > 0),
    refunds AS (
        SELECT CASE WHEN b.out_trade_no IS NULL THEN 'R01' WHEN r.out_trade_no IS NULL THEN 'R02'
                    WHEN r.total <> b.total THEN 'R03' ELSE 'MATCHED refund' END AS category, r.total AS w, b.total AS m
        FROM returned r FULL OUTER JOIN booked b ON r.out_trade_no = b.out_trade_no
    )
    SELECT category, count(*), sum(w), sum(m) FROM (SELECT * FROM payments UNION ALL SELECT * FROM refunds)
    GROUP BY category ORDER BY category
""").fetchall()
con.execute("CHECKPOINT")
con.close()
for row in rows:
    print(*row, sep="\t")
