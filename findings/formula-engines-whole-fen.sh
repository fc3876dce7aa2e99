#!/usr/bin/env bash
# HyperFormula 3.5.0 and fast-formula-parser 1.0.19 (npm), excelize 0.1.0 and formulas 1.3.4 (PyPI): an amount of whole fen, rounded to fen, is a fen off.
#
# These compute the formulas of a workbook without Excel: in a table on a page, on a server that fills in a template, in a test of a sheet for finance.
# Rounding 12.30 to two decimals has nothing to do, and 12.30 is what Excel gives. These multiply by a hundred in floating point first, where 19.99 is 1998.99…,
# and then go up or down to the next whole number. ROUNDUP(1.1, 2) is 1.11 and ROUNDDOWN(19.99, 2) is 19.98.
# Each function is off for other amounts, in fast-formula-parser ROUNDUP for more than eight of ten. ROUND of half a fen goes down in every seventeenth case or so.
# excelize is right for ROUNDUP, but its ROUNDDOWN takes a fen off every amount that has no more than two decimals: 100 becomes 99.99.
# A fee that is rounded up and a share that is rounded down are usual formulas, and a sheet with five lines may well show none of it.
# A sum of such cells differs by some fen from the bill, and neither side is wrong by the formula. HyperFormula also prints 1234.5 as 1235,##0.00 in the format #,##0.00.
# Round in whole fen, or not at all. @formulajs/formulajs 4.6.1 is right for three of the five. Here amounts are integers, and a formula is never computed.
#
# Seen, of the amounts 0.01 to 100.00 (ROUND: with a 5 as third decimal), so many are a fen off:
#                        ROUNDUP  ROUNDDOWN  CEILING  FLOOR  ROUND
#   hyperformula             573        573      287   1076    572
#   fast-formula-parser     8404       1230      287   1076    572
#   formulajs                  0          0      287   1076      0
#   excelize                   0      10000      287   1076      0
#   formulas                 573        573      287   1076    572
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund hyperformula@3.5.0 fast-formula-parser@1.0.19 @formulajs/formulajs@4.6.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check excelize==0.1.0 formulas==1.3.4

cat >show.js <<'JS'
const assert = require('assert');
const { HyperFormula } = require('hyperformula');
const FormulaParser = require('fast-formula-parser');
const formulajs = require('@formulajs/formulajs');

const sheet = HyperFormula.buildFromArray([[]], { licenseKey: 'gpl-v3' });
const parser = new FormulaParser();
const engines = {
  hyperformula: (name, amount, second) => sheet.calculateFormula(`=${name}(${amount},${second})`, 0),
  'fast-formula-parser': (name, amount, second) => parser.parse(`${name}(${amount},${second})`, { row: 1, col: 1, sheet: 'S' }),
  formulajs: (name, amount, second) => formulajs[name](Number(amount), second),
};
const expected = {
  hyperformula: [573, 573, 287, 1076, 572],
  'fast-formula-parser': [8404, 1230, 287, 1076, 572],
  formulajs: [0, 0, 287, 1076, 0],
};
const yuan = (fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
for (const [engine, compute] of Object.entries(engines)) {
  const off = [0, 0, 0, 0, 0];
  for (let fen = 1; fen <= 10000; fen += 1) {
    const results = [
      compute('ROUNDUP', yuan(fen), 2), compute('ROUNDDOWN', yuan(fen), 2),
      compute('CEILING', yuan(fen), 0.01), compute('FLOOR', yuan(fen), 0.01),
      compute('ROUND', `${yuan(fen)}5`, 2) - 0.01,
    ];
    results.forEach((result, at) => {
      assert.strictEqual(typeof result, 'number');
      off[at] += Math.round(result * 100) === fen ? 0 : 1;
    });
  }
  console.log(engine.padEnd(20), off.join(' '));
  assert.deepStrictEqual(off, expected[engine]);
}
assert.strictEqual(engines.hyperformula('ROUNDUP', '1.1', 2), 1.11);
assert.strictEqual(engines.hyperformula('ROUNDDOWN', '19.99', 2), 19.98);
assert.strictEqual(engines['fast-formula-parser']('ROUNDUP', '12.3', 2), 12.31);
const printed = sheet.calculateFormula('=TEXT(1234.5,"#,##0.00")', 0);
console.log('hyperformula, TEXT(1234.5,"#,##0.00"):', printed);
assert.strictEqual(printed, '1235,##0.00');
JS
node show.js

cat >show.py <<'PY'
import excelize
import formulas

book = excelize.new_file()
parser = formulas.Parser()
kinds = [("ROUNDUP", "2"), ("ROUNDDOWN", "2"), ("CEILING", "0.01"), ("FLOOR", "0.01"), ("ROUND", "2")]
compiled = {name: parser.ast(f"={name}(A1,{second})")[1].compile() for name, second in kinds}


def by_excelize(name, amount, second):
    book.set_cell_formula("Sheet1", "A1", f"{name}({amount},{second})")
    return float(book.calc_cell_value("Sheet1", "A1"))


def by_formulas(name, amount, second):
    return float(compiled[name](float(amount)))


for engine, compute, expected in (
    ("excelize", by_excelize, [0, 10000, 287, 1076, 0]),
    ("formulas", by_formulas, [573, 573, 287, 1076, 572]),
):
    off = [0] * 5
    for fen in range(1, 10001):
        amount = "%d.%02d" % divmod(fen, 100)
        for at, (name, second) in enumerate(kinds):
            half = name == "ROUND"
            off[at] += round(compute(name, amount + "5" * half, second) * 100) - half != fen
    print(f"{engine:20}", *off)
    assert off == expected, off
assert by_excelize("ROUNDDOWN", "100", "2") == 99.99
PY
python/bin/python -W ignore show.py
