#!/usr/bin/env bash
# wechatpay-axios-plugin 0.9.6 (npm): its reader of bills drops the last payment when the file does not end in a line break.
#
# Formatter.castCsvBill finds the summary by counting lines from the end and takes the last one for an empty line.
# Without the final line break it is off by one: the last payment becomes the head of the summary, the head of the summary its values, and nothing is raised.
# Bills are seen with and without that line break, and a bill without the BOM loses the first character of its first column name as well.
# So a reader has to know the summary by its first column name, as ours does, and to hold the rows against its count.
#
# Seen:
#   line break at the end     2 payments: ORDER1 ORDER2  总交易单数 2.0
#   no line break at the end  1 payments: ORDER1         总交易单数 undefined
#   no BOM                    first column 易时间
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund wechatpay-axios-plugin@0.9.6

cat >show.js <<'JS'
const assert = require('assert');
const { Formatter } = require('wechatpay-axios-plugin');

const columns = '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注';
const payment = (number) => ['2026-03-05 14:07:09', 'wx0000000000000000', '1900000001', '0', '', `420000278120260305123456789${number}`, `ORDER${number}`, 'o0000000000000000000000000000', 'JSAPI', 'SUCCESS', 'OTHERS', 'CNY', '12.30', '0.00', '茶叶', '', '0.07000', '0.60%', '12.30', ''];
const cells = (values) => values.map((value) => '`' + value).join(',');
const text = [
  columns, cells(payment(1)), cells(payment(2)),
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额',
  cells(['2.0', '24.60', '0.00', '0.00', '0.14', '24.60', '0.00']),
].join('\r\n');
const look = (name, content) => {
  const { rows, summary } = Formatter.castCsvBill(Buffer.from(content));
  const orders = rows.map((row) => row['商户订单号']);
  console.log(`${name}: ${rows.length} payments: ${orders.join(' ')}  总交易单数 ${summary['总交易单数']}  first column ${Object.keys(rows[0])[0]}`);
  return { orders, count: summary['总交易单数'], first: Object.keys(rows[0])[0] };
};

const ended = look('line break at the end', `\uFEFF${text}\r\n`);
const open = look('no line break at the end', `\uFEFF${text}`);
const plain = look('no BOM', `${text}\r\n`);
assert.deepStrictEqual(ended, { orders: ['ORDER1', 'ORDER2'], count: '2.0', first: '交易时间' });
assert.deepStrictEqual(open, { orders: ['ORDER1'], count: undefined, first: '交易时间' });
assert.strictEqual(plain.first, '易时间');
JS
node show.js
