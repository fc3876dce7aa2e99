#!/usr/bin/env bash
# receiptline 4.0.4 (npm): the order SHOP_20260305_0001 is printed as SHOP202603050001, and a refund number with a bar in two columns.
#
# Receipts are written as lines of text, with a bar between name and amount, and the package makes the commands of the printer of them.
# Underscores are marks for underlining, and the order number that comes back with the customer has none: SHOP202603050001 is no order of the shop.
# On paper the middle is underlined, so it looks meant. WeChat Pay allows _ - | * @ in order and refund numbers; a bar parts the number into two columns.
# A tilde becomes a blank, and the backtick before each cell of a WeChat Pay bill turns the cell to white on black and goes.
# 28 digits do not fit into half of a line of 42 and are broken in two, at a place that depends on the width.
# A backslash before each of these signs prints them. What a cashier is to type again has to be printed as it is, which one receipt with a real number shows.
#
# Seen, for a printer of 42 columns:
#   订单号 | SHOP_20260305_0001      SHOP202603050001
#   订单号 | SHOP\_20260305\_0001    SHOP_20260305_0001
#   R2026|001                        R2026 001, in two columns
#   金额 | `12.30                    12.30
#   支付单号 | 4200002781202603051234567890  420000278120260305123 and 4567890
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund receiptline@4.0.4

cat >show.js <<'JS'
const assert = require('assert');
const receiptline = require('receiptline');

const print = (line) => receiptline.transform(`${line}\n`, { cpl: 42, encoding: 'gb18030', command: 'text', spacing: false });
for (const [line, expected] of [
  ['订单号 | SHOP_20260305_0001', '订单号 SHOP202603050001'],
  ['订单号 | SHOP\\_20260305\\_0001', '订单号 SHOP_20260305_0001'],
  ['R2026|001', 'R2026 001'],
  ['R2026\\|001', 'R2026|001'],
  ['金额 | `12.30', '金额 12.30'],
  ['支付单号 | 4200002781202603051234567890', '支付单号 420000278120260305123 4567890'],
]) {
  const seen = print(line).trim().split(/\s+/).join(' ');
  console.log(`${line}  ->  ${seen}`);
  assert.strictEqual(seen, expected);
}
JS
node show.js
